"""Benefits wanted, granted and turned down."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Benefit, BenefitOpinion
from kewei.membership.queries.programmes import SEE
from kewei.membership.rules.benefits import GRANTED, WAITING
from kewei.people.models import Person


@dataclass(frozen=True)
class BenefitRow:
    """A benefit in a list; fen."""

    pk: int
    enrolment_id: int
    programme: str
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    words: str
    fen: int
    channel: str
    ground: str
    cap_fen: int
    outcome: str
    sides: list[str]
    state: str
    proposer: int
    proposed_by: str
    proposed_at: datetime
    programme_code: str
    tied: bool
    near_tender: bool
    evidence: list[str]


_FIELDS = (
    "pk", "enrolment", "enrolment__programme__name", "terminal", "terminal__code", "terminal__name", "kind", "words",
    "fen", "channel", "ground", "cap_fen", "outcome", "sides", "state", "proposed_by", "proposed_by__name",
    "proposed_at", "enrolment__programme__code", "tied", "near_tender", "evidence",
)  # fmt: skip


@dataclass(frozen=True)
class OpinionRow:
    """What one side said."""

    side: str
    agrees: bool
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class BenefitCard:
    """A benefit with what the table of conduct said, and every opinion."""

    row: BenefitRow
    lines: list[dict[str, Any]]
    policy: str
    opinions: tuple[OpinionRow, ...]


def benefit_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Benefit:
    """The benefit if the person may see the terminal for a verb. Raises NotFound."""
    rows = Benefit.objects.visible_to(person, verb).filter(pk=pk)
    if lock:
        rows = Benefit.objects.select_for_update().filter(pk__in=rows.values("pk"))
    found = rows.first()
    if found is None:
        raise NotFound(noun=N_("会员权益"))
    return found


def list_benefits(
    person: Person,
    *,
    state: str = "",
    kind: str = "",
    terminal: int | None = None,
    programme: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[BenefitRow], int, int]:
    """Benefits, newest first, how many there are and what they come to, fen; two queries."""
    rows = Benefit.objects.visible_to(person, SEE)
    if text:
        rows = rows.filter(Q(terminal__name__icontains=text) | Q(words__icontains=text))
    asked = {"state": state, "kind": kind, "terminal": terminal, "enrolment__programme": programme}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    sums = rows.aggregate(sum=Sum("fen"))
    page = _rows(rows)
    return (
        [BenefitRow(*row) for row in (page[start : start + limit] if limit is not None else page[start:])],
        rows.count(),
        int(sums["sum"] or 0),
    )


def export_rows(person: Person) -> Iterator[BenefitRow]:
    """Every benefit, newest first."""
    return (BenefitRow(*row) for row in _rows(Benefit.objects.visible_to(person, SEE)).iterator(chunk_size=2_000))


def _rows(rows: QuerySet[Benefit]) -> Any:
    return rows.order_by("-pk").values_list(*_FIELDS)


def benefit(person: Person, pk: int) -> BenefitCard:
    """One benefit with everything said of it; two queries. Raises NotFound."""
    fields = (*_FIELDS, "lines", "policy")
    values = Benefit.objects.visible_to(person, SEE).filter(pk=pk).values_list(*fields).first()
    if values is None:
        raise NotFound(noun=N_("会员权益"))
    one = Benefit(pk=pk)
    said = one.opinions.order_by("pk").values_list("side", "agrees", "why", "by__name", "at")
    cut = len(_FIELDS)
    rest: list[Any] = [*values[cut:], tuple(OpinionRow(*row) for row in said)]
    return BenefitCard(BenefitRow(*values[:cut]), *rest)


def opinions_of(benefit_: Benefit) -> list[tuple[str, bool]]:
    """Which sides have said what."""
    return list(benefit_.opinions.order_by("pk").values_list("side", "agrees"))


def had_fen(terminals: Collection[int], day: date) -> dict[tuple[int, str], int]:
    """What institutions were granted, or wait for, in the year of a day, in every programme: fen by institution and kind.
    One query."""
    rows = Benefit.objects.filter(
        terminal__in=list(terminals), state__in=[WAITING, GRANTED], proposed_at__year=day.year
    )
    sums = rows.order_by().values("terminal", "kind").annotate(sum=Sum("fen"))
    return {(pk, kind): int(fen) for pk, kind, fen in sums.values_list("terminal", "kind", "sum")}


def waiting_for(person: Person, sides: Collection[str], limit: int = 100) -> list[BenefitRow]:
    """Benefits for which one of these sides has not spoken yet, oldest first; nobody judges what he proposed. Two queries."""
    if not sides:
        return []
    rows = Benefit.objects.visible_to(person, SEE).filter(state=WAITING).exclude(proposed_by=person).order_by("pk")
    found = [BenefitRow(*row) for row in rows.values_list(*_FIELDS)]
    said = set(BenefitOpinion.objects.filter(benefit__in=[row.pk for row in found]).values_list("benefit", "side"))
    return [row for row in found if any((row.pk, side) not in said for side in sides if side in row.sides)][:limit]
