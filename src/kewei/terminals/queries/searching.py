"""Finding a terminal by anything it is called: exact and beginning first, then anywhere inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import StrIndex

from kewei.kernel.names import fold
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, SearchLine, Terminal

# A substring may be in half of all names; ranking looks at no more hits than this.
_LOOKED_AT = 200


@dataclass(frozen=True)
class Hit:
    """A terminal found, as shown in a list of hits."""

    pk: int
    code: str
    name: str
    kind: str
    province: str
    city: str
    owner: str


def search(person: Person, text: str, limit: int = 20) -> list[Hit]:
    """Terminals the person may see whose code, credit code, name, alias or pinyin initials match; best first.

    Words of a query separated by spaces must all occur. Empty for an empty text.
    """
    wanted = fold(text)
    if not wanted:
        return []
    mine = Terminal.objects.visible_to(person)
    found = list(dict.fromkeys(_by_index(mine, text.strip(), limit)))
    if len(found) < limit:
        lines = _containing(
            SearchLine.objects.filter(terminal__in=mine) if not _sees_all(person) else SearchLine.objects, wanted
        )
        hits = lines.values_list("terminal", "text")[:_LOOKED_AT]
        ranked = sorted(hits, key=lambda hit: (rules.rank(wanted, hit[1]), len(hit[1]), hit[0]))
        found = list(dict.fromkeys([*found, *(pk for pk, _ in ranked)]))
    return _hits(found[:limit])


def matching(person: Person, text: str, cap: int = 5000) -> list[int]:
    """Primary keys of at most `cap` visible terminals that contain the text, for filtering a list."""
    mine = Terminal.objects.visible_to(person)
    lines = SearchLine.objects.all() if _sees_all(person) else SearchLine.objects.filter(terminal__in=mine)
    return list(_containing(lines, fold(text)).values_list("terminal", flat=True)[:cap])


def begins_with(field: str, text: str) -> Q:
    """A condition both databases answer from an index: SQLite's LIKE would not use one, PostgreSQL's does."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    return Q(**{f"{field}__startswith": text})


def _sees_all(person: Person) -> bool:
    return person.reach("terminals.see").everything


def _by_index(mine, text: str, limit: int) -> Iterable[int]:
    """Exact code or credit code, exact name or alias, then what begins with the text: each from an index."""
    upper = text.upper()
    yield from mine.filter(Q(code__in=[text, upper]) | Q(credit_code=upper)).values_list("pk", flat=True)[:limit]
    yield from mine.filter(name=text).order_by("code").values_list("pk", flat=True)[:limit]
    aliases = Alias.objects.filter(ended_at=None, terminal__in=mine)
    yield from aliases.filter(name=text).values_list("terminal", flat=True)[:limit]
    if len(text) < 2:
        return  # one character begins too much to be worth an order
    yield from mine.filter(begins_with("code", upper)).order_by("code").values_list("pk", flat=True)[:limit]
    yield from mine.filter(begins_with("name", text)).order_by("name").values_list("pk", flat=True)[:limit]


def _containing(lines, wanted: str):
    for n, word in enumerate(wanted.split()):
        lines = lines.annotate(**{f"at_{n}": StrIndex(F("text"), _Text(word))}).filter(**{f"at_{n}__gt": 0})
    return lines


def _Text(word: str):
    from django.db.models import TextField, Value

    return Value(word, output_field=TextField())


def _hits(pks: list[int]) -> list[Hit]:
    rows = Terminal.objects.filter(pk__in=pks)
    rows = rows.values_list("pk", "code", "name", "kind", "province", "city", "owner__name")
    by_pk = {row[0]: Hit(*row[:6], row[6] or "") for row in rows}
    return [by_pk[pk] for pk in pks if pk in by_pk]
