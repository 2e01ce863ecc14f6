"""Train the judge of digits on MNIST's 60,000 and write its weights to gkn_utils/judge.safetensors.

`python scripts/train_judge.py` takes some two minutes on two cores; MNIST is read from $GKN_DATA, or downloaded.
Digits are shifted by up to two pixels. Beside 250 of them, 10 pictures of uniform noise have to get all ten classes
equally likely (outlier exposure, Hendrycks et al. 2019, arXiv 1812.04606): without it a network can be as sure about
noise as about digits.
"""

from pathlib import Path

import torch
from safetensors.torch import save
from torch.nn import functional as F

from gkn_utils import load_images
from gkn_utils.files import written_whole
from gkn_utils.judge import Judge

EPOCHS, BATCH, NOISE, LR = 5, 250, 10, 3e-3
TARGET = Path(__file__).parent.parent / "gkn_utils" / "judge.safetensors"


def shifted(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Digits (n, 784), each moved by up to two pixels each way."""
    padded = F.pad(x.reshape(-1, 28, 28), (2, 2, 2, 2), value=-1.0)
    down, right = torch.randint(0, 5, (2, len(x), 1), generator=generator) + torch.arange(28)
    return padded[torch.arange(len(x))[:, None, None], down[:, :, None], right[:, None, :]].flatten(1)


def main() -> None:
    torch.manual_seed(0)  # the weights; the rest is drawn from a generator
    generator = torch.Generator().manual_seed(0)
    train, test = load_images("mnist-train"), load_images("mnist-test")
    x, labels = train.points(-1, 1), train.labels
    net = Judge()
    optimizer = torch.optim.Adam(net.parameters())
    batches = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=EPOCHS * batches)
    for epoch in range(EPOCHS):
        for batch in torch.randperm(len(x), generator=generator)[: batches * BATCH].split(BATCH):
            noise = torch.rand(NOISE, 784, generator=generator) * 2 - 1
            logits = net(torch.cat([shifted(x[batch], generator), noise]))
            loss = F.cross_entropy(logits[:BATCH], labels[batch]) - 0.1 * logits[BATCH:].log_softmax(-1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1} of {EPOCHS}")
    net.half().float().eval()  # what is written is what is measured
    with torch.no_grad():
        right = (net(test.points(-1, 1)).argmax(-1) == test.labels).float().mean().item()
    print(f"reads {right:.2%} of 10,000 test digits")
    with written_whole(TARGET) as draft:
        draft.write_bytes(save({name: value.half().contiguous() for name, value in net.state_dict().items()}))


if __name__ == "__main__":
    main()
