"""Turns originals into an installed pack."""

from __future__ import annotations

from pathlib import Path

from visaged.errors import ModelError
from visaged.models import blob, manifest
from visaged.models.install import staged
from visaged.models.pack import Pack, load_pack
from visaged.models.parts import MAKERS, Parts
from visaged.models.recognise import Originals
from visaged.models.registry import SourcePack


def import_pack(
    originals: Originals,
    source: SourcePack,
    place: Path,
    *,
    regressor: str | None = None,
    allow_unverified: bool = False,
) -> Pack:
    """Check the originals against the registry, convert them, and install the pack in the folder ``place``.

    ``regressor`` is one of ``source.regressors`` (ignored where there is no choice); None takes the first that is
    there. A file that is not upstream's is imported only if ``allow_unverified``, and it marks the pack.
    Raises ModelError.
    """
    chosen = (regressor if source.regressors else "") or _first_present(originals, source)
    files = _all_present(originals, source, chosen)
    found = _identify(files, source)
    differing = {path: original for path, original in found.items() if not original.matched}
    if differing and not allow_unverified:
        raise ModelError(_refusal(differing, source))
    with staged(place, originals.pack) as folder:
        parts = MAKERS[originals.pack](files, chosen, folder)
        described = _describe(originals.pack, source, parts, found, folder)
        (folder / manifest.NAME).write_text(manifest.encode(described), encoding="utf-8")
    return load_pack(place / originals.pack)


def _first_present(originals: Originals, source: SourcePack) -> str:
    """The first regressor whose file is there; where none is, the default, so that its file is asked for."""
    for regressor in source.regressors:
        if all(originals.files[path].is_file() for path, file in source.files.items() if file.regressor == regressor):
            return regressor
    return source.regressors[0] if source.regressors else ""


def _all_present(originals: Originals, source: SourcePack, regressor: str) -> dict[str, Path]:
    files = {path: originals.files[path] for path in source.needed(regressor)}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise ModelError(f"missing for the pack {originals.pack!r}: {', '.join(missing)}; copy the whole repository")
    return files


def _identify(files: dict[str, Path], source: SourcePack) -> dict[str, manifest.Original]:
    try:
        return {
            path: manifest.Original(blob=blob.git_blob_id(file), matched=source.files[path].matches(file))
            for path, file in files.items()
        }
    except OSError as exc:
        raise ModelError(f"{exc.filename} cannot be read ({exc.strerror})") from exc


def _refusal(differing: dict[str, manifest.Original], source: SourcePack) -> str:
    found = ", ".join(f"{path} (its git blob is {original.blob[:12]})" for path, original in differing.items())
    return (
        f"not {source.repository}'s content at commit {source.commit[:7]}: {found}; get the original, or import it "
        "as it is with --allow-unverified: the pack then stays marked unverified"
    )


def _describe(
    name: str, source: SourcePack, parts: Parts, found: dict[str, manifest.Original], folder: Path
) -> manifest.Manifest:
    written = sorted(folder.iterdir())
    return manifest.Manifest(
        format=manifest.FORMAT,
        name=name,
        version=source.version,
        licence=source.licence,
        permitted_use=source.permitted_use,
        verified=all(original.matched for original in found.values()),
        source=manifest.Source(source.repository, source.commit),
        sources=found,
        files={file.name: manifest.File(blob.sha256(file), file.stat().st_size) for file in written},
        regressor=parts.regressor,
        detector=parts.detector,
        face_model=parts.face_model,
    )
