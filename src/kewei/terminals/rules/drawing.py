"""A map without a map: provinces as tiles in their rough places, cities as tiles in the order of their codes, points to scale.

No outside service is asked, and no border is drawn that somebody could dispute.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kewei.terminals.rules.near import EARTH_M, Point

# Column and row of each province, by the first two digits of its code; read from any wall map, our own arrangement.
TILES: dict[str, tuple[int, int]] = {
    "23": (8, 0),
    "15": (6, 1), "22": (8, 1),
    "65": (1, 2), "62": (3, 2), "64": (4, 2), "14": (5, 2), "11": (6, 2), "12": (7, 2), "21": (8, 2),
    "63": (2, 3), "61": (4, 3), "41": (5, 3), "13": (6, 3), "37": (7, 3),
    "54": (1, 4), "51": (3, 4), "50": (4, 4), "42": (5, 4), "34": (6, 4), "32": (7, 4), "31": (8, 4),
    "53": (3, 5), "52": (4, 5), "43": (5, 5), "36": (6, 5), "33": (7, 5),
    "45": (4, 6), "44": (5, 6), "35": (6, 6), "71": (7, 6),
    "46": (4, 7), "82": (5, 7), "81": (6, 7),
}  # fmt: skip
TILE, GAP = 84, 6
COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map: where it stands in the picture, its name and what it counts."""

    x: int
    y: int
    name: str
    held: int
    free: int

    @property
    def middle(self) -> int:
        """Where its words are centred."""
        return self.x + TILE // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Tiles and the size of the picture around them."""

    width: int
    height: int
    tiles: tuple[Tile, ...]


def provinces(counts: Iterable[tuple[str, str, int, int]]) -> Picture:
    """(code, name, held, free) of each province as a map; those without a place in TILES are left out."""
    tiles = [
        Tile((TILES[code[:2]][0]) * (TILE + GAP), TILES[code[:2]][1] * (TILE + GAP), name, held, free)
        for code, name, held, free in counts
        if code[:2] in TILES
    ]
    return _picture(tiles)


def in_rows(counts: Sequence[tuple[str, int, int]]) -> Picture:
    """(name, held, free) of each city, row by row in the order given."""
    tiles = [
        Tile((n % COLUMNS) * (TILE + GAP), n // COLUMNS * (TILE + GAP), name, held, free)
        for n, (name, held, free) in enumerate(counts)
    ]
    return _picture(tiles)


def _picture(tiles: Sequence[Tile]) -> Picture:
    width = max((tile.x for tile in tiles), default=0) + TILE
    height = max((tile.y for tile in tiles), default=0) + TILE
    return Picture(width, height, tuple(tiles))


def scatter(points: Sequence[Point], centre: Point, metres: int, size: int = 480) -> list[tuple[int, int]]:
    """Where points lie in a square picture of `size` around a centre whose edge is `metres` away; north is up.

    Plane around the centre: within a few hundred kilometres the error is less than a dot.
    """
    half, narrow = size / 2, math.cos(math.radians(centre[0] / 1_000_000))
    scale = half / metres if metres else 0.0
    found = []
    for lat, lon in points:
        north = math.radians((lat - centre[0]) / 1_000_000) * EARTH_M
        east = math.radians((lon - centre[1]) / 1_000_000) * EARTH_M * narrow
        found.append((round(half + east * scale), round(half - north * scale)))
    return found
