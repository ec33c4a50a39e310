"""The daemon as it is, but that it is told to end while it goes over from one app to another.

``python ended_midway.py run ...``: SIGTERM comes when the first app has been stopped and the second has not begun.
"""

from __future__ import annotations

import os
import signal
import sys

from visaged.cli import main
from visaged.running.app import App

_stop = App.stop


def _stopped_and_told(app: App) -> None:
    _stop(app)
    App.stop = _stop  # type: ignore[method-assign]
    os.kill(os.getpid(), signal.SIGTERM)


App.stop = _stopped_and_told  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
