import os
import signal
import time
from pathlib import Path

import dask
import pandas as pd
import psutil
import pytest
import torch
from distributed import LocalCluster, get_worker

from gkn_utils import MLP, fit, points
from gkn_utils.sweeps import grid, sweep


def loss_after(seed, depth, sign):
    """The losses of three networks; the first process that comes to depth 2 is killed."""
    flag = Path(sign)
    if depth == 2 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    net = MLP(1, 5, depth, nets=3, generator=torch.Generator().manual_seed(seed))
    return {"net": [0, 1, 2], "loss": fit(net, points([0.2, 0.8]), steps=50)[-1].tolist()}


def square(x, log):
    with open(log, "a") as lines:
        lines.write(f"{x}\n")
    if x == 3 and Path(log).read_text().count("3") < 2:
        time.sleep(1)  # let the others finish
        raise ZeroDivisionError("the third")
    return {"square": x * x}


def place():
    return {"worker": get_worker().address}


def listening():
    """The addresses at which a worker, and the process that began it, listen."""
    processes = [psutil.Process(), psutil.Process().parent()]
    return {"ip": [c.laddr.ip for p in processes for c in p.net_connections() if c.status == psutil.CONN_LISTEN]}


def test_only_this_machine_can_reach_a_sweep(tmp_path):
    assert set(sweep(listening, [{}], folder=tmp_path / "kept").ip) == {"127.0.0.1"}


def test_a_grid_is_every_combination():
    assert grid(a=[1, 2], b=["x", "y"]) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


def test_a_killed_process_changes_nothing(tmp_path):
    cells = [{"seed": seed, "depth": depth} for seed in (0, 1) for depth in (1, 2, 3)]
    here = [pd.DataFrame({**cell, **loss_after(**cell, sign=tmp_path)}) for cell in cells]
    sign = str(tmp_path / "killed")
    table = sweep(loss_after, [{**cell, "sign": sign} for cell in cells], folder=tmp_path / "kept")
    assert Path(sign).exists()
    pd.testing.assert_frame_equal(table.drop(columns="sign"), pd.concat(here, ignore_index=True), check_exact=True)
    assert not (tmp_path / "kept").exists()


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path):
    log, cells = tmp_path / "log", [{"x": x, "log": str(tmp_path / "log")} for x in (1, 2, 3)]
    with pytest.raises(RuntimeError, match=r"square failed for \{'x': 3"):
        sweep(square, cells, folder=tmp_path / "kept")
    table = sweep(square, cells, folder=tmp_path / "kept")
    assert table["square"].tolist() == [1, 4, 9]
    assert sorted(log.read_text().split()) == ["1", "2", "3", "3"]


def test_it_runs_on_a_cluster_that_is_there(tmp_path):
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        with dask.config.set({"scheduler-address": cluster.scheduler_address}):  # what $DASK_SCHEDULER_ADDRESS becomes
            [worker] = sweep(place, [{}], folder=tmp_path / "kept")["worker"]
        assert worker in cluster.scheduler_info["workers"]


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ValueError, match=r"thesis.txt, needed one of its own"):
        sweep(square, [{"x": 1}], folder=tmp_path)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize(("cells", "message"), [([], "got none"), ([{"x": {1}}], "that JSON can write")])
def test_bad_cells(cells, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        sweep(square, cells, folder=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
