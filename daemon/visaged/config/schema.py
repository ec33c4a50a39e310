"""Every key of the configuration: its type, range, default and meaning, in this one place.

``config/visaged.toml`` says the same to people; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

# `$` alone would let a final newline through; controls and lone surrogates cannot be written back as TOML.
_PRINTABLE = r"^[^\x00-\x1f\x7f\ud800-\udfff]*$(?!\n)"

Text = Annotated[str, Meta(max_length=1024, pattern=_PRINTABLE, title="text of up to 1024 characters on one line")]
Name = Annotated[
    str,
    Meta(
        max_length=64,
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$(?!\n)",
        title="up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
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
Seconds = Annotated[float, Meta(ge=0.1, le=3600.0)]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the configuration file."""


class DeviceSection(Section, frozen=True):
    """Who this device is."""

    id: Annotated[
        Name, Meta(description="The device's name in topics; empty: a stable id derived from the machine.")
    ] = ""


class SourceSection(Section, frozen=True):
    """Where the frames come from."""

    uri: Annotated[
        Text, Meta(min_length=1, description="Camera, video file, folder of pictures, or RTSP/HTTP address.")
    ] = "0"
    pace: Annotated[
        Literal["realtime", "fast"], Meta(description="How a file is played: at its own rate, or every frame.")
    ] = "realtime"
    loop: Annotated[bool, Meta(description="Start a file again at its end.")] = False
    width: Annotated[int, Meta(ge=0, le=7680, description="Camera picture width in pixels; 0: the camera's own.")] = 0
    height: Annotated[int, Meta(ge=0, le=4320, description="Camera picture height in pixels; 0: the camera's own.")] = 0
    fps: Annotated[
        float,
        Meta(ge=0.0, le=1000.0, description="Frames per second; 0: the camera's own, 25 for a folder of pictures."),
    ] = 0.0
    retry_min_s: Annotated[Seconds, Meta(description="Shortest wait before a lost camera is opened again.")] = 0.5
    retry_max_s: Annotated[Seconds, Meta(description="Longest wait before a lost camera is opened again.")] = 30.0


class ModelSection(Section, frozen=True):
    """Which models are used."""

    pack: Annotated[Name, Meta(min_length=1, description="Name of the model pack.")] = "open"
    detector: Annotated[
        Literal["auto", "yunet", "faceboxes"],
        Meta(description="Which face detector is used; auto: what suits the pack."),
    ] = "auto"
    models_dir: Annotated[Text, Meta(description="Folder of model packs; empty: the usual places.")] = ""


class DetectSection(Section, frozen=True):
    """Finding faces that are not tracked yet."""

    size: Annotated[
        int, Meta(ge=0, le=1920, description="Longer side of the detector's picture, pixels; 0: what suits it.")
    ] = 0
    threshold: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Smallest score of a face; 0: what suits the detector.")
    ] = 0.0
    interval: Annotated[
        int, Meta(ge=1, le=10000, description="Frames between two detections while something is tracked.")
    ] = 30


class TrackSection(Section, frozen=True):
    """Following faces from frame to frame."""

    max_faces: Annotated[int, Meta(ge=1, le=32, description="Most faces tracked at once.")] = 4
    verify_interval: Annotated[int, Meta(ge=1, le=1000, description="Frames between two verifications of a track.")] = 4
    min_confidence: Annotated[float, Meta(ge=0.0, le=1.0, description="Smallest confidence of a valid face.")] = 0.5
    lost_after: Annotated[int, Meta(ge=1, le=100, description="Failed verifications in a row that end a track.")] = 2


class SmoothSection(Section, frozen=True):
    """Taking the jitter out of what is published (One-Euro filters, without delay)."""

    mode: Annotated[
        Literal["off", "pose", "all"], Meta(description="What is smoothed: nothing, the pose, or the whole face.")
    ] = "pose"
    raw: Annotated[bool, Meta(description="Publish the pose before smoothing beside the smoothed one.")] = False
    pose_min_cutoff_hz: Annotated[
        float, Meta(ge=0.01, le=1000.0, description="Cut-off frequency of the pose while the head is at rest.")
    ] = 1.5
    pose_beta: Annotated[
        float, Meta(ge=0.0, le=1000.0, description="Hz by which that grows with each degree per second.")
    ] = 0.035
    landmarks_min_cutoff_hz: Annotated[
        float, Meta(ge=0.01, le=1000.0, description="Cut-off frequency of the landmarks while they are at rest.")
    ] = 1.2
    landmarks_beta: Annotated[
        float, Meta(ge=0.0, le=1000.0, description="Hz by which that grows with each face size per second.")
    ] = 1.7
    derivative_cutoff_hz: Annotated[
        float, Meta(ge=0.01, le=1000.0, description="Cut-off frequency of the speeds that the two betas multiply.")
    ] = 1.0


class InferenceSection(Section, frozen=True):
    """How the networks run."""

    threads: Annotated[int, Meta(ge=0, le=64, description="Threads of the networks; 0: chosen automatically.")] = 0


