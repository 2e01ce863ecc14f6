"""Peak memory of a whole process, imports included."""

import subprocess
import sys

import pytest

WORK = {
    "training: 1,024 networks, H=50, L=7, 4 points": """
from gkn_utils import MLP, fit, points
fit(MLP(2, 50, 7, nets=1024), points([(.2, .2), (.2, .8), (.8, .2), (.8, .8)]), steps=20)
""",
    "sampling: 20,000 digits, H=500, L=10": """
import torch
from gkn_utils import MLP, kaleidoscope, last
last(kaleidoscope(MLP(784, 500, 10), torch.rand(20_000, 784), steps=5, jitter=.01))
""",
    "sampling: 100,000 digits, H=500, L=10, 5,000 at a time": """
import torch
from gkn_utils import MLP, kaleidoscope, last
net = MLP(784, 500, 10)
torch.cat([last(kaleidoscope(net, torch.rand(5000, 784), steps=2, jitter=.01)) for _ in range(20)])
""",
    "training: 10,000 networks, H=50, L=7, 4 points": """
from gkn_utils import MLP, fit, points
fit(MLP(2, 50, 7, nets=10_000), points([(.2, .2), (.2, .8), (.8, .2), (.8, .8)]), steps=20)
""",
    "reading: 100 of 50,000 pictures of a folder": """
import tempfile, pathlib
from PIL import Image
from gkn_utils import load_images
with tempfile.TemporaryDirectory() as folder:
    Image.new("RGB", (178, 218), "gray").save(folder + "/0.jpg")
    for i in range(1, 50_000):
        pathlib.Path(folder, f"{i}.jpg").hardlink_to(folder + "/0.jpg")
    load_images(folder, count=100)
""",
}
PEAK = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


@pytest.mark.parametrize("work", WORK)
def test_peak_memory(benchmark, work):
    def run():
        return int(subprocess.run([sys.executable, "-c", WORK[work] + PEAK], check=True, capture_output=True).stdout)

    benchmark.extra_info.update(work=work, peak_mb=benchmark.pedantic(run))
