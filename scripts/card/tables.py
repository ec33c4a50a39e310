"""The tables and lists of the model card, from what ``scripts/accuracy.py`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from measures.blink import FALSE_RATES
from measures.targets import TARGETS, Target, value_of
from visaged.models.manifest import Manifest

Measured = Mapping[str, Any]

WORST = 5
FEWEST_FACES = 20
"""A group smaller than this is not called the worst of all."""

LOW_FALSE_RATE = 0.01


def parts(manifest: Manifest) -> str:
    """The files of the pack."""
    what = {
        part.file: name
        for part, name in (
            (manifest.regressor, "the network: MobileNet x0.5"),
            (manifest.detector, "the face detector"),
            (manifest.face_model, "the face model: mean, modes, triangles, texture"),
        )
        if part is not None
    }
    rows = [
        (f"`{name}`", what[name], f"{file.size / 1e6:.2f} MB") for name, file in manifest.files.items() if name in what
    ]
    return _table(("file", "what", "size"), rows)


def results(measured: Measured, baseline: Measured | None) -> str:
    """What was reached, beside what had to be, and beside another pack."""
    others = (f"`{baseline['pack']}`",) if baseline else ()
    header = ("what", "reached", "must", "aim", "", *others)
    return _table(header, [_result(target, measured, baseline) for target in TARGETS])


def failures(measured: Measured) -> str:
    """A list of what is worst: targets that were missed, groups, blinks, presence, eyes."""
    kinds = (_missed, _worst_groups, _blinks, _presence, _eyes, _false_faces, _closed_loop)
    lines = [line for kind in kinds for line in kind(measured)]
    return "\n".join(f"- {line}" for line in lines)


def groups(measured: Measured) -> str:
    """The errors of each group, a table for each attribute."""
    tables = []
    for attribute, found in measured["groups"].items():
        rows = [
            (_words(name), str(of["faces"]), _number(of["geodesic"]), _number(of["nme_inner"]))
            for name, of in found.items()
        ]
        tables.append(_table((attribute, "faces", "pose, degrees", "inner NME, percent"), rows))
    return "\n\n".join(tables)


def inner(measured: Measured) -> str:
    """The NME of the inner landmarks in the three bins of yaw."""
    return ", ".join(_number(measured["aflw2000"]["nme_inner"][name]) for name in ("0_30", "30_60", "60_90"))


def _result(target: Target, measured: Measured, baseline: Measured | None) -> tuple[str, ...]:
    value = value_of(measured, target)
    others = (_number(value_of(baseline, target)),) if baseline else ()
    return target.what, _number(value), f"{target.must:g}", f"{target.aim:g}", _verdict(target, value), *others


def _verdict(target: Target, value: float | None) -> str:
    if value is None:
        return "not measured"
    if target.met(value, target.aim):
        return "aim reached"
    return "reached" if target.met(value, target.must) else "**missed**"


def _missed(measured: Measured) -> Iterable[str]:
    for target in TARGETS:
        value = value_of(measured, target)
        if value is not None and not target.met(value, target.must):
            yield f"**{target.what}**: {_number(value)} where {target.must:g} was asked for."


def _worst_groups(measured: Measured) -> Iterable[str]:
    for error, words in (("geodesic", "Pose, degrees"), ("nme_inner", "Inner landmarks, NME in percent")):
        found = [
            (of[error], f"{attribute} {_words(name)}")
            for attribute, names in measured["groups"].items()
            for name, of in names.items()
            if of["faces"] >= FEWEST_FACES and of[error] is not None
        ]
        worst = sorted(found, reverse=True)[:WORST]
        yield f"{words}, worst groups: " + "; ".join(f"{name} {_number(value)}" for value, name in worst) + "."


def _blinks(measured: Measured) -> Iterable[str]:
    at = FALSE_RATES.index(LOW_FALSE_RATE)
    for video, found in measured["blink"].items():
        told = found.get("published")
        if told and told["roc"]:
            share, unknown = told["roc"][at], 1 - told["known_in_blinks"]
            yield (
                f"Blinks, {video}: where {LOW_FALSE_RATE:.0%} of open eyes may be called shut, {share:.0%} of the "
                f"frames of blinks are told; in {unknown:.0%} of them the eyes are unknown. The labels begin and end a "
                f"frame early: one frame late they reach an AUC of {found['ceiling']:.3f} themselves, and against them "
                f"the pack reaches {told['a_frame_later']:.3f}."
            )


def _presence(measured: Measured) -> Iterable[str]:
    found = measured["presence"].get("network")
    if found:
        believed = found["believed"]
        kinds = ("half_out", "beside", "upside_down")
        listed = ", ".join(f"{believed[kind]:.1%} of regions {_words(kind)}" for kind in kinds)
        missed = ", ".join(f"{1 - believed[kind]:.1%} of {kind}" for kind in ("aflw2000", "yawdd") if kind in believed)
        yield f"Presence of 0.5 and more: {listed}. Less for faces: {missed}."


def _eyes(measured: Measured) -> Iterable[str]:
    seen = measured["eyes"].get("seen")
    if seen:
        yield (
            f"Eyes that are covered by a patch are called seen in {seen['covered']:.0%}, the far eye beyond 60 degrees "
            f"of yaw in {seen['farther_60_90']:.0%}; eyes of faces within 30 degrees of yaw are called hidden in "
            f"{1 - seen['0_30']:.0%}."
        )


def _false_faces(measured: Measured) -> Iterable[str]:
    found = measured.get("no_face")
    if found:
        listed = ", ".join(f"{of['found']:.2%} of {of['pictures']} {kind}" for kind, of in found.items())
        yield f"False faces: {listed}."


def _closed_loop(measured: Measured) -> Iterable[str]:
    found = measured.get("closed_loop", {})
    if "there" in found:
        eyes, mouth = (_number(found.get(f"{part}_open_mae")) for part in ("eye", "mouth"))
        yield (
            f"Synthetic camera: a valid face in {found['there']:.1%} of the frames that show a whole one, and in "
            f"{found['nobody']:.1%} of those that show none; found after {found['found_again']} frames at the latest; "
            f"eyes off by {eyes}, mouth by {mouth} on average."
        )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
