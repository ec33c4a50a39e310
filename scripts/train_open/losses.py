"""What the regressor is corrected for."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

POSE, SHAPES = 12, 40
SIGNAL_WEIGHTS = (0.5, 1.0, 1.0, 0.25, 0.25, 0.6)
LANDMARK_SHARE, ROTATION_SHARE, COEFFICIENT_SHARE = 0.5, 12.0, 0.25
DEPTH_SHARE = 0.5  # of an error along the line of sight


class Loss(nn.Module):
    """``mean`` (v, 3) and ``modes`` (50, v, 3): the vertices that count, landmarks first; ``landmarks``: how many.
    ``param_mean``, ``param_std`` (62,): the normalisation."""

    def __init__(
        self, mean: np.ndarray, modes: np.ndarray, landmarks: int, param_mean: np.ndarray, param_std: np.ndarray
    ) -> None:
        super().__init__()
        for name, values in (("mean", mean), ("modes", modes), ("param_mean", param_mean), ("param_std", param_std)):
            self.register_buffer(name, torch.as_tensor(values, dtype=torch.float32))
        self.register_buffer("signal_weights", torch.tensor(SIGNAL_WEIGHTS))
        self._landmarks = landmarks

    def vertices(self, params: torch.Tensor) -> torch.Tensor:
        """(n, v, 3) in pixels of the crop."""
        camera = params[:, :POSE].reshape(-1, 3, 4)
        shape = self.mean + torch.einsum("nk,kvc->nvc", params[:, POSE:], self.modes)
        return torch.einsum("nij,nvj->nvi", camera[:, :, :3], shape) + camera[:, None, :, 3]

    def forward(self, found, signals, params, truth, known, face) -> dict[str, torch.Tensor]:
        """Mean losses by name: pixels of landmarks and vertices, rotation, coefficients (on faces), signals."""
        faces = face.sum().clamp(min=1)
        wanted = (params - self.param_mean) / self.param_std
        answer = found * self.param_std + self.param_mean
        error = (self.vertices(answer) - self.vertices(params)).abs()
        error = error[..., 0] + error[..., 1] + DEPTH_SHARE * error[..., 2]
        own = (face[:, None] * error[:, : self._landmarks]).mean(1).sum() / faces
        rest = (face[:, None] * error[:, self._landmarks :]).mean(1).sum() / faces
        block, true_block = (p[:, :POSE].reshape(-1, 3, 4)[:, :, :3] for p in (answer, params))
        size = true_block.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12) / 3**0.5
        turned = (((block - true_block) / size).abs().mean((1, 2)) * face).sum() / faces
        off = functional.smooth_l1_loss(found[:, POSE:], wanted[:, POSE:], reduction="none").mean(1)
        told = (
            functional.binary_cross_entropy_with_logits(signals, truth, reduction="none") * known * self.signal_weights
        )
        return {
            "landmarks": LANDMARK_SHARE * own,
            "vertices": (1 - LANDMARK_SHARE) * rest,
            "rotation": ROTATION_SHARE * turned,
            "coefficients": COEFFICIENT_SHARE * (off * face).sum() / faces,
            "signals": told.sum() / len(face) * 2,
        }
