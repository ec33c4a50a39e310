"""Downloads the originals of a pack from upstream's repository at the registry's commit."""

from __future__ import annotations

from pathlib import Path

from visaged.errors import ModelError
from visaged.models.download import Patience, UnreachableError, download
from visaged.models.install import locked, writing_to
from visaged.models.recognise import Originals
from visaged.models.registry import SourcePack


def fetch_originals(
    name: str,
    source: SourcePack,
    place: Path,
    *,
    regressor: str | None = None,
    base_url: str | None = None,
    patience: Patience,
) -> Originals:
    """Download what ``importer.import_pack`` needs to ``place``/.sources, going on from an earlier attempt.

    ``base_url`` is a mirror laid out as the repository is. Raises ModelError; offline it says how to import.
    """
    chosen = (regressor or source.regressors[0]) if source.regressors else ""
    cache = place / ".sources" / f"{name}-{source.commit[:12]}"
    with writing_to(cache), locked(cache):
        for path, expected in source.needed(chosen).items():
            target = cache / path
            if target.is_file() and expected.matches(target):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                download(source.address(path, base_url), target, expected, patience)
            except UnreachableError as exc:
                raise ModelError(f"{exc}; {_way_out(source)}") from exc
    return Originals(name, {path: cache / path for path in source.files})


def _way_out(source: SourcePack) -> str:
    return (
        f"without network, copy a clone of github.com/{source.repository} to this machine "
        "and run 'visaged models import DIR'"
    )
