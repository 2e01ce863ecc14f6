"""Processes that are killed while they train change nothing."""

import subprocess
import sys

TRAINING = """
import hashlib, os, signal, sys, torch
from gkn_utils import MLP, fit
from gkn_utils.training import checkpoints
checkpoints.SECONDS = 0
def progress(rates):
    for i, rate in enumerate(rates):
        if str(i) == sys.argv[1]: os.kill(os.getpid(), signal.SIGKILL)
        yield rate
net = MLP(5, 20, 3, generator=torch.Generator().manual_seed(0))
x = torch.rand(50, 5, generator=torch.Generator().manual_seed(1))
fit(net, x, steps=40, batch_size=20, progress=progress)
print(hashlib.sha256(torch.cat([p.flatten() for p in net.parameters()]).detach().numpy()).hexdigest())
"""


def test_training_may_be_killed_and_another_process_goes_on(tmp_path):
    def process(stop, kept):
        environment = {"GKN_NETWORKS": str(tmp_path / kept), "PATH": ""}
        return subprocess.run([sys.executable, "-c", TRAINING, stop], env=environment, capture_output=True, text=True)

    assert process("25", "killed").returncode == -9
    assert process("10", "killed").returncode == -9
    assert process("never", "killed").stdout == process("never", "whole").stdout != ""
