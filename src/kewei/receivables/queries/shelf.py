"""The book put away on disk, so that a process that starts need not read millions of rows again."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

# A book of another layout is not read.
LAYOUT = 1
# Smaller books are read from the database in a moment.
WORTH_KEEPING = 200_000


def put(seq: int, mark: str, columns: dict[str, np.ndarray]) -> None:
    """Keep the columns of a book that contains the journal up to `seq`; readable by the owner alone.

    A full disk or a folder that cannot be written to is no reason to refuse an answer: then nothing is kept.
    """
    if len(columns["entry_id"]) < WORTH_KEEPING:
        return
    folder = _folder()
    new = folder / f"{os.getpid()}.new"
    head = {
        "layout": LAYOUT,
        "seq": seq,
        "hash": mark,
        "columns": {n: [c.dtype.str, len(c)] for n, c in columns.items()},
    }
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
            out.write(json.dumps(head).encode() + b"\n")
            for column in columns.values():
                out.write(np.ascontiguousarray(column).data)
        new.replace(folder / "book")


def take() -> tuple[int, str, dict[str, np.ndarray]] | None:
    """(seq, hash, columns) of the book on disk; None where there is none that can be read."""
    try:
        with (_folder() / "book").open("rb") as kept:
            head: dict[str, Any] = json.loads(kept.readline())
            if head["layout"] != LAYOUT:
                return None
            columns = {
                name: np.fromfile(kept, dtype=kind, count=size) for name, (kind, size) in head["columns"].items()
            }
            whole = all(len(columns[name]) == size for name, (_, size) in head["columns"].items())
            return (head["seq"], head["hash"], columns) if whole else None
    except (OSError, ValueError, KeyError):
        return None


def _folder() -> Path:
    return Path(settings.HOME) / "cache"
