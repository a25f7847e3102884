"""活动结果: the comparison as it stands on a day, and as it was kept when the campaign was closed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from kewei.campaigns.models import Campaign, Focus, Outcome, OutcomeLine
from kewei.campaigns.queries import campaigns, lists
from kewei.campaigns.queries.candidates import sold_a_month
from kewei.campaigns.rules.holding_out import HELD, TREATED
from kewei.campaigns.rules.reasons import DAYS_OF_MONTH
from kewei.campaigns.rules.results import RESULT, Compared, ResultPolicy, compare, doubted, lift, verdict
from kewei.journal import queries_policies
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals


@dataclass(frozen=True)
class Line:
    """One drawn terminal: thousandths a month before and in the days of the campaign."""

    focus: int
    terminal: int
    arm: str
    baseline_milli: int
    after_milli: int

    @property
    def change_milli(self) -> int:
        """How much more it bought a month."""
        return self.after_milli - self.baseline_milli


@dataclass(frozen=True)
class NamedLine:
    """The same as listed."""

    terminal: int
    code: str
    name: str
    arm: str
    baseline_milli: int
    after_milli: int
    change_milli: int


@dataclass(frozen=True)
class Found:
    """What a campaign did: the comparison, whether it may be trusted, what it brought and cost. Thousandths a month, fen."""

    verdict: str
    until: date
    days: int
    compared: dict[str, Any]
    lift: dict[str, Any]
    price_fen: int
    spoilt: int
    spoilt_why: dict[str, int]
    doubted: bool
    visits: int
    minutes: int
    visits_fen: int
    noted_fen: int
    taken_off: int
    label: str

    @property
    def cost_fen(self) -> int:
        """Visits and what was noted together."""
        return self.visits_fen + self.noted_fen

    def as_json(self) -> dict[str, Any]:
        """As kept when the campaign is closed."""
        return asdict(self) | {"until": self.until.isoformat()}


def policy(day: date) -> Any:
    """How results are judged, as in force on a day."""
    return queries_policies.in_force(RESULT, day)


def result(kept: Campaign, today: date) -> tuple[Found, list[Line]]:
    """The comparison of a campaign up to a day, or its last, whoever asks; the caller has asked for the campaign."""
    return _result(kept, lists.drawn(kept.pk), today)


def _result(kept: Campaign, focus: list[Focus], today: date) -> tuple[Found, list[Line]]:
    in_force = policy(today)
    until = min(today, kept.last_on)
    days = max(1, (until - kept.first_on).days + 1)
    lines = _lines(kept, focus, until)
    changes = {arm: [line.change_milli for line in lines if line.arm == arm] for arm in (TREATED, HELD)}
    composed = campaigns.composition_of(kept.pk)
    found = compare(changes[TREATED], changes[HELD], composed.seed if composed else 0, in_force.value)
    return _found(kept, focus, found, until, days, in_force), lines


def kept_result(pk: int) -> tuple[Found, list[Line]] | None:
    """The result of a closed campaign as it was kept, or None, whoever asks."""
    outcome = Outcome.objects.filter(campaign=pk).first()
    if outcome is None:
        return None
    told = outcome.told | {"until": date.fromisoformat(outcome.told["until"])}
    rows = OutcomeLine.objects.filter(outcome=outcome).order_by("focus__place", "pk")
    fields = ("focus", "focus__terminal", "focus__arm", "focus__baseline_milli", "after_milli")
    return Found(**told), [Line(*row) for row in rows.values_list(*fields)]


def shown_result(person: Person, kept: Campaign, today: date) -> tuple[Found, list[Line]] | None:
    """The kept result, else the comparison so far once the campaign has begun; None before, and for who sees only a part."""
    if not campaigns.sees_whole(person, kept):
        return None
    if found := kept_result(kept.pk):
        return found
    focus = lists.drawn(kept.pk) if today >= kept.first_on else []
    return _result(kept, focus, today) if focus else None


@dataclass(frozen=True)
class MonthOfArms:
    """A month of thirty days, counted from the campaign's first: what a terminal of each arm bought on average, thousandths."""

    first_on: date
    treated_milli: int
    held_milli: int | None
    during: bool


BEFORE = 6
MONTH = timedelta(days=DAYS_OF_MONTH)


def months_of(kept: Campaign, today: date) -> list[MonthOfArms]:
    """Six months before the campaign and its own days, as months: how the two groups went, whoever asks."""
    focus = lists.drawn(kept.pk)
    arms = {arm: [one.terminal_id for one in focus if one.arm == arm] for arm in (TREATED, HELD)}
    spans = [
        (kept.first_on - n * MONTH, kept.first_on - (n - 1) * MONTH - date.resolution, False)
        for n in range(BEFORE, 0, -1)
    ]
    if today >= kept.first_on:
        spans.append((kept.first_on, min(today, kept.last_on), True))
    found = []
    for first, last, during in spans:
        sold = sold_a_month(kept.product_id, first, last, [one.terminal_id for one in focus])
        means = {arm: sum(sold.get(pk, 0) for pk in pks) // len(pks) if pks else None for arm, pks in arms.items()}
        found.append(MonthOfArms(first, means[TREATED] or 0, means[HELD], during))
    return found


def named_lines(lines: list[Line]) -> list[NamedLine]:
    """The lines with the names of their terminals, the largest change first, whoever asks; the caller has asked."""
    names = terminals.named(line.terminal for line in lines)
    rows = [
        NamedLine(
            line.terminal, *names[line.terminal], line.arm, line.baseline_milli, line.after_milli, line.change_milli
        )
        for line in lines
    ]
    return sorted(rows, key=lambda row: (-row.change_milli, row.code))


def _lines(kept: Campaign, focus: list[Focus], until: date) -> list[Line]:
    if until < kept.first_on:
        return []
    after = sold_a_month(kept.product_id, kept.first_on, until, [one.terminal_id for one in focus])
    return [Line(one.pk, one.terminal_id, one.arm, one.baseline_milli, after.get(one.terminal_id, 0)) for one in focus]


def _found(kept: Campaign, focus: list[Focus], compared: Compared, until: date, days: int, in_force: Any) -> Found:
    rules: ResultPolicy = in_force.value
    price_fen = products.facts_of([kept.product_id])[kept.product_id].listed_price_fen or 0
    spoilt = lists.contamination(kept, focus)
    visits, minutes = campaigns.visit_minutes(kept.pk)
    return Found(
        verdict=verdict(compared, rules), until=until, days=days, compared=asdict(compared),
        lift=asdict(lift(compared, days, price_fen)), price_fen=price_fen, spoilt=spoilt.spoilt, spoilt_why=spoilt.by_why,
        doubted=doubted(compared.held, spoilt.spoilt, rules), visits=visits, minutes=minutes,
        visits_fen=minutes * rules.minute_fen, noted_fen=campaigns.noted_fen(kept.pk),
        taken_off=sum(1 for one in focus if one.ended_at is not None and one.arm == TREATED), label=in_force.label,
    )  # fmt: skip
