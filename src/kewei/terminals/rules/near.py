"""Where terminals are: degrees in millionths, distances on a sphere, a box to look in."""

from __future__ import annotations

import math
import re

# Mean radius of the earth in metres (IUGG).
EARTH_M = 6_371_009
_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,12})?")

Point = tuple[int, int]


def read_degrees(text: str, most: int) -> int | None:
    """Decimal degrees as millionths, up to `most` either way; None for what is no such number."""
    bare = text.strip().rstrip("°")
    if not _DEGREES.fullmatch(bare):
        return None
    whole = round(float(bare) * 1_000_000)
    return whole if abs(whole) <= most * 1_000_000 else None


def degrees_text(millionths: int | None) -> str:
    """Millionths as decimal degrees: 31035412 -> 31.035412."""
    return "" if millionths is None else f"{millionths / 1_000_000:.6f}"


def metres_between(a: Point, b: Point) -> int:
    """Great-circle distance (haversine) of two points (latitude, longitude) in millionths of a degree, in metres."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(value / 1_000_000) for value in (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_M * math.asin(min(1.0, math.sqrt(half))))


def box_around(point: Point, metres: int) -> tuple[Point, Point]:
    """(south-west, north-east) corners of a box that holds everything within so many metres of a point."""
    lat = math.degrees(metres / EARTH_M)
    nearest_pole = max(abs(point[0] / 1_000_000 + lat), abs(point[0] / 1_000_000 - lat))
    lon = (
        180.0
        if nearest_pole >= 89
        else min(180.0, math.degrees(metres / EARTH_M / math.cos(math.radians(nearest_pole))))
    )
    down, across = math.ceil(lat * 1_000_000), math.ceil(lon * 1_000_000)
    return (point[0] - down, point[1] - across), (point[0] + down, point[1] + across)
