"""What a training is made of, and how it goes on after a break."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import torch
from network import Network
from whole import whole

from visaged.errors import ModelError

FILE = "checkpoint.pt"
RATE, DECAY = 2.5e-3, 1e-4
AVERAGE = 0.999
"""Of the moving average that a step keeps, at most."""


@dataclass
class Run:
    """The network, the moving average of its weights, how it is corrected, and how often it was."""

    network: Network
    average: Network
    optimiser: torch.optim.Optimizer
    step: int = 0

    def save(self, work: Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        with whole(work / FILE) as partial:
            torch.save({**state, "step": self.step}, partial)

    @torch.no_grad()
    def follow(self) -> None:
        """Let the average come after the network."""
        keep = min(AVERAGE, (1 + self.step) / (10 + self.step))
        latest = self.network.state_dict()
        for name, old in self.average.state_dict().items():
            if old.is_floating_point():
                old.lerp_(latest[name], 1 - keep)
            else:
                old.copy_(latest[name])


def start(work: Path) -> Run:
    """Begin, or go on from the checkpoint in ``work``; raises ModelError where that is of something else."""
    network, average = Network().to(memory_format=torch.channels_last), Network()
    average.load_state_dict(network.state_dict())
    run = Run(network, average, torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY))
    if (work / FILE).exists():
        _restore(run, work / FILE)
    return run


def _restore(run: Run, path: Path) -> None:
    try:
        saved = torch.load(path, weights_only=True)
        for name in ("network", "average", "optimiser"):
            getattr(run, name).load_state_dict(saved[name])
        run.step = saved["step"]
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError, pickle.UnpicklingError) as exc:
        raise ModelError(
            f"{path} is no checkpoint of this network, or damaged; move it away to begin from the start"
        ) from exc
