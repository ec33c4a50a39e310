"""What is to be said of cameras, broker, packs and tuning."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from visaged.addresses import is_endless, is_live
from visaged.board.cameras import Camera
from visaged.doctor.finding import Finding
from visaged.errors import ModelError, SourceError, VisagedError
from visaged.models.pack import Pack, verify_pack
from visaged.mqtt.dialer import Dialer
from visaged.mqtt.session import Session
from visaged.mqtt.settings import BrokerSettings, tls_context
from visaged.mqtt.wake import Waker
from visaged.sources.base import SourceLostError
from visaged.sources.opener import ANY, open_source
from visaged.sources.settings import CameraSettings
from visaged.systemd.credentials import NoServiceError
from visaged.tuning.choice import Choice
from visaged.urls import redact

GOODBYE_S = 1.0

_HERE = "name another in source.uri, or see [source]"
_ELSEWHERE = "see source.uri; a camera that serves one client only answers nobody else while the daemon reads it"

AS_THE_SERVICE = "docs/service.md tells how to run this as the service"


def cameras(found: Sequence[Camera], uri: str, settings: CameraSettings = ANY) -> list[Finding]:
    """Those that the kernel knows, and what ``source.uri`` names; what is live is read as the daemon would."""
    listed = [Finding("camera", "ok", _describe(camera)) for camera in found]
    device = f"/dev/video{int(uri)}" if uri.isdecimal() else uri
    if not device.startswith("/dev/"):
        return [*listed, _tried(uri, settings) if is_live(uri) else _source(uri)]
    is_there = Path(device).exists()
    if not is_there and not any(device in (camera.device, camera.stable) for camera in found):
        advice = "plug it in, or set source.uri to one that is there (`visaged doctor` lists them)"
        return [*listed, Finding("camera", "fail", f"{device}, which source.uri names, is not there", advice)]
    if is_there and not os.access(device, os.R_OK | os.W_OK):
        advice = "sudo usermod -aG video $USER, and log in again; the service has a user of its own"
        return [*listed, Finding("camera", "fail", f"{device} may not be used by this user", advice)]
    return [*listed, _tried(device, settings)] if is_there else listed


def _tried(uri: str, settings: CameraSettings) -> Finding:
    """One picture tells."""
    try:
        with open_source(uri, settings) as camera:
            frame = camera.read()
    except SourceError as exc:
        if isinstance(exc, SourceLostError) and exc.trouble.fault == "refused":
            advice = "if it is the daemon: systemctl stop visaged, and look again"
            return Finding("camera", "warn", str(exc), advice)
        return Finding("camera", "fail", str(exc), _ELSEWHERE if "://" in uri else _HERE)
    assert frame is not None  # a camera never ends
    size, rate = f"{frame.picture.width} x {frame.picture.height}", f", {camera.fps:g} a second" if camera.fps else ""
    return Finding("camera", "ok", f"{redact(uri)}, which source.uri names, gives pictures of {size}{rate}")


def _source(uri: str) -> Finding:
    """What is no camera: a file or folder that is there, or pictures that are drawn."""
    try:
        if not is_endless(uri):
            open_source(uri).close()
    except SourceError as exc:
        return Finding("camera", "fail", str(exc), "set source.uri to a camera, or to a file that is there")
    return Finding("camera", "ok", f"source.uri is {uri}")


def broker(settings: Callable[[], BrokerSettings]) -> Finding:
    """Whether it takes us, under another client id than the daemon's, who may be there already."""
    try:
        wanted = settings()
        began = time.monotonic()
        ours = replace(wanted, client_id=f"{wanted.client_id}-doctor")
        context = tls_context(ours)
        session = Dialer(ours, lambda version: Session(ours, version, context, Waker())).dial(threading.Event())
        took = time.monotonic() - began
        session.close(time.monotonic() + GOODBYE_S)
    except NoServiceError:
        return Finding("broker", "warn", "not tried, for its secrets are credentials of the service", AS_THE_SERVICE)
    except VisagedError as exc:
        return Finding("broker", "fail", str(exc), "see [mqtt] in the configuration")
    detail = f"{wanted.address} has welcomed us within {took * 1000:.0f} ms"
    if wanted.tls or _is_this_machine(wanted.host):
        return Finding("broker", "ok", detail)
    advice = "set mqtt.tls = true, with the broker's TLS port; see docs/security.md"
    return Finding("broker", "warn", f"{detail}, and everybody on the way may read along", advice)


def secrets(exposed: Sequence[str]) -> list[Finding]:
    """``exposed``: a sentence for each file with a secret that every user may read."""
    return [Finding("secrets", "warn", sentence, "let nobody but visaged's user read it") for sentence in exposed]


def packs(find: Callable[[], Sequence[Pack]]) -> list[Finding]:
    """Those that the configuration needs, every byte of them."""
    try:
        found = find()
    except ModelError as exc:
        return [Finding("pack", "fail", str(exc), "see `visaged models list`")]
    return [_pack(pack) for pack in found]


def tuning(choice: Choice) -> Finding:
    """How the networks run, and whether that was measured."""
    how = choice.execution
    detail = f"{how.threads} thread{'s' * (how.threads > 1)}{', spinning' * how.spinning}: {choice.why}"
    return Finding("tuning", "ok" if choice.by != "profile" else "warn", detail, _tune(choice))


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _tune(choice: Choice) -> str | None:
    return "run `visaged tune` on this board, with the camera it will have" if choice.by == "profile" else None


def _describe(camera: Camera) -> str:
    return " ".join(filter(None, (camera.device, camera.name and f"({camera.name})", camera.stable)))


def _pack(pack: Pack) -> Finding:
    try:
        verify_pack(pack.folder)
    except ModelError as exc:
        return Finding("pack", "fail", str(exc), "see `visaged models list`")
    detail = f"{pack.name} {pack.version} in {pack.folder}"
    if not pack.verified:
        return Finding("pack", "warn", f"{detail}: made from files that are not upstream's", "fetch or import it again")
    return Finding("pack", "ok", detail)
