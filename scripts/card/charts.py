"""Line charts as SVG, written by hand: small, and readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 50
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Those of Okabe and Ito that people with any colour vision tell apart."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One line of a chart: its name, and its points in the units of the axes."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Axis:
    """What is told along it, and the values at which it is marked, from one end to the other."""

    label: str
    ticks: Sequence[float]

    def share(self, value: float) -> float:
        """How far along ``value`` is, 0 to 1."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


def line_chart(title: str, x: Axis, y: Axis, lines: Sequence[Line], legend: Point) -> str:
    """The picture of ``lines``; the names are told from ``legend`` downwards, in the units of the axes."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="#333">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(title, WIDTH / 2, 20, "middle", ' font-size="14"'),
        *_grid(x, y),
    ]
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        places = " ".join(f"{_across(x, a):.1f},{_down(y, b):.1f}" for a, b in line.points)
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += _named(line.name, colour, _across(x, legend[0]), _down(y, legend[1]) + 16 * number)
    return "\n".join([*parts, "</svg>", ""])


def _grid(x: Axis, y: Axis) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = []
    for value in x.ticks:
        across = _across(x, value)
        parts.append(_rule(across, TOP, across, bottom))
        parts.append(_text(f"{value:g}", across, bottom + 16, "middle"))
    for value in y.ticks:
        down = _down(y, value)
        parts.append(_rule(LEFT, down, WIDTH - RIGHT, down))
        parts.append(_text(f"{value:g}", LEFT - 6, down + 4, "end"))
    parts.append(_text(x.label, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "middle"))
    turned = f' transform="rotate(-90 16 {(TOP + bottom) / 2:g})"'
    parts.append(_text(y.label, 16, (TOP + bottom) / 2, "middle", turned))
    return parts


def _named(name: str, colour: str, left: float, top: float) -> list[str]:
    return [
        f'<rect x="{left:.1f}" y="{top:.1f}" width="14" height="8" fill="{colour}"/>',
        _text(name, left + 20, top + 8, "start"),
    ]


def _across(x: Axis, value: float) -> float:
    return LEFT + x.share(value) * (WIDTH - LEFT - RIGHT)


def _down(y: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - BOTTOM - TOP)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(text: str, x: float, y: float, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'
