"""文件夹投递  Files dropped into a folder: each taken in once, then moved to done/, or to refused/ with the reason beside it.

FOLDER/D0001/十月.csv   a folder for each distributor, named by its code
FOLDER/D0001 十月.csv   or loose files whose name says which distributor
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from kewei.flows import actions, excel
from kewei.flows.queries import files
from kewei.kernel.refusals import N_, Refused, refusal

DONE, REFUSED = "done", "refused"
# A file that changed so lately may still be being written.
SETTLED_S = 10
log = logging.getLogger("kewei.flows")


@refusal
class FileBroken(Refused):
    code = "flows_file_broken"
    says = N_("文件读到一半出了意外：{error}")
    next_step = N_("请用表格软件打开，另存为 .xlsx 或 CSV 后再投递")


@dataclass(frozen=True)
class Collected:
    """A file that was found, where it lies now, and what came of it: taken in, or why not."""

    name: str
    place: Path
    taken: actions.Taken | None
    why: Refused | None


def collect(folder: Path, *, by: Any, now: datetime) -> list[Collected]:
    """Take in every file that lies in the folder; what one is refused for does not stop the others.

    Links, hidden files and files still being written are left alone. Where the database does not answer the file stays
    and is tried again next time.
    """
    return [_collected(code, path, by, now) for code, path in list(_dropped(folder, now))]


def _dropped(folder: Path, now: datetime) -> Iterator[tuple[str, Path]]:
    """(code of the distributor, or "" where the file's name must say it; file), in order."""
    if not folder.is_dir():
        return
    for one in sorted(folder.iterdir()):
        if one.is_symlink() or one.name.startswith(".") or one.name in (DONE, REFUSED):
            continue
        if one.is_dir():
            yield from ((one.name, path) for path in sorted(one.iterdir()) if _is_ready(path, now))
        elif _is_ready(one, now):
            yield "", one


def _is_ready(path: Path, now: datetime) -> bool:
    """Whether it is a file of its own that nobody is writing any more."""
    if path.name.startswith((".", "~$")) or path.suffix in (".part", ".tmp"):
        return False
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime + SETTLED_S <= now.timestamp()


def _collected(code: str, path: Path, by: Any, now: datetime) -> Collected:
    try:
        distributor = files.distributor_named(by, code, path.name)
        taken = excel.bring(distributor, path, path.name, by=by, now=now)
    except Refused as why:
        return Collected(path.name, _refuse(path, why), None, why)
    except DatabaseError:
        raise
    except Exception as broken:
        # Whatever a hostile file does to a parser, it must not come round again every few minutes.
        log.exception("%s", path)
        told = FileBroken(error=type(broken).__name__)
        return Collected(path.name, _refuse(path, told), None, told)
    return Collected(path.name, _move(path, DONE), taken, None)


def _refuse(path: Path, why: Refused) -> Path:
    place = _move(path, REFUSED)
    words = "\n".join(filter(None, (why.sentence(_), why.advice(_))))
    (place.parent / f"{place.name}.txt").write_text(f"{words}\n", encoding="utf-8")
    return place


def _move(path: Path, where: str) -> Path:
    """Into done/ or refused/ beside it, under its name, numbered where that is taken."""
    room = path.parent / where
    room.mkdir(exist_ok=True)
    place, number = room / path.name, 2
    while place.exists():
        place, number = room / f"{path.stem}-{number}{path.suffix}", number + 1
    path.rename(place)
    return place
