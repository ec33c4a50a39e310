"""What the regressor is corrected for."""

from typing import NamedTuple

import numpy as np
import torch
from coarse import Coarse
from layout import POSE
from normalisation import Normalisation
from torch import nn
from torch.nn import functional

VERTICES = 120  # besides the landmarks
SIGNAL_WEIGHTS = (0.5, 1.0, 1.0, 0.25, 0.25, 0.6)
SIGNALS_SHARE = 2.0
LANDMARK_SHARE, ROTATION_SHARE, COEFFICIENT_SHARE = 0.5, 12.0, 0.25
DEPTH_SHARE = 0.5  # of an error along the line of sight
SMALLEST_SCALE = 1e-12


class Answer(NamedTuple):
    """The network's: ``params`` (n, 62) normalised, ``signals`` (n, 6) logits."""

    params: torch.Tensor
    signals: torch.Tensor


class Truth(NamedTuple):
    """``params`` (n, 62) de-normalised, ``signals`` (n, 6) and their weights ``known``, ``face`` (n,): 1 where there is
    one."""

    params: torch.Tensor
    signals: torch.Tensor
    known: torch.Tensor
    face: torch.Tensor


class Loss(nn.Module):
    """Weighs errors by what they do to the landmarks of ``model``, and to vertices spread over its face."""

    def __init__(self, model: Coarse, normalisation: Normalisation) -> None:
        super().__init__()
        spread = np.eye(len(model.mean))[np.linspace(0, 467, VERTICES).astype(int)]
        counted = np.concatenate([model.places, spread])
        self._landmarks = len(model.places)
        self._keep("mean", counted @ model.mean)
        self._keep("modes", counted @ model.modes)
        self._keep("param_mean", normalisation.mean)
        self._keep("param_std", normalisation.std)
        self._keep("signal_weights", np.array(SIGNAL_WEIGHTS))

    def forward(self, answer: Answer, truth: Truth) -> dict[str, torch.Tensor]:
        """Mean losses by name: pixels of landmarks and vertices, rotation, coefficients (on faces), signals."""
        params = answer.params * self.param_std + self.param_mean
        error = self._apart(params, truth.params)
        of_landmarks, of_others = error[:, : self._landmarks].mean(1), error[:, self._landmarks :].mean(1)
        off = self._off(answer.params, truth.params)
        faces = truth.face.sum().clamp(min=1)
        return {
            "landmarks": LANDMARK_SHARE * (truth.face * of_landmarks).sum() / faces,
            "vertices": (1 - LANDMARK_SHARE) * (truth.face * of_others).sum() / faces,
            "rotation": ROTATION_SHARE * (truth.face * _turned(params, truth.params)).sum() / faces,
            "coefficients": COEFFICIENT_SHARE * (truth.face * off).sum() / faces,
            "signals": SIGNALS_SHARE * self._told(answer.signals, truth).sum() / len(truth.face),
        }

    def vertices(self, params: torch.Tensor) -> torch.Tensor:
        """(n, v, 3) in pixels of the crop, the landmarks first, of de-normalised ``params`` (n, 62)."""
        camera = _cameras(params)
        shape = self.mean + torch.einsum("nk,kvc->nvc", params[:, POSE:], self.modes)
        return torch.einsum("nij,nvj->nvi", camera[:, :, :3], shape) + camera[:, None, :, 3]

    def _apart(self, params: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """(n, v): how far vertices are from where they should be, in pixels along the axes."""
        error = (self.vertices(params) - self.vertices(truth)).abs()
        return error[..., 0] + error[..., 1] + DEPTH_SHARE * error[..., 2]

    def _off(self, normalised: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """(n,): how far the coefficients are off, in standard deviations."""
        wanted = (truth - self.param_mean) / self.param_std
        return functional.smooth_l1_loss(normalised[:, POSE:], wanted[:, POSE:], reduction="none").mean(1)

    def _told(self, signals: torch.Tensor, truth: Truth) -> torch.Tensor:
        """(n, 6): the weighted cross-entropy of the signals."""
        entropy = functional.binary_cross_entropy_with_logits(signals, truth.signals, reduction="none")
        return entropy * truth.known * self.signal_weights

    def _keep(self, name: str, values: np.ndarray) -> None:
        self.register_buffer(name, torch.as_tensor(values, dtype=torch.float32))


def _turned(params: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """(n,): how far the entries of the rotations, scale included, are apart, in parts of the true scale."""
    block, true_block = _cameras(params)[:, :, :3], _cameras(truth)[:, :, :3]
    scale = true_block.norm(dim=(1, 2), keepdim=True).clamp(min=SMALLEST_SCALE) / 3**0.5
    return ((block - true_block) / scale).abs().mean((1, 2))


def _cameras(params: torch.Tensor) -> torch.Tensor:
    return params[:, :POSE].reshape(-1, 3, 4)
