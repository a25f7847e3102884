"""A drawn map of a day's round: our own picture from degrees, without any map service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT, EDGE = 640, 400, 36
METRES_PER_DEGREE = 111_195
# Lengths a scale bar may have.
BARS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the picture: pixels from the left and the top, its number in the round ('' for start and end), its name."""

    x: int
    y: int
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture: the way as points of a polyline, the places on it, and a bar of `bar_metres` that is `bar` pixels long."""

    way: str
    spots: tuple[Spot, ...]
    bar: int
    bar_metres: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_words(self) -> str:
        """The length of the bar as maps write it."""
        return f"{self.bar_metres // 1000} km" if self.bar_metres >= 1000 else f"{self.bar_metres} m"


def draw(points: Sequence[tuple[int, int]], labels: Sequence[tuple[str, str]]) -> Drawing | None:
    """Points in the order of the round ((latitude, longitude), degrees times a million), each with (number, name).

    North is up; east and west are as far apart as they are at the middle latitude. None where there is nothing to draw.
    """
    if not points:
        return None
    middle = cos(radians(sum(lat for lat, _lon in points) / len(points) / 1_000_000))
    east = [lon * middle for _lat, lon in points]
    north = [float(lat) for lat, _lon in points]
    left, bottom = min(east), min(north)
    wide, high = max(east) - left, max(north) - bottom
    scale = min((WIDTH - 2 * EDGE) / wide if wide > 0 else 10.0**9, (HEIGHT - 2 * EDGE) / high if high > 0 else 10.0**9)
    if wide <= 0 and high <= 0:
        scale = 0.0
    dx, dy = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    at = [
        (round(dx + (e - left) * scale), round(HEIGHT - dy - (n - bottom) * scale))
        for e, n in zip(east, north, strict=True)
    ]
    spots = tuple(Spot(x, y, label, name) for (x, y), (label, name) in zip(at, labels, strict=True))
    bar_metres, bar = _bar(scale)
    return Drawing(" ".join(f"{x},{y}" for x, y in at), spots, bar, bar_metres)


def _bar(scale: float) -> tuple[int, int]:
    """The longest round length that takes at most a quarter of the picture."""
    per_metre = scale * 1_000_000 / METRES_PER_DEGREE
    fitting = [metres for metres in BARS if metres * per_metre <= WIDTH / 4]
    metres = fitting[-1] if fitting and scale else 0
    return metres, round(metres * per_metre)
