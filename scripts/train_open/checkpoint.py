"""What a training is made of, and how it goes on after a break."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
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


def start(work: Path, like: Path | None = None) -> Run:
    """Begin, with the weights of the checkpoint ``like`` if there is one, or go on from the checkpoint in ``work``.

    Raises ModelError where a checkpoint is of something else.
    """
    network, average = Network().to(memory_format=torch.channels_last), Network()
    if like:
        _restore_network(network, like)
    average.load_state_dict(network.state_dict())
    run = Run(network, average, torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY))
    if (work / FILE).exists():
        _restore(run, work / FILE)
    return run


def _restore(run: Run, path: Path) -> None:
    with _told_of(path, "move it away to begin from the start"):
        saved = torch.load(path, weights_only=True)
        for name in ("network", "average", "optimiser"):
            getattr(run, name).load_state_dict(saved[name])
        run.step = saved["step"]


def _restore_network(network: Network, path: Path) -> None:
    with _told_of(path, "name the checkpoint.pt of another training"):
        network.load_state_dict(torch.load(path, weights_only=True)["average"])


@contextmanager
def _told_of(path: Path, remedy: str) -> Iterator[None]:
    """Raises ModelError about the checkpoint at ``path`` if what is done with it fails."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError, pickle.UnpicklingError) as exc:
        raise ModelError(f"{path} is no checkpoint of this network, or damaged; {remedy}") from exc
