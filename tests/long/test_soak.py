"""All notebooks, through kills at random moments: nothing lost, nothing wrong."""

import shutil

import soak


def test_a_soak_of_the_whole_project(tmp_path):
    root = shutil.copytree(soak.ROOT, tmp_path / "copy", ignore=soak.LEFT_OUT)
    kills, differences = soak.soak(root, seed=0)
    assert kills > 0
    assert differences == []
