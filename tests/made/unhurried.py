"""The daemon as it is, but that it reads all it is sent at once, however much of the processor that takes.

``python unhurried.py run ...``: what fuzzes it need not wait for the share of the processor that reading may take.
"""

from __future__ import annotations

import sys

from visaged.cli import main
from visaged.mqtt import hearing
from visaged.remote import inbox, reader
from visaged.running import commands

hearing.READING_SHARE = reader.SHARE = 1.0
commands.PER_SECOND = commands.BURST = 1_000_000
inbox.GAP_S = 0.003  # as long as it takes to act on a patch, so that none pile up behind the one that reads them

if __name__ == "__main__":
    sys.exit(main())
