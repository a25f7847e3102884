"""Is this terminal here already? Asked before a new card is made (design §5, domain 2.1, 5.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kewei.journal.bulk import chunks
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, Contact, Licence, Merge, Prospect, SearchLine, Terminal, TwinPair
from kewei.terminals.rules import matching
from kewei.terminals.rules.matching import REASONS

BY_CREDIT_CODE = REASONS[matching.CREDIT_CODE]
BY_LICENCE = REASONS[matching.LICENCE]
BY_NAME = REASONS[matching.SAME_NAME]
MERGE = "terminals.merge"
NOUN = N_("疑似重复")


@dataclass(frozen=True)
class Twin:
    """A card that may be the same terminal, why, and whether it certainly is; name and key are blank where it may not be seen.

    `claimable` is the key of one that stands in the asker's pool: it need only be claimed.
    """

    pk: int | None
    code: str
    name: str
    city: str
    owner: str
    why: str
    certain: bool
    claimable: int | None = None


def duplicates(
    person: Person,
    name: str,
    credit_code: str = "",
    licence_number: str = "",
    besides: int | None = None,
    *,
    province: str = "",
    city: str = "",
    district: str = "",
) -> list[Twin]:
    """Cards with the same credit code, then licence number, then name or alias, then a like name in the same city.

    Each card once, by its best reason; the place may be as people type it. The person is told that a card exists even
    where it belongs to somebody else, or the same hospital is opened twice; but nothing of what is on it.
    """
    reasons: dict[int, str] = {}
    if credit_code:
        for pk in Terminal.objects.filter(credit_code=credit_code).values_list("pk", flat=True):
            reasons.setdefault(pk, BY_CREDIT_CODE)
    if licence_number:
        for pk in Licence.objects.filter(number=licence_number, ended_at=None).values_list("terminal", flat=True)[:20]:
            reasons.setdefault(pk, BY_LICENCE)
        for pk in Prospect.objects.filter(licence_number=licence_number).values_list("pk", flat=True)[:20]:
            reasons.setdefault(pk, BY_LICENCE)
    if wanted := fold(name).replace(rules.SEPARATOR, " "):
        marked = f"{rules.SEPARATOR}{wanted}{rules.SEPARATOR}"
        for pk in SearchLine.objects.filter(text__contains=marked).values_list("terminal", flat=True)[:20]:
            reasons.setdefault(pk, BY_NAME)
        for pk, why in _alike(name, province, city, district):
            reasons.setdefault(pk, why)
    reasons.pop(besides, None)  # type: ignore[arg-type]
    into = merged_into(reasons)
    certain = {into.get(pk, pk) for pk, why in reasons.items() if why in (BY_CREDIT_CODE, BY_LICENCE)}
    found: dict[int, str] = {}
    for pk, why in reasons.items():
        found.setdefault(into.get(pk, pk), why)
    seen = Terminal.objects.visible_to(person).filter(pk__in=found).select_related("owner")
    by_pk = {t.pk: t for t in seen}
    free = dict(
        Terminal.objects.in_pool_of(person).filter(pk__in=found.keys() - by_pk.keys()).values_list("pk", "name")
    )
    twins = []
    for pk, why in found.items():
        t = by_pk.get(pk)
        if t is not None:
            twins.append(Twin(pk, t.code, t.name, t.city, t.owner.name if t.owner else "", why, pk in certain))
        elif pk in free:
            twins.append(Twin(None, "", free[pk], "", "", why, pk in certain, claimable=pk))
        else:
            twins.append(Twin(None, "", "", "", "", why, pk in certain))
    return twins


def _alike(name: str, province: str, city: str, district: str) -> Iterator[tuple[int, str]]:
    """(terminal, reason) of cards of the same city whose name may mean the same; none without a city."""
    place = rules.divisions().place(province, city, district)
    if not place.city:
        return
    wanted = matching.Card(0, (name,), province=place.province, city=place.city, district=place.district)
    for card, match in matching.candidates(wanted, list(names_in(place.province, place.city)))[:10]:
        yield card.pk, REASONS[match.reasons[0]]


def names_in(province: str, city: str) -> Iterator[matching.Card]:
    """Every card of a city with its names, to compare a name with; two queries."""
    rows = Terminal.objects.filter(province=province, city=city)
    aliases: dict[int, list[str]] = {}
    named = Alias.objects.filter(ended_at=None, terminal__province=province, terminal__city=city)
    for pk, alias in named.values_list("terminal", "name"):
        aliases.setdefault(pk, []).append(alias)
    for pk, name, short, district in rows.values_list("pk", "name", "short_name", "district"):
        names = (name, *([short] if short else []), *aliases.get(pk, ()))
        yield matching.Card(pk, names, province=province, city=city, district=district)


# --- cards that were made one -----------------------------------------------------------------------------------------


def merged_into(pks: Iterable[int]) -> dict[int, int]:
    """Which of these cards stand for nothing of their own any more, each with the card that stands for it now."""
    found: dict[int, int] = {}
    asked = list(dict.fromkeys(pks))
    if not asked:
        return found
    direct = dict(Merge.objects.filter(merged__in=asked, undone_at=None).values_list("merged", "kept"))
    further = merged_into(set(direct.values())) if direct else {}
    for merged, kept in direct.items():
        found[merged] = further.get(kept, kept)
    return found


@dataclass(frozen=True)
class MergeRow:
    """A card that another stands for: what it was called, who merged it, when and why; `undone_at` where it was undone."""

    pk: int
    kept: int
    kept_name: str
    kept_code: str
    merged: int
    merged_name: str
    merged_code: str
    why: str
    made_by: str
    made_at: datetime
    undone_at: datetime | None


_MERGE = (
    "pk", "kept", "kept__name", "kept__code", "merged", "merged__name", "merged__code", "why", "made_by__name",
    "made_at", "undone_at",
)  # fmt: skip


def merges_of(pk: int) -> list[MergeRow]:
    """The live merges a card is part of, as the kept or as the merged one."""
    rows = Merge.objects.filter(Q(kept=pk) | Q(merged=pk), undone_at=None).order_by("-made_at")
    return [MergeRow(*values) for values in rows.values_list(*_MERGE)]


def merges(person: Person, most: int = 50) -> list[MergeRow]:
    """The newest merges of cards this person may see, undone ones included."""
    mine = Terminal.objects.visible_to(person, MERGE).values("pk")
    rows = Merge.objects.filter(kept__in=mine).order_by("-made_at")
    return [MergeRow(*values) for values in rows.values_list(*_MERGE)[:most]]


def merge_for(person: Person, pk: int) -> Merge:
    """A merge of cards this person may merge. Raises NotFound."""
    mine = Terminal.objects.visible_to(person, MERGE).values("pk")
    found = Merge.objects.filter(pk=pk, kept__in=mine).select_related("kept", "merged").first()
    if found is None:
        raise NotFound(noun=N_("合并"))
    return found


# --- the desk of twins ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SideRow:
    """One side of a pair as the desk shows it."""

    pk: int
    code: str
    name: str
    kind: str
    credit_code: str
    city: str
    district: str
    address: str
    owner: str
    added_at: datetime
    stage: str


@dataclass(frozen=True)
class PairRow:
    """Two cards that may be one, with reasons as codes of REASONS."""

    pk: int
    reasons: tuple[str, ...]
    score: int
    found_at: datetime
    decided: str
    decided_by: str
    note: str
    low: SideRow
    high: SideRow


def twin_pairs(
    person: Person, *, decided: str = "", city: str = "", start: int = 0, limit: int = 20
) -> tuple[list[PairRow], int]:
    """One page of the pairs nobody has decided (or of those decided so) where the person may merge both, surest first."""
    mine = Terminal.objects.visible_to(person, MERGE).values("pk")
    rows = TwinPair.objects.filter(decided=decided, low__in=mine, high__in=mine)
    if city:
        rows = rows.filter(low__city=city)
    count = rows.count()
    page = list(
        rows.select_related("low__owner", "high__owner", "decided_by").order_by("-score", "pk")[start : start + limit]
    )
    stages = dict(
        Prospect.objects.filter(pk__in=[pk for pair in page for pk in (pair.low_id, pair.high_id)]).values_list(
            "pk", "stage"
        )
    )
    return [
        PairRow(
            pair.pk, tuple(pair.reasons), pair.score, pair.found_at, pair.decided,
            pair.decided_by.name if pair.decided_by else "", pair.note, _side(pair.low, stages), _side(pair.high, stages),
        )
        for pair in page
    ], count  # fmt: skip


def _side(t: Terminal, stages: dict[int, str]) -> SideRow:
    return SideRow(
        t.pk, t.code, t.name, t.kind, t.credit_code or "", t.city, t.district, t.address, t.owner.name if t.owner else "",
        t.added_at, stages.get(t.pk, ""),
    )  # fmt: skip


def pair_for(person: Person, pk: int) -> TwinPair:
    """A pair of cards this person may both merge. Raises NotFound."""
    mine = Terminal.objects.visible_to(person, MERGE).values("pk")
    found = TwinPair.objects.filter(pk=pk, low__in=mine, high__in=mine).select_related("low", "high").first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def cards_to_compare(person: Person, city: str = "") -> Iterator[list[matching.Card]]:
    """The cards this person may merge, city by city, with all that is compared; closed and merged ones are left out."""
    rows = Terminal.objects.visible_to(person, MERGE).exclude(closures__in=_live_closures()).exclude(city="")
    if city:
        rows = rows.filter(city=city)
    for province, name in rows.order_by("province", "city").values_list("province", "city").distinct():
        yield _cards_of(list(rows.filter(province=province, city=name).values_list("pk", flat=True)))


def _live_closures():
    from kewei.terminals.models import Closure

    return Closure.objects.filter(lifted_at=None)


def _cards_of(keys: Collection[int]) -> list[matching.Card]:
    names: dict[int, list[str]] = {}
    licences: dict[int, set[str]] = {}
    phones: dict[int, set[str]] = {}
    for chunk in chunks(keys):
        for pk, name in Alias.objects.filter(terminal__in=chunk, ended_at=None).values_list("terminal", "name"):
            names.setdefault(pk, []).append(name)
        for pk, number in Licence.objects.filter(terminal__in=chunk, ended_at=None).values_list("terminal", "number"):
            licences.setdefault(pk, set()).add(number)
        for pk, number in (
            Prospect.objects.filter(pk__in=chunk).exclude(licence_number="").values_list("pk", "licence_number")
        ):
            licences.setdefault(pk, set()).add(number)
        for pk, phone in (
            Contact.objects.filter(terminal__in=chunk, ended_at=None)
            .exclude(work_phone="")
            .values_list("terminal", "work_phone")
        ):
            phones.setdefault(pk, set()).add(phone)
    cards = []
    for chunk in chunks(keys):
        for pk, name, short, code, province, city, district, address in Terminal.objects.filter(
            pk__in=chunk
        ).values_list("pk", "name", "short_name", "credit_code", "province", "city", "district", "address"):
            called = (name, *([short] if short else []), *names.get(pk, ()))
            cards.append(
                matching.Card(
                    pk, called, code or "", frozenset(licences.get(pk, ())), province, city, district, address,
                    frozenset(phones.get(pk, ())),
                )
            )  # fmt: skip
    return cards


def pairs_known(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], TwinPair]:
    """The pairs of these that are written down already, decided ones included."""
    wanted = set(pairs)
    found: dict[tuple[int, int], TwinPair] = {}
    for chunk in chunks({low for low, _ in wanted}):
        for pair in TwinPair.objects.filter(low__in=chunk):
            if (pair.low_id, pair.high_id) in wanted:
                found[pair.low_id, pair.high_id] = pair
    return found
