"""The container of old office files: a small file system of sectors and chains, read without trust and written anew.

Layout after [MS-CFB]: a header, an allocation table of sector numbers, a directory, and a mini stream for short files.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128


class BrokenContainer(Exception):
    """The sectors do not hang together."""


@dataclass(frozen=True)
class _Stream:
    name: str
    kind: int
    start: int
    size: int


class Container:
    """The named streams of one container."""

    def __init__(self, content: bytes) -> None:
        try:
            self._read(content)
        except struct.error:
            raise BrokenContainer from None

    def _read(self, content: bytes) -> None:
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise BrokenContainer
        self._sector = 1 << shift
        directory, self._cutoff, mini_table, _, extra = struct.unpack_from("<L4x4L", content, 48)
        self._table = self._allocation(extra)
        entries = self._chain(directory)
        self.streams = [_entry(entries[at : at + _ENTRY]) for at in range(0, len(entries) - _ENTRY + 1, _ENTRY)]
        self._mini_table = _numbers(self._chain(mini_table)) if mini_table < _FAT else ()
        root = next((stream for stream in self.streams if stream.kind == 5), None)
        self._mini = self._chain(root.start) if root and root.start < _FAT else b""

    def names(self) -> set[str]:
        """Names of all streams."""
        return {stream.name for stream in self.streams if stream.kind == 2}

    def stream(self, name: str) -> bytes | None:
        """The content of a stream, None where there is none of that name. Raises BrokenContainer."""
        found = next((s for s in self.streams if s.name == name and s.kind == 2), None)
        if found is None:
            return None
        if found.size >= self._cutoff:
            return self._chain(found.start)[: found.size]
        return b"".join(self._mini[at * 64 : at * 64 + 64] for at in _walk(found.start, self._mini_table))[: found.size]

    def _allocation(self, extra: int) -> tuple[int, ...]:
        """The allocation table: its first 109 sectors are listed in the header, the rest in a chain of their own."""
        listed = list(struct.unpack_from("<109L", self._content, 76))
        seen = set()
        while extra < _FAT:
            if extra in seen:
                raise BrokenContainer
            seen.add(extra)
            numbers = _numbers(self._at(extra))
            if not numbers:
                raise BrokenContainer
            listed += numbers[:-1]
            extra = numbers[-1]
        return _numbers(b"".join(self._at(number) for number in listed if number < _FAT))

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._content[start : start + self._sector]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._at(number) for number in _walk(start, self._table))


def _walk(start: int, table: tuple[int, ...]) -> list[int]:
    """Follow a chain of sector numbers to its end; a chain longer than the table runs in a circle."""
    numbers: list[int] = []
    while start < _FAT:
        if start >= len(table) or len(numbers) > len(table):
            raise BrokenContainer
        numbers.append(start)
        start = table[start]
    return numbers


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4])


def _entry(entry: bytes) -> _Stream:
    length, kind = struct.unpack_from("<HB", entry, 64)
    start, size = struct.unpack_from("<LL", entry, 116)
    name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
    return _Stream(name, kind, start, size)


def packed(name: str, content: bytes) -> bytes:
    """A container with one stream of at least 4,096 bytes (shorter ones are filled up with zeros)."""
    sector = 4096
    content = content.ljust(4096, b"\0")
    count = -(-len(content) // sector)
    tables = 1
    while tables * (sector // 4) < tables + 2 + count:
        tables += 1
    if tables > 109:
        raise BrokenContainer
    # The table itself, the directory, an empty mini stream (readers insist on one), then the content.
    directory, mini, first = tables, tables + 1, tables + 2
    table = [_FAT] * tables + [_END, _END, *range(first + 1, first + count), _END]
    table += [_FREE] * (tables * (sector // 4) - len(table))
    numbers = (0x3E, 4, 0xFFFE, 12, 6, 1, tables, directory, 4096, _END, 0, _END, 0)
    header = struct.pack("<8s16x5H6x3L4x5L", _MAGIC, *numbers)
    header += struct.pack("<109L", *range(tables), *[_FREE] * (109 - tables))
    entries = _packed_entry("Root Entry", 5, child=1, start=mini, size=64)
    entries += _packed_entry(name, 2, child=_FREE, start=first, size=len(content))
    entries += _packed_entry("", 0, child=_FREE, start=0, size=0) * (sector // _ENTRY - 2)
    allocation = struct.pack(f"<{len(table)}L", *table)
    return b"".join(
        [header.ljust(sector, b"\0"), allocation, entries, bytes(sector), content.ljust(count * sector, b"\0")]
    )


def _packed_entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    words = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack("<64sHBBLLL36xLQ", words, len(words), kind, 1, _FREE, _FREE, child, start, size)
