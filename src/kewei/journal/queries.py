"""Questions to the journal."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from kewei.journal import following, queries_attachments, rules
from kewei.journal.models import Fact, Head, Place, SetAside, Turn
from kewei.kernel.refusals import N_, NotFound
from kewei.kernel.yuan_text import yuan


def head() -> tuple[int, str]:
    """(seq, hash) of the newest fact; (0, zeros) where nothing has happened yet."""
    return Head.objects.values_list("seq", "hash").filter(pk=1).first() or (0, rules.GENESIS)


def hash_of(seq: int) -> str | None:
    """The hash of a fact by its place in the chain; None where there is none."""
    return Fact.objects.filter(seq=seq).values_list("hash", flat=True).first()


def links() -> Iterator[rules.Link]:
    """Every fact in order, as the chain checker reads it; streamed."""
    for f in Fact.objects.order_by("seq").iterator(chunk_size=5000):
        yield _link(f)


def _link(f: Fact) -> rules.Link:
    at = f.at.astimezone(UTC).isoformat(timespec="microseconds")
    return rules.Link(rules.FactText(f.seq, f.name, at, f.by_id, f.subject, f.terminal, f.detail), f.previous, f.hash)


def facts_since(seq: int, names: set[str] | None = None) -> list[tuple[int, str, int | None, dict]]:
    """(seq, name, terminal, detail) of facts after `seq`, oldest first, of the given names where given."""
    rows = Fact.objects.filter(seq__gt=seq).order_by("seq")
    if names is not None:
        rows = rows.filter(name__in=names)
    return [(s, n, t, json.loads(d)) for s, n, t, d in rows.values_list("seq", "name", "terminal", "detail")]


def facts_about(
    terminal: int, rooms: list[str], before: int | None = None, limit: int = 30, without: Iterable[str] = ()
) -> list[tuple[int, datetime, str, str, dict, str]]:
    """(seq, at, name, by whom, detail, subject) of the newest facts about a terminal told by these rooms; one query.

    Facts of the names in `without` are left out.
    """
    told = Q()
    for room in rooms:
        told |= Q(name__startswith=f"{room}.")
    rows = Fact.objects.filter(told, terminal=terminal).order_by("-seq") if rooms else Fact.objects.none()
    rows = rows.exclude(name__in=list(without))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    newest = rows.values_list("seq", "at", "name", "by__name", "detail", "subject")[:limit]
    return [(seq, at, name, by or "", json.loads(detail), subject) for seq, at, name, by, detail, subject in newest]


def terminals_told_of(terminals: Iterable[int]) -> set[int]:
    """Which of these terminals any fact is about."""
    told = Fact.objects.filter(terminal__in=list(terminals)).values_list("terminal", flat=True).distinct()
    return {terminal for terminal in told if terminal is not None}


# --- facts as people and followers read them --------------------------------------------------------------------------


@dataclass(frozen=True)
class FactRow:
    """A fact with its detail read; `by` is the person's name ('' for nobody), `says` the msgid of what happened."""

    seq: int
    name: str
    says: str
    at: datetime
    by: str
    by_id: int | None
    subject: str
    terminal: int | None
    detail: dict[str, Any]

    @property
    def room(self) -> str:
        """The room that told it."""
        return self.name.split(".")[0]


def fact(seq: int) -> FactRow:
    """One fact by its number, for a follower. Raises NotFound."""
    found = Fact.objects.select_related("by").filter(seq=seq).first()
    if found is None:
        raise NotFound(noun=N_("日志"))
    return _row(found)


def fact_seen_by(person, seq: int) -> tuple[FactRow, rules.Link]:
    """One fact this person may see, and its link in the chain. Raises NotFound."""
    found = Fact.objects.visible_to(person).select_related("by").filter(seq=seq).first()
    if found is None:
        raise NotFound(noun=N_("日志"))
    return _row(found), _link(found)


def in_words(key: str, value: Any) -> str:
    """One detail of a fact as people read it: fen as yuan."""
    if key.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def next_fact(after: int, names: Iterable[str]) -> FactRow | None:
    """The first fact of these names after a number, or None."""
    found = Fact.objects.select_related("by").filter(seq__gt=after, name__in=list(names)).order_by("seq").first()
    return _row(found) if found else None