class MqttSection(Section, frozen=True):
    """The broker and what is sent to it."""

    host: Annotated[Host, Meta(description="The broker's host name or address.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="The broker's TCP port.")] = 1883
    protocol: Annotated[Literal["auto", "5", "3.1.1"], Meta(description="MQTT version; auto: 5, else 3.1.1.")] = "auto"
    client_id: Annotated[Text, Meta(description="Client id; empty: derived from the device id.")] = ""
    username: Annotated[Text, Meta(description="User name; empty: none.")] = ""
    password_file: Annotated[Text, Meta(description="File whose first line is the password; empty: none.")] = ""
    topic_root: Annotated[Topic, Meta(description="First part of every topic.")] = "visaged"
    keepalive_s: Annotated[int, Meta(ge=1, le=65535, description="Seconds of silence until a ping is sent.")] = 30
    format: Annotated[Literal["json", "cbor"], Meta(description="Encoding of the messages.")] = "json"
    landmarks: Annotated[bool, Meta(description="Publish the 68 landmarks of each face.")] = False
    commands: Annotated[bool, Meta(description="Obey the topics below command.")] = True
    expiry_s: Annotated[
        int, Meta(ge=0, le=86400, description="Seconds a frame message stays worth delivering (MQTT 5); 0: for ever.")
    ] = 2
    backoff_min_s: Annotated[Seconds, Meta(description="Shortest wait before connecting again.")] = 0.5
    backoff_max_s: Annotated[Seconds, Meta(description="Longest wait before connecting again.")] = 30.0
    connect_timeout_s: Annotated[Seconds, Meta(description="Longest time a connection may take.")] = 5.0
    health_interval_s: Annotated[Seconds, Meta(description="Seconds between two health messages.")] = 10.0
    tls: Annotated[bool, Meta(description="Encrypt the connection.")] = False
    tls_ca_file: Annotated[Text, Meta(description="Certificates to trust (PEM); empty: the system's.")] = ""
    tls_cert_file: Annotated[Text, Meta(description="This client's certificate (PEM); empty: none.")] = ""
    tls_key_file: Annotated[Text, Meta(description="This client's private key (PEM); empty: none.")] = ""


class SnapshotSection(Section, frozen=True):
    """Depth snapshots of faces on disk."""

    enabled: Annotated[
        bool, Meta(description="Take snapshots at all: by command, and by the triggers that are on.")
    ] = False
    folder: Annotated[Text, Meta(description="Where they are kept; empty: the usual place.")] = ""
    interval_s: Annotated[
        float, Meta(ge=0.0, le=604800.0, description="Seconds between two rounds of all valid faces; 0: off.")
    ] = 0.0
    on_appeared: Annotated[bool, Meta(description="Take each face that appears.")] = False
    pose_limit_deg: Annotated[
        float, Meta(ge=0.0, le=180.0, description="Degrees of yaw, pitch or roll beyond which a face is taken; 0: off.")
    ] = 0.0
    confidence_limit: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Confidence below which a face is taken; 0: off.")
    ] = 0.0
    min_gap_s: Annotated[
        float, Meta(ge=0.0, le=3600.0, description="Shortest time between two snapshots for one of these reasons.")
    ] = 5.0
    queue: Annotated[int, Meta(ge=1, le=64, description="Most frames that wait for the disk.")] = 4
    max_mb: Annotated[float, Meta(ge=0.1, le=1e6, description="Most megabytes of snapshots that are kept.")] = 100.0
    max_count: Annotated[int, Meta(ge=1, le=10000, description="Most snapshots that are kept.")] = 1000
    max_age_days: Annotated[
        float, Meta(ge=0.0, le=3650.0, description="Days after which a snapshot is removed; 0: never.")
    ] = 30.0
    min_free_mb: Annotated[
        float, Meta(ge=0.0, le=1e6, description="Megabytes of the disk that snapshots leave free.")
    ] = 100.0
    ply: Annotated[bool, Meta(description="Keep the mesh, too, as PLY.")] = False
    rgb: Annotated[bool, Meta(description="Keep the face in colour, too.")] = False
    focal_length_px: Annotated[
        float, Meta(ge=0.0, le=100000.0, description="The camera's focal length in pixels; 0: not known.")
    ] = 0.0
    retry_min_s: Annotated[Seconds, Meta(description="Shortest wait before a disk in trouble is tried again.")] = 1.0
    retry_max_s: Annotated[Seconds, Meta(description="Longest wait before a disk in trouble is tried again.")] = 60.0


class LogSection(Section, frozen=True):
    """What is written to the journal."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least important message that is written.")
    ] = "info"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole configuration; a section's attribute is the table's name in the file."""

    device: DeviceSection = DeviceSection()
    source: SourceSection = SourceSection()
    model: ModelSection = ModelSection()
    detect: DetectSection = DetectSection()
    track: TrackSection = TrackSection()
    smooth: SmoothSection = SmoothSection()
    inference: InferenceSection = InferenceSection()
    mqtt: MqttSection = MqttSection()
    snapshot: SnapshotSection = SnapshotSection()
    log: LogSection = LogSection()
