"""Keeping files of the lake: wholly there or not at all, named by what is in them, never changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from kewei.flows.lake import duck
from kewei.flows.lake.parts import CLEAN, RAW, Part
from kewei.kernel import ids

# What a file is called while it is being written: no part of a backup, as with attachments.
UNFINISHED = ".part"


def place_of(part: Part, month: date, digest: str) -> Path:
    """Where the file with this digest (SHA-256 of its bytes) lies: lake/raw/month=2026-10/<digest>.parquet."""
    return _folder(part, month) / f"{digest}.parquet"


def _folder(part: Part, month: date) -> Path:
    return Path(settings.LAKE_ROOT) / part.name / f"month={month:%Y-%m}"


def keep(part: Part, month: date, rows: Sequence[Sequence[Any]]) -> str:
    """Write rows into a file of their own and answer with its digest; it is on the disk when this returns.

    The row of the database that names it is written afterwards. Where that never comes about, nobody names the file: `kewei check`
    tells of it.
    """
    with _written(part, month, rows) as (unfinished, digest):
        _settle(unfinished, place_of(part, month, digest))
    return digest


def put_back(part: Part, month: date, digest: str, rows: Sequence[Sequence[Any]]) -> bool:
    """Whether these rows are, to the byte, the file somebody names; if so, they take its place where it was lost or damaged."""
    with _written(part, month, rows) as (unfinished, made):
        if made == digest and fault_of(part, month, digest):
            _settle(unfinished, place_of(part, month, digest))
    return made == digest


@contextmanager
def _written(part: Part, month: date, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Path, str]]:
    """A file with these rows that is not finished yet, and its digest; gone afterwards unless it has settled."""
    folder = _folder(part, month)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{ids.new_key()}{UNFINISHED}"
    try:
        duck.write(part, rows, unfinished)
        yield unfinished, _digest(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)


def _settle(unfinished: Path, place: Path) -> None:
    """Flushed, renamed, and the names of the folders flushed as well."""
    _sync(unfinished)
    unfinished.replace(place)
    for folder in list(place.parents)[:3]:
        _sync(folder)


def _sync(path: Path) -> None:
    """What was written to a file, or the names in a folder, outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fault_of(part: Part, month: date, digest: str) -> str:
    """What is wrong with a file somebody names: "missing", "differs", or nothing."""
    place = place_of(part, month, digest)
    if not place.is_file():
        return "missing"
    return "" if _digest(place) == digest else "differs"


def unnamed(named: Collection[Path], before: float) -> Iterator[Path]:
    """Files of the lake that are not among these and were last written before a moment (seconds since 1970): left over from
    a taking in that came to nothing. Those of a taking in that is still going on are younger."""
    for part in (RAW, CLEAN):
        for path in sorted((Path(settings.LAKE_ROOT) / part.name).glob("month=*/*")):
            if path not in named and path.stat().st_mtime < before:
                yield path
