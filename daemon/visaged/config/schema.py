"""Every key of the configuration: its type, range, default and use, each on a line of its own.

The words about a key are the comment above it in ``config/visaged.toml``; tests hold the two together.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from visaged.config.use import Use

# `$` alone would let a final newline through; controls and lone surrogates cannot be written back as TOML.
_PRINTABLE = r"^[^\x00-\x1f\x7f\ud800-\udfff]*$(?!\n)"

Text = Annotated[str, Meta(max_length=1024, pattern=_PRINTABLE, title="text of up to 1024 characters on one line")]
_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]*)?$(?!\n)"
Name = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=rf"^{_NAME}",
        title="up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
    ),
]
DeviceId = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=rf"^(?!group$){_NAME}",
        title="up to 64 letters, digits, dots, dashes and underscores, a letter or digit first, and not group",
    ),
]
Topic = Annotated[
    str,
    Meta(
        max_length=256,
        pattern=r"^[^+#$/\x00-\x1f\x7f\ud800-\udfff]+(/[^+#$/\x00-\x1f\x7f\ud800-\udfff]+)*$(?!\n)",
        title="a topic such as visaged or home/visaged, without +, #, $ and empty levels",
    ),
]
Host = Annotated[
    str,
    Meta(max_length=253, pattern=r"^[A-Za-z0-9._:%-]+$(?!\n)", title="a host name or an IP address"),
]
_COMMAND = "(ping|snapshot|redetect|reload|restart|log-level|get-config)"
CommandNames = Annotated[
    str,
    Meta(
        max_length=256,
        pattern=rf"^({_COMMAND}( {_COMMAND})*)?$(?!\n)",
        title="names of commands with spaces between: ping, snapshot, redetect, reload, restart, log-level, get-config",
    ),
]
_GROUP = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
Groups = Annotated[
    str,
    Meta(
        max_length=512,
        pattern=rf"^({_GROUP}(, ?{_GROUP})*)?$(?!\n)",
        title="names of groups (letters, digits, dots, dashes and underscores) with commas between",
    ),
]
Seconds = Annotated[float, Meta(ge=0.1, le=3600.0)]
Patience = Annotated[float, Meta(ge=0.1, le=20.0)]
"""Seconds, fewer than the watchdog has patience for."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the configuration file."""


class DeviceSection(Section, frozen=True):
    """Who this device is."""

    id: Annotated[DeviceId, Use("all", "local")] = ""


class SourceSection(Section, frozen=True):
    """Where the frames come from."""

    uri: Annotated[Text, Meta(min_length=1), Use("source", "source")] = "0"
    pace: Annotated[Literal["realtime", "fast"], Use("source", "remote")] = "realtime"
    loop: Annotated[bool, Use("source", "remote")] = False
    width: Annotated[int, Meta(ge=0, le=7680), Use("source", "remote", "pixels")] = 0
    height: Annotated[int, Meta(ge=0, le=4320), Use("source", "remote", "pixels")] = 0
    fps: Annotated[float, Meta(ge=0.0, le=1000.0), Use("source", "remote", "frames per second")] = 0.0
    exposure_ms: Annotated[float, Meta(ge=0.0, le=10000.0), Use("source", "remote", "milliseconds")] = 0.0
    gain: Annotated[float, Meta(ge=0.0, le=65535.0), Use("source", "remote", "camera's units")] = 0.0
    open_timeout_s: Annotated[Patience, Use("source", "remote", "seconds")] = 10.0
    stall_timeout_s: Annotated[Patience, Use("source", "remote", "seconds")] = 1.5
    frozen_timeout_s: Annotated[float, Meta(ge=0.0, le=3600.0), Use("source", "remote", "seconds")] = 1.5
    retry_min_s: Annotated[Seconds, Use("source", "remote", "seconds")] = 0.5
    retry_max_s: Annotated[Seconds, Use("source", "remote", "seconds")] = 10.0


