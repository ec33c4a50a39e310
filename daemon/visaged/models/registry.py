"""The typed reading of ``models/registry.toml``: where packs come from, under which terms, with which hashes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from visaged import resources, toml
from visaged.errors import ModelError
from visaged.models.blob import git_blob_id, sha256


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one upstream file; at least one of ``blob`` (git's id) and ``sha256`` is.

    ``regressor`` names the choice that needs the file; "" means every import does.
    """

    blob: str | None = None
    sha256: str | None = None
    size: int | None = None
    regressor: str = ""

    def matches(self, path: Path) -> bool:
        """Whether the content of ``path`` is upstream's."""
        return (
            (self.size is None or path.stat().st_size == self.size)
            and (self.blob is None or git_blob_id(path) == self.blob)
            and (self.sha256 is None or sha256(path) == self.sha256)
        )


class SourcePack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pack that can be made from a public repository at one commit; ``files`` by path in the repository."""

    version: str
    licence: str
    permitted_use: str
    repository: str
    commit: str
    url: str
    files: dict[str, SourceFile]
    regressors: tuple[str, ...] = ()

    def needed(self, regressor: str) -> dict[str, SourceFile]:
        """The files an import with this choice of regressor reads."""
        return {path: file for path, file in self.files.items() if file.regressor in ("", regressor)}

    def address(self, path: str, base_url: str | None = None) -> str:
        """Where to download one file, from upstream or from a mirror laid out as the repository is."""
        if base_url is not None:
            return f"{base_url.rstrip('/')}/{path}"
        return self.url.format(repository=self.repository, commit=self.commit, path=path)


class _Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    packs: dict[str, SourcePack]


def parse(text: str) -> dict[str, SourcePack]:
    """The packs of a registry by name; raises ModelError where the text is not a registry."""
    try:
        packs = msgspec.convert(toml.loads(text), _Registry).packs
    except (toml.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise ModelError(f"the model registry is damaged ({exc}); install visaged again") from exc
    for name, pack in packs.items():
        for path, file in pack.files.items():
            if file.blob is None and file.sha256 is None:
                raise ModelError(f"the model registry knows no hash of {path} in {name}; install visaged again")
    return packs


def installed() -> dict[str, SourcePack]:
    """The packs of the registry that came with this installation."""
    return parse(resources.text("registry.toml"))
