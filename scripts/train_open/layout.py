"""How a sample's numbers are laid out: what the network is given and what it answers."""

from visaged.models.manifest import Role

SIZE = 120  # pixels, the side of a crop

POSE, SHAPES, EXPRESSIONS = 12, 40, 10
PARAMS = POSE + SHAPES + EXPRESSIONS
"""Of one face: a row-major 3x4 camera (crop pixels, 1-based, y up), then the coefficients of the face model."""

ROLES: tuple[Role, ...] = ("lid_left", "lid_right", "jaw")
"""What the first expressions do; 0 is open for a lid and shut for the jaw, 1 is shut and wide open."""

LID_LEFT, LID_RIGHT, JAW = (SHAPES + role for role in range(len(ROLES)))
"""Where they are among the coefficients."""

SIGNALS = 6
"""Presence, eye_open left and right, eye_seen left and right, mouth_open."""
