"""Write figures/api/, a page of docstrings for each folder of gkn_utils, by pdoc; none of it is committed."""

from pathlib import Path

from pages import ROOT

PACKAGE = ROOT / "gkn_utils"
FOLDERS = ["gkn_utils", *(f"gkn_utils.{init.parent.name}" for init in sorted(PACKAGE.glob("*/__init__.py")))]


def write_api(target: Path) -> None:
    """Pages are made anew where a source is newer than they are."""
    index = target / "index.html"
    newest = max(source.stat().st_mtime for source in PACKAGE.rglob("*.py"))
    if index.exists() and index.stat().st_mtime >= newest:
        return
    import pdoc  # it takes seconds, as it imports all that it documents

    pdoc.render.configure(docformat="google", show_source=False, search=False)
    pdoc.pdoc(*FOLDERS, output_directory=target)