class ModelSection(Section, frozen=True):
    """Which models are used."""

    pack: Annotated[Name, Meta(min_length=1), Use("vision", "remote")] = "open"
    detector: Annotated[Literal["auto", "yunet", "faceboxes"], Use("vision", "remote")] = "auto"
    models_dir: Annotated[Text, Use("all", "state")] = ""


class DetectSection(Section, frozen=True):
    """Finding faces that are not tracked yet."""

    size: Annotated[int, Meta(ge=0, le=1920), Use("vision", "remote", "pixels")] = 0
    threshold: Annotated[float, Meta(ge=0.0, le=1.0), Use("live", "remote")] = 0.0
    interval: Annotated[int, Meta(ge=1, le=10000), Use("live", "remote", "frames")] = 30


class TrackSection(Section, frozen=True):
    """Following faces from frame to frame."""

    max_faces: Annotated[int, Meta(ge=1, le=32), Use("live", "remote", "faces")] = 4
    verify_interval: Annotated[int, Meta(ge=1, le=1000), Use("live", "remote", "frames")] = 4
    min_confidence: Annotated[float, Meta(ge=0.0, le=1.0), Use("live", "remote")] = 0.5
    lost_after: Annotated[int, Meta(ge=1, le=100), Use("live", "remote", "verifications")] = 2


class SmoothSection(Section, frozen=True):
    """Taking the jitter out of what is published (One-Euro filters, without delay)."""

    mode: Annotated[Literal["off", "pose", "all"], Use("live", "remote")] = "pose"
    raw: Annotated[bool, Use("live", "remote")] = False
    pose_min_cutoff_hz: Annotated[float, Meta(ge=0.01, le=1000.0), Use("live", "remote", "Hz")] = 1.5
    pose_beta: Annotated[float, Meta(ge=0.0, le=1000.0), Use("live", "remote", "Hz per degree per second")] = 0.035
    landmarks_min_cutoff_hz: Annotated[float, Meta(ge=0.01, le=1000.0), Use("live", "remote", "Hz")] = 1.2
    landmarks_beta: Annotated[float, Meta(ge=0.0, le=1000.0), Use("live", "remote", "Hz per side per second")] = 1.7
    derivative_cutoff_hz: Annotated[float, Meta(ge=0.01, le=1000.0), Use("live", "remote", "Hz")] = 1.0


class InferenceSection(Section, frozen=True):
    """How the networks run."""

    threads: Annotated[int, Meta(ge=0, le=64), Use("vision", "remote", "threads")] = 0


class ThermalSection(Section, frozen=True):
    """Doing less before the board gets too hot."""

    enabled: Annotated[bool, Use("live", "remote")] = True
    limit_c: Annotated[float, Meta(ge=0.0, le=110.0), Use("live", "remote", "degrees Celsius")] = 0.0
    dwell_s: Annotated[Seconds, Use("live", "remote", "seconds")] = 30.0


class MqttSection(Section, frozen=True):
    """The broker and what is sent to it."""

    host: Annotated[Host, Use("mqtt", "local")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535), Use("mqtt", "local")] = 1883
    protocol: Annotated[Literal["auto", "5", "3.1.1"], Use("mqtt", "remote")] = "auto"
    client_id: Annotated[Text, Use("mqtt", "local")] = ""
    username: Annotated[Text, Use("mqtt", "local")] = ""
    password_file: Annotated[Text, Use("mqtt", "local")] = ""
    topic_root: Annotated[Topic, Use("all", "local")] = "visaged"
    keepalive_s: Annotated[int, Meta(ge=1, le=65535), Use("mqtt", "remote", "seconds")] = 30
    format: Annotated[Literal["json", "cbor"], Use("mqtt", "remote")] = "json"
    landmarks: Annotated[bool, Use("live", "remote")] = False
    commands: Annotated[bool, Use("mqtt", "local")] = True
    permitted: Annotated[CommandNames, Use("all", "local")] = (
        "ping snapshot redetect reload restart log-level get-config"
    )
    expiry_s: Annotated[int, Meta(ge=0, le=86400), Use("mqtt", "remote", "seconds")] = 2
    backoff_min_s: Annotated[Seconds, Use("mqtt", "remote", "seconds")] = 0.5
    backoff_max_s: Annotated[Seconds, Use("mqtt", "remote", "seconds")] = 30.0
    connect_timeout_s: Annotated[Seconds, Use("mqtt", "remote", "seconds")] = 5.0
    health_interval_s: Annotated[Seconds, Use("live", "remote", "seconds")] = 10.0
    tls: Annotated[bool, Use("mqtt", "local")] = False
    tls_ca_file: Annotated[Text, Use("mqtt", "local")] = ""
    tls_cert_file: Annotated[Text, Use("mqtt", "local")] = ""
    tls_key_file: Annotated[Text, Use("mqtt", "local")] = ""


