"""The few errors visaged raises; each message is one sentence that says what is wrong, where, and what to do."""


class VisagedError(Exception):
    """Anything visaged can explain. ``exit_code`` is what the command line exits with."""

    exit_code = 1


class UsageError(VisagedError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class ConfigError(VisagedError):
    """The configuration is not valid; names the file, the line and the key path where they are known."""

    exit_code = 2


class ModelError(VisagedError):
    """A model pack, or a file one is made from, is missing, damaged or of the wrong kind."""


class SourceError(VisagedError):
    """A camera, video, stream or picture cannot be opened or read."""


class BrokerError(VisagedError):
    """The MQTT broker cannot be used as configured."""


class SnapshotError(VisagedError):
    """A depth snapshot cannot be taken, written or read. ``code`` is the same in one word, for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
