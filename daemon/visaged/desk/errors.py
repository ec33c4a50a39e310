"""What goes wrong at a desk."""

from __future__ import annotations

from visaged.errors import VisagedError


class DeskError(VisagedError):
    """Something that was asked for cannot be done, or was not done by every device."""
