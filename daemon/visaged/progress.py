"""Whether the daemon gets on: what the watchdog is fed by, and by nothing else."""

from __future__ import annotations


class Progress:
    """Counts what the threads between camera and broker get done; any thread may count, one asks.

    There is progress where the pipeline's thread comes round for more and, beside that, either a frame was processed or
    somebody who waits for something with a name (a camera that is to be opened again, a file's next frame that is not
    due yet, a broker that has fallen behind) has looked for it again. A thread that hangs counts nothing.
    """

    def __init__(self) -> None:
        self._rounds = self._steps = 0
        self._seen = (0, 0)
        self.frames = 0

    def round(self) -> None:
        """The pipeline's thread has come round."""
        self._rounds += 1

    def frame(self) -> None:
        """A frame was processed."""
        self.frames += 1
        self._steps += 1

    def waited(self) -> None:
        """Somebody who waits for something with a name has looked for it, and goes on waiting."""
        self._steps += 1

    def made(self) -> bool:
        """Whether there was progress since this was last true; belongs to one thread."""
        now = (self._rounds, self._steps)
        if now[0] == self._seen[0] or now[1] == self._seen[1]:
            return False
        self._seen = now
        return True
