"""Finding a terminal by anything it is called: exact and beginning first, then anywhere inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from kewei.journal.bulk import Among
from kewei.kernel.names import fold
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, Link, SearchLine, Terminal
from kewei.terminals.queries.twins import merged_into

# A substring may be in half of all names; ranking looks at no more hits than this.
_LOOKED_AT = 200
# Beyond this many one person's own terminals are no longer few.
MANY_OWN = 20_000


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
    text = text.replace("\x00", "")  # PostgreSQL keeps no such character and takes none
    wanted = fold(text)
    if not wanted:
        return []
    mine = Terminal.objects.visible_to(person)
    if keys := _by_code(mine, text.strip()):
        return _hits(keys)  # whoever types a whole code wants that one
    found = list(dict.fromkeys(_by_index(mine, text.strip(), limit)))
    if len(found) < limit:
        hits = _containing(person, wanted, _LOOKED_AT)
        ranked = sorted(hits, key=lambda hit: (rules.rank(wanted, hit[1]), len(hit[1]), hit[0]))
        found = list(dict.fromkeys([*found, *(pk for pk, _ in ranked)]))
    return _hits(found[:limit])


def matching(person: Person, text: str, cap: int = 5000) -> list[int]:
    """Primary keys of at most `cap` visible terminals that contain the text, for filtering a list."""
    return [pk for pk, _ in _containing(person, fold(text.replace("\x00", "")), cap)]


def seen_by(person: Person) -> QuerySet[Terminal]:
    """The terminals a person sees, for looking through: a representative's by their keys.

    Said as a subquery, PostgreSQL takes a representative's few terminals for evenly spread and walks half the table to
    find the first fifty of them in order.
    """
    keys = _own_keys(person)
    return Terminal.objects.visible_to(person) if keys is None else Terminal.objects.filter(Among("pk", keys))


def _own_keys(person: Person) -> list[int] | None:
    """The terminals linked to somebody who sees only those; None for who sees more, or has very many."""
    reach = person.reach("terminals.see")
    if reach.everything or reach.territory_paths:
        return None
    live = Link.objects.filter(person=person, until=None) if reach.own else Link.objects.none()
    keys = list(live.values_list("terminal", flat=True)[: MANY_OWN + 1])
    return keys if len(keys) <= MANY_OWN else None


def begins_with(field: str, text: str) -> Q:
    """A condition both databases answer from an index: SQLite's LIKE would not use one, PostgreSQL's does."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})
    return Q(**{f"{field}__startswith": text})


def _by_code(mine: QuerySet[Terminal], text: str) -> list[int]:
    """The terminals with exactly this code, or this credit code; asked one after the other, as no index answers an OR."""
    codes = list(mine.filter(code__in={text, text.upper()}).values_list("pk", flat=True)[:2])
    if codes or len(text) != 18:
        return codes
    return list(mine.filter(credit_code=text.upper()).values_list("pk", flat=True)[:1])


def _by_index(mine, text: str, limit: int) -> Iterable[int]:
    """Exact name or alias, then what begins with the text: each from an index."""
    yield from mine.filter(name=text).order_by("code").values_list("pk", flat=True)[:limit]
    aliases = Alias.objects.filter(ended_at=None, terminal__in=mine)
    yield from aliases.filter(name=text).values_list("terminal", flat=True)[:limit]
    if len(text) < 2:
        return  # one character begins too much to be worth an order
    yield from mine.filter(begins_with("code", text.upper())).order_by("code").values_list("pk", flat=True)[:limit]
    yield from mine.filter(begins_with("name", text)).order_by("name").values_list("pk", flat=True)[:limit]


def _containing(person: Person, wanted: str, cap: int) -> list[tuple[int, str]]:
    """(terminal, search text) of at most `cap` visible terminals whose text contains every word of `wanted`.

    A representative's few terminals are looked at one by one. For a territory it is quicker to look through everything and
    then keep what may be seen, as long as that is not cut short.
    """
    reach = person.reach("terminals.see")
    lines = SearchLine.objects.all()
    for n, word in enumerate(wanted.split()):
        at = StrIndex(F("text"), Value(word, output_field=TextField()))
        lines = lines.annotate(**{f"at_{n}": at}).filter(**{f"at_{n}__gt": 0})
    found = lines.values_list("terminal", "text")
    if reach.everything:
        return list(found[:cap])
    if (keys := _own_keys(person)) is not None:
        return list(found.filter(Among("pk", keys))[:cap])
    mine = Terminal.objects.visible_to(person)
    if reach.territory_paths:
        hits = list(found[: cap + _LOOKED_AT])
        if len(hits) < cap + _LOOKED_AT:
            seen = set(mine.filter(pk__in=[pk for pk, _ in hits]).values_list("pk", flat=True))
            return [hit for hit in hits if hit[0] in seen][:cap]
    return list(found.filter(terminal__in=mine)[:cap])


def _hits(pks: list[int]) -> list[Hit]:
    fields = ("pk", "code", "name", "kind", "province", "city", "owner__name")
    stands = merged_into(pks)
    pks = list(dict.fromkeys(stands.get(pk, pk) for pk in pks))
    rows = Terminal.objects.filter(pk__in=pks).values_list(*fields)
    by_pk = {row[0]: Hit(*(*row[:6], row[6] or "")) for row in rows}
    return [by_pk[pk] for pk in pks if pk in by_pk]
