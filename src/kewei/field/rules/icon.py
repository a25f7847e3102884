"""The app's icon, drawn by ourselves: the mark of the house as a PNG of any size."""

from __future__ import annotations

import struct
import zlib

GROUND, WHITE, GOLD = (0x15, 0x5E, 0x6B), (0xFF, 0xFF, 0xFF), (0xF2, 0xC1, 0x4E)
# In a field of 320 by 320: the stem, two arms as straight lines, two dots.
_LINES = (((95, 80), (95, 240)), ((95, 160), (215, 95)), ((95, 160), (215, 225)))
_DOTS = (((218, 93), GOLD), ((218, 227), WHITE))
_HALF_STROKE, _RADIUS = 13, 28


def png(size: int) -> bytes:
    """A square PNG of so many pixels; the ground reaches the edge, so that any mask of a phone fits."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y, size)) for x in range(size)) for y in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _colour(x: int, y: int, size: int) -> tuple[int, int, int]:
    at = ((2 * x + 1) * 160 // size, (2 * y + 1) * 160 // size)
    for centre, colour in _DOTS:
        if _apart(at, centre) <= _RADIUS**2:
            return colour
    if any(_from_line(at, *line) <= _HALF_STROKE**2 for line in _LINES):
        return WHITE
    return GROUND


def _apart(a: tuple[int, int], b: tuple[int, int]) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _from_line(at: tuple[int, int], begin: tuple[int, int], end: tuple[int, int]) -> int:
    """The square of the distance from a point to a line between two points."""
    (px, py), (ax, ay), (bx, by) = at, begin, end
    dx, dy = bx - ax, by - ay
    along = max(0, min(dx * dx + dy * dy, (px - ax) * dx + (py - ay) * dy))
    length = dx * dx + dy * dy
    return _apart(at, (ax + along * dx // length, ay + along * dy // length))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
