"""Model packs: finding, reading, importing and fetching them."""

from visaged.models.pack import DetectorSpec, Pack, RegressorSpec, face_arrays, lacks
from visaged.models.store import load

__all__ = ["DetectorSpec", "Pack", "RegressorSpec", "face_arrays", "lacks", "load"]