class RemoteSection(Section, frozen=True):
    """Being configured from afar."""

    enabled: Annotated[bool, Use("mqtt", "local")] = True
    groups: Annotated[Groups, Use("mqtt", "local")] = ""
    public_keys_file: Annotated[Text, Use("live", "local")] = ""
    trial_s: Annotated[Seconds, Use("live", "local", "seconds")] = 60.0
    rate_bound: Annotated[float, Meta(ge=0.0, le=1.0), Use("live", "local")] = 0.5
    latency_bound: Annotated[float, Meta(ge=0.0, le=100.0), Use("live", "local", "times before")] = 3.0


class SnapshotSection(Section, frozen=True):
    """Depth snapshots of faces on disk."""

    enabled: Annotated[bool, Use("snapshot", "remote")] = False
    folder: Annotated[Text, Use("snapshot", "state")] = ""
    interval_s: Annotated[float, Meta(ge=0.0, le=604800.0), Use("snapshot", "remote", "seconds")] = 0.0
    on_appeared: Annotated[bool, Use("snapshot", "remote")] = False
    pose_limit_deg: Annotated[float, Meta(ge=0.0, le=180.0), Use("snapshot", "remote", "degrees")] = 0.0
    confidence_limit: Annotated[float, Meta(ge=0.0, le=1.0), Use("snapshot", "remote")] = 0.0
    min_gap_s: Annotated[float, Meta(ge=0.0, le=3600.0), Use("snapshot", "remote", "seconds")] = 5.0
    queue: Annotated[int, Meta(ge=1, le=64), Use("snapshot", "remote", "frames")] = 4
    max_mb: Annotated[float, Meta(ge=0.1, le=1e6), Use("snapshot", "remote", "megabytes")] = 100.0
    max_count: Annotated[int, Meta(ge=1, le=10000), Use("snapshot", "remote", "snapshots")] = 1000
    max_age_days: Annotated[float, Meta(ge=0.0, le=3650.0), Use("snapshot", "remote", "days")] = 30.0
    min_free_mb: Annotated[float, Meta(ge=0.0, le=1e6), Use("snapshot", "remote", "megabytes")] = 100.0
    ply: Annotated[bool, Use("snapshot", "remote")] = False
    rgb: Annotated[bool, Use("snapshot", "remote")] = False
    focal_length_px: Annotated[float, Meta(ge=0.0, le=100000.0), Use("snapshot", "remote", "pixels")] = 0.0
    retry_min_s: Annotated[Seconds, Use("snapshot", "remote", "seconds")] = 1.0
    retry_max_s: Annotated[Seconds, Use("snapshot", "remote", "seconds")] = 60.0


class LogSection(Section, frozen=True):
    """What is written to the journal."""

    level: Annotated[Literal["debug", "info", "warning", "error"], Use("live", "remote")] = "info"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole configuration; a section's attribute is the table's name in the file."""

    device: DeviceSection = DeviceSection()
    source: SourceSection = SourceSection()
    model: ModelSection = ModelSection()
    detect: DetectSection = DetectSection()
    track: TrackSection = TrackSection()
    smooth: SmoothSection = SmoothSection()
    inference: InferenceSection = InferenceSection()
    thermal: ThermalSection = ThermalSection()
    mqtt: MqttSection = MqttSection()
    remote: RemoteSection = RemoteSection()
    snapshot: SnapshotSection = SnapshotSection()
    log: LogSection = LogSection()
