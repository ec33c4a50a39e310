"""``python -m visaged``."""

import sys

from visaged.cli import main

sys.exit(main())
