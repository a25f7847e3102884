"""Papers for many customers: an archive that grows a few at a time, each request short, the page showing how far.

An archive lies in a folder of files of the house under a name nobody can guess; only who asked for it may go on with it
or fetch it, and it is swept away after a day.
"""

import json
import os
import re
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kewei.journal.bulk import chunks
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import N_, NotFound
from kewei.receivables.web.files import statement_file, statement_files
from kewei.terminals import queries as terminals

VERB = "receivables.statement"
AT_ONCE_SECONDS = 1.0
# Printed together, before looking at the clock again.
TOGETHER = 4
FORGOTTEN_SECONDS = 24 * 3600
NOUN = N_("这批对账单")


@dataclass(frozen=True)
class Batch:
    """Which papers, for whom, and how many are done; `ids` are customers, or whatever `noun` makes a paper of."""

    token: str
    person: int
    ids: list[int]
    first: str
    last: str
    kind: str
    done: int = 0
    noun: str = "statements"

    @property
    def archive(self) -> Path:
        """The file that grows."""
        return home() / f"{self.token}.zip"

    @property
    def ready(self) -> bool:
        """Whether all of them are in it."""
        return self.done >= len(self.ids)

    @property
    def name(self) -> str:
        """What the file is called where it is taken to."""
        words = _("对账单 {first} 至 {last}") if self.noun == "statements" else _("函件 {last}")
        return words.format(first=self.first, last=self.last) + ".zip"


def home() -> Path:
    """The folder of all batches."""
    return Path(settings.MEDIA_ROOT) / "statements"


def begin(person: Any, ids: Sequence[int], first: date, last: date, kind: str) -> Batch:
    """Note what is wanted. Raises NotFound where one of the customers may not be seen."""
    for pk in ids:
        terminals.terminal_for(person, pk, VERB)
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep()
    return _note(Batch(new_key(), person.pk, list(ids), first.isoformat(), last.isoformat(), kind))


def begin_of(person: Any, ids: Sequence[int], day: date, noun: str) -> Batch:
    """Note that other papers than statements are wanted, of things the caller has found this person may see."""
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep()
    return _note(Batch(new_key(), person.pk, list(ids), day.isoformat(), day.isoformat(), "pdf", noun=noun))


def batch_for(person: Any, token: str, noun: str = "statements") -> Batch:
    """The batch, if this person asked for it. Raises NotFound."""
    note = home() / f"{token}.json"
    if re.fullmatch(r"[0-9a-f]{32}", token) and note.exists():
        batch = Batch(**json.loads(note.read_text()))
        if batch.person == person.pk and batch.noun == noun:
            return batch
    raise NotFound(noun=NOUN)


def go_on(person: Any, batch: Batch, make: Callable[[int], tuple[bytes, str]] | None = None) -> Batch:
    """Put further papers into the archive, for about a second; statements are recorded as made, each.

    `make` gives the file and the name of one thing's paper.
    """
    begun = time.monotonic()
    with zipfile.ZipFile(batch.archive, "a", zipfile.ZIP_STORED) as archive:
        for part in chunks(batch.ids[batch.done :], TOGETHER):
            for content, name in [make(pk) for pk in part] if make else _statements(person, batch, part):
                archive.writestr(name.replace("/", "-"), content)
            batch = replace(batch, done=batch.done + len(part))
            if time.monotonic() - begun > AT_ONCE_SECONDS:
                break
    return _note(batch)


def _statements(person: Any, batch: Batch, part: Sequence[int]) -> list[tuple[bytes, str]]:
    rows = [terminals.terminal_for(person, pk, VERB) for pk in part]
    first, last = date.fromisoformat(batch.first), date.fromisoformat(batch.last)
    if batch.kind == "pdf":
        return statement_files(person, rows, first, last)
    return [statement_file(person, row, first, last, batch.kind) for row in rows]


def _note(batch: Batch) -> Batch:
    fresh = home() / f"{batch.token}.{os.getpid()}"
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
        out.write(json.dumps(asdict(batch)))
    fresh.replace(home() / f"{batch.token}.json")
    return batch


def _sweep() -> None:
    oldest = time.time() - FORGOTTEN_SECONDS
    for file in home().iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
