"""Files that wait for somebody to say what their columns are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kewei.flows.models import Unread
from kewei.flows.rules.words import said_again
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people.models import Person

TAKE_IN = "flows.take_in"


@dataclass(frozen=True)
class UnreadRow:
    """A file that waits, and what is the matter with it."""

    pk: int
    distributor: int
    distributor_name: str
    filename: str
    code: str
    why: Refused | None
    brought_by: str
    brought_at: datetime


def list_unread(person: Person, *, start: int = 0, limit: int | None = 50) -> tuple[list[UnreadRow], int]:
    """Files that wait, of distributors whose files the person takes in, newest first, and how many; two queries."""
    rows = Unread.objects.visible_to(person, TAKE_IN).filter(closed_at=None)
    told = rows.order_by("-pk").values_list(
        "pk", "distributor", "distributor__name", "filename", "code", "numbers", "brought_by__name", "brought_at"
    )
    page = told[start : start + limit] if limit is not None else told[start:]
    found = [
        UnreadRow(pk, distributor, name, filename, code, said_again(code, numbers), by, at)
        for pk, distributor, name, filename, code, numbers, by, at in page
    ]
    return found, rows.count()


def unread_for(person: Person, pk: int) -> Unread:
    """A file that waits, where the person takes in its distributor's files. Raises NotFound."""
    rows = Unread.objects.visible_to(person, TAKE_IN).filter(pk=pk, closed_at=None)
    found = rows.select_related("distributor").first()
    if found is None:
        raise NotFound(noun=N_("待说明的文件"))
    return found


def waiting_with(distributor: int, digest: str) -> Unread | None:
    """The waiting file with these very bytes, whoever asks."""
    return Unread.objects.filter(distributor=distributor, digest=digest, closed_at=None).first()


def why_of(unread: Unread) -> Refused | None:
    """What is the matter with it."""
    return said_again(unread.code, unread.numbers)
