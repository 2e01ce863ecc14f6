"""Write the README's tables from figures/; with --check, only say whether they are up to date."""

import json
import sys
from pathlib import Path

from gkn_utils.files import written_whole
from gkn_utils.results import SYNTHETIC

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
MARK = "<!-- {}: written by scripts/readme_tables.py -->"
END = "<!-- end of {} -->"
FIGURES = {
    "00_kaleidoscope": "1: the method",
    "01_single_point": "2: a single point",
    "02_two_points": "3: two points, L=2 and L=7",
    "03_four_points_tanh": "4: four points, tanh",
    "04_grid_2d": "5: the plane",
    "05_hypercube_flatness": "6: the hypercube",
    "06_mnist_kaleidoscope": "7: MNIST",
    "07_cifar_kaleidoscope": "8, top: CIFAR-10's dogs",
    "08_celeba_kaleidoscope": "8, bottom: CelebA",
    "09_depth_and_width": "beyond: depth and width",
    "10_attractors": "beyond: stored and recalled",
    "11_identity": "beyond: an identity from one point?",
    "12_fractals": "beyond: fractals?",
    "13_sample_quality": "beyond: what samples are worth",
    "14_depth_and_quality": "beyond: deeper, better samples?",
    "15_baselines": "beyond: other samplers",
    "16_a_kaleidoscope_that_keeps_turning": "beyond: a kaleidoscope that keeps turning",
    "17_architectures": "beyond: other architectures",
    "18_robustness": "beyond: harder to fool?",
    "19_associative_memory": "beyond: an associative memory",
    "20_compression": "beyond: compression",
    "21_your_images": "beyond: your own pictures",
    "22_explore": "beyond: explore",
    "99_scoreboard": "all claims on one page",
}


def figures() -> str:
    lines = ["| figure of the paper | notebook | quick | paper's settings | data |", "|---|---|---|---|---|"]
    for stem, title in FIGURES.items():
        links = [_pictures(Path("figures") / folder / stem) for folder in ("", "paper")]
        cells = [title, f"[{stem}](notebooks/{stem}.ipynb)", *links, _data(stem)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _pictures(stem: Path) -> str:
    kinds = [kind for kind in (".png", ".gif") if (ROOT / stem).with_suffix(kind).exists()]
    return ", ".join(f"[{kind[1:]}]({stem.as_posix()}{kind})" for kind in kinds) or "not run"


def _data(stem: str) -> str:
    """Where the data come from, stand-ins named, at the quick and at the paper's settings."""
    paths = [ROOT / "figures" / folder / f"{stem}.json" for folder in ("", "paper")]
    cards = [json.loads(path.read_text())["data"] for path in paths if path.exists()]
    words = [("stand-in: " if card["standin"] else "") + card["source"] for card in cards]
    return "; ".join(dict.fromkeys(words))


def claims() -> str:
    lines = [
        "| figure | notebook | claim | the paper | quick: measured [95%] | verdict | paper's settings | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for stem, title in FIGURES.items():
        quick, paper = (_results(ROOT / "figures" / folder / f"{stem}.json") for folder in ("", "paper"))
        for claim_id, claim in quick[0].items():
            link = f"[{stem}](notebooks/{stem}.ipynb)"
            statement = f"{claim_id}: {claim['statement']} ({claim['metric']})"
            cells = [title.split(":")[0].split(",")[0], link, statement, claim["paper"]]
            for claims_of, card in (quick, paper):
                standin = card["standin"] and claim_id not in SYNTHETIC
                cells += _measured(claims_of.get(claim_id), claim["metric"], standin)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _results(path: Path) -> tuple[dict, dict]:
    """The claims of a JSON file and its data card."""
    content = json.loads(path.read_text()) if path.exists() else {"claims": {}, "data": {"standin": False}}
    return content["claims"], content["data"]


def _measured(claim: dict | None, metric: str, standin: bool) -> list[str]:
    """The number, the metric if it is another than `metric`, and the verdict, with a word if the data stand in."""
    if claim is None:
        return ["not run", ""]
    low, high = claim["interval"]
    other = "" if claim["metric"] == metric else f" ({claim['metric']})"
    return [
        f"{claim['measured']:g} [{low:g}, {high:g}]{other}",
        f"**{claim['verdict']}**" + (" (stand-in)" if standin else ""),
    ]


def benchmarks() -> str:
    measured = json.loads((ROOT / "figures" / "benchmarks.json").read_text())
    lines = ["| work | here | compared with | there | [range of rounds] |", "|---|---|---|---|---|"]
    for row in sorted(measured["rows"], key=lambda row: row["work"], reverse=True):
        if "peak_mb" in row:
            lines.append(f"| {row['work']} | | | | peak memory **{row['peak_mb']} MB** |")
        elif "panel" not in row:
            times = [f"{_seconds(row[key])} per {row['unit']}" for key in ("ours", "other")]
            lines.append(f"| {row['work']} | {times[0]} | {row['against']} | {times[1]} | {_ratio(row)} |")
    return "\n".join([*lines, "", f"{measured['machine']}, PyTorch {measured['torch']}. {_recall(measured['rows'])}"])


def _seconds(value: float) -> str:
    unit, size = next(pair for pair in (("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)) if value >= pair[1])
    return f"{value / size:.3g} {unit}"


def _ratio(row: dict) -> str:
    """How many times faster or slower, or which share of a limit or of a step."""
    ratio, (low, high) = row["ratio"], row["ratios"]
    if row["against"] in ("plain loop", "float32"):
        word = "faster"
        if ratio < 1:
            ratio, low, high, word = 1 / ratio, 1 / high, 1 / low, "slower"
        digits = 1 if low < 10 else 0
        return f"**{ratio:,.{digits}f} times** {word} [{low:,.{digits}f}, {high:,.{digits}f}]"
    whole = "the limit" if row["against"] == "matrix products" else "the step"
    return f"**{ratio:.0%}** of {whole} [{low:.0%}, {high:.0%}]"


def _recall(rows: list[dict]) -> str:
    [landing] = [row["landing"] for row in rows if "landing" in row]
    found = [f"{full:.3f} and {half:.3f} ({what})" for what, (full, half) in landing.items()]
    return f"Share of samples that land on a learned point in float32 and in bfloat16: {', '.join(found)}."


def main() -> None:
    text = fresh = README.read_text()
    for name, table in (("figures", figures), ("claims", claims), ("benchmarks", benchmarks)):
        start, end = fresh.index(MARK.format(name)) + len(MARK.format(name)), fresh.index(END.format(name))
        fresh = f"{fresh[:start]}\n{table()}\n{fresh[end:]}"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if fresh == text else "README.md is out of date: run python scripts/readme_tables.py")
    with written_whole(README) as draft:
        draft.write_text(fresh)


if __name__ == "__main__":
    main()
