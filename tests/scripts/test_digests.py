"""Digests change with what decides what a notebook makes, and with nothing else."""

from types import SimpleNamespace

import digests
import pytest
from parameters import parameters


@pytest.fixture
def project(clone, monkeypatch):
    """A clone with a notebook, a package, data and claims, as the folder that digests are of."""
    monkeypatch.setattr(digests, "ROOT", clone.root)
    monkeypatch.setenv("GKN_DATA", str(clone.root / "data"))
    for file in ("gkn_utils/code.py", "data/celeba/one.png", "data/mnist/train", "figures/01_a.json", "mine/a.png"):
        (clone.root / file).parent.mkdir(parents=True, exist_ok=True)
        (clone.root / file).write_text("1")
    clone.path = clone.add("a", "1 + 1", parameters="data: gkn.Source = 'celeba'\nword: str = 'mnist'\nseed = 0")
    return clone


def both(clone, given=None) -> tuple[str, str]:
    return digests.inputs(clone.path, None, given or {}), digests.data(clone.path, None, given or {})


def text(clone):
    clone.path.write_text(clone.path.read_text().replace("1 + 1", "1 + 2"))


def output(clone):
    clone.path.write_text(clone.path.read_text().replace('"outputs": []', '"outputs": [{"output_type": "stream"}]'))


def code(clone):
    (clone.root / "gkn_utils" / "code.py").write_text("2")


def data(clone):
    (clone.root / "data" / "celeba" / "two.png").touch()


def data_behind_a_link(clone):
    (clone.root / "elsewhere").mkdir()
    (clone.root / "elsewhere" / "new.png").touch()
    (clone.root / "data" / "celeba" / "img_align_celeba").symlink_to(clone.root / "elsewhere")


def other_data(clone):
    (clone.root / "data" / "mnist" / "train").write_text("other digits")


def claims(clone):
    (clone.root / "figures" / "01_a.json").write_text("2")


@pytest.mark.parametrize(
    ("change", "inputs", "of_data"),
    [
        (text, True, False),
        (output, False, False),
        (code, True, False),
        (data, False, True),
        (data_behind_a_link, False, True),
        (other_data, False, False),
        (claims, False, False),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_changes_them(change, inputs, of_data, project):
    before = both(project)
    change(project)
    after = both(project)
    assert (after[0] != before[0], after[1] != before[1]) == (inputs, of_data)


def test_parameters_that_are_given_change_them(project):
    folder = {"data": str(project.root / "mine")}
    assert len({both(project, given)[0] for given in ({}, {"seed": 1}, {"seed": 2})}) == 3
    assert both(project, folder)[1] not in ("", both(project)[1])
    assert both(project, {"data": "faces"})[1] == ""  # inside a package


def test_a_notebook_that_reads_the_claims_changes_with_them(project):
    project.path = project.add("c", "1 + 1", tags=["reads-claims"])
    before = both(project)
    claims(project)
    assert both(project)[0] != before[0]


def test_another_version_of_a_package_or_of_python_is_another_input(project, monkeypatch):
    found = set()
    for version, python in [("2.6", "3.11"), ("2.13", "3.11"), ("2.13", "3.12")]:
        monkeypatch.setattr(digests, "distributions", lambda v=version: [SimpleNamespace(name="torch", version=v)])
        monkeypatch.setattr(digests.sys, "version", python)
        digests._environment.cache_clear()
        found.add(both(project)[0])
    digests._environment.cache_clear()
    assert len(found) == 3


def test_links_to_their_own_folder_are_followed_once(tmp_path):
    (tmp_path / "picture.png").touch()
    for name in ("a", "b", "c"):
        (tmp_path / name).symlink_to(tmp_path)
    assert digests._files({tmp_path}) == {tmp_path / "picture.png"}


def test_parameters_are_literals_and_sources_say_that_they_are(project):
    values, sources = parameters(project.path)
    assert values == {"name": "a", "data": "celeba", "word": "mnist", "seed": 0}
    assert sources == {"data"}
