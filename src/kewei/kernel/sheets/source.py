"""The uploaded bytes, wherever they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Source:
    """A file on disk or bytes in memory, opened afresh each time, and the name the person gave it."""

    path_or_bytes: str | Path | bytes
    filename: str

    def open(self) -> BinaryIO:
        """The content from its beginning, in binary."""
        if isinstance(self.path_or_bytes, bytes):
            return io.BytesIO(self.path_or_bytes)
        return Path(self.path_or_bytes).open("rb")

    def size(self) -> int:
        """Length in bytes."""
        if isinstance(self.path_or_bytes, bytes):
            return len(self.path_or_bytes)
        return Path(self.path_or_bytes).stat().st_size

    def head(self, length: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(length)