def facts(
    person,
    *,
    room: str = "",
    name: str = "",
    by: int | None = None,
    terminal: int | None = None,
    subject: str = "",
    first: date | None = None,
    last: date | None = None,
    before: int | None = None,
    start: int = 0,
    limit: int = 50,
) -> list[FactRow]:
    """Facts this person may see, newest first; `first` and `last` are days in Shanghai, both included."""
    rows = _facts(person, room, name, by, terminal, subject, first, last)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return [_row(f) for f in rows.select_related("by").order_by("-seq")[start : start + limit]]


def count_facts(person, *, room="", name="", by=None, terminal=None, subject="", first=None, last=None) -> int:
    """How many facts `facts` would give in all."""
    return _facts(person, room, name, by, terminal, subject, first, last).count()


def _facts(person, room, name, by, terminal, subject, first, last):
    rows = Fact.objects.visible_to(person)
    if room:
        rows = rows.filter(name__startswith=f"{room}.")
    if name:
        rows = rows.filter(name=name)
    if by is not None:
        rows = rows.filter(by=by)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if subject:
        rows = rows.filter(subject=subject)
    if first:
        rows = rows.filter(at__gte=datetime.combine(first, time.min, rules.HOUSE_TIME))
    if last:
        rows = rows.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, rules.HOUSE_TIME))
    return rows


def _row(f: Fact) -> FactRow:
    by = f.by.name if f.by else ""
    words = following.says().get(f.name, f.name)
    return FactRow(f.seq, f.name, words, f.at, by, f.by_id, f.subject, f.terminal, json.loads(f.detail))


# --- followers and jobs -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetAsideRow:
    """A fact a follower could not deal with."""

    pk: int
    follower: str
    fact: FactRow
    error: str
    tries: int
    at: datetime
    done_at: datetime | None


def set_asides(person, *, done: bool = False, start: int = 0, limit: int = 100) -> list[SetAsideRow]:
    """What was set aside and waits for a person, oldest first; `done`: what has been dealt with. Needs journal.see."""
    person.must("journal.see")
    rows = SetAside.objects.filter(done_at__isnull=not done).select_related("fact__by").order_by("pk")
    return [
        SetAsideRow(s.pk, s.follower, _row(s.fact), s.error, s.tries, s.at, s.done_at)
        for s in rows[start : start + limit]
    ]


@dataclass(frozen=True)
class Standing:
    """How far a follower is behind the chain, in facts it has still to read."""

    name: str
    behind: int


@dataclass(frozen=True)
class TurnRow:
    """When a job last ran and what went wrong; empty text: nothing."""

    job: str
    taken_at: datetime | None
    done_at: datetime | None
    error: str


def standings(person) -> list[Standing]:
    """Every follower and how far behind it is. Needs journal.see."""
    person.must("journal.see")
    places = dict(Place.objects.values_list("follower", "seq"))
    return [
        Standing(f.name, Fact.objects.filter(seq__gt=places.get(f.name, 0), name__in=f.facts).count())
        for f in following.followers()
    ]


def turns(person) -> list[TurnRow]:
    """Every job and its last turn. Needs journal.see."""
    person.must("journal.see")
    kept = {t.job: t for t in Turn.objects.all()}
    return [
        TurnRow(j.name, t.taken_at if t else None, t.done_at if t else None, t.error if t else "")
        for j in following.jobs()
        for t in [kept.get(j.name)]
    ]


# --- wrongness --------------------------------------------------------------------------------------------------------


def findings() -> Iterator[rules.Finding]:
    """Whatever does not fit in the chain of facts, facts that were set aside, attachments that are not what was kept."""
    for seq, what in rules.broken_links(links(), *head()):
        yield rules.Finding("chain_broken", f"fact:{seq}", {"seq": seq, "what": what})
    for s in SetAside.objects.filter(done_at=None).order_by("pk"):
        yield rules.Finding("set_aside", f"fact:{s.fact_id}", {"follower": s.follower, "tries": s.tries})
    for pk, what in queries_attachments.damaged():
        yield rules.Finding(f"attachment_{what}", f"attachment:{pk}", {"pk": pk})


def newest_of(names: Iterable[str]) -> int:
    """The seq of the newest fact that has one of these names, 0 where there is none; one probe of an index for each name.

    Plain SQL, because every list asks this and building it from subqueries took longer than answering it.
    """
    asked = list(names)
    each = " UNION ALL ".join([f"SELECT MAX(seq) AS seq FROM {Fact._meta.db_table} WHERE name = %s"] * len(asked))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(seq), 0) FROM ({each}) AS newest", asked)  # noqa: S608
        return cursor.fetchone()[0]
