"""候选终端: who is likely to buy more of a product, may buy it at all, and is not spoken for: ranked by what may be hoped for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.campaigns.models import Campaign, Focus
from kewei.campaigns.queries.campaigns import newest_state
from kewei.campaigns.rules import reasons as rules
from kewei.campaigns.rules.holding_out import HELD, HOLD_OUT, HoldOutPolicy
from kewei.campaigns.rules.reasons import ELSEWHERE, NO_OWNER, ON_HOLD, REASONS, Candidate, ReasonPolicy
from kewei.campaigns.rules.states import RUNNING
from kewei.credit.queries import holds
from kewei.journal import queries_policies
from kewei.journal.bulk import chunks
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.sales import queries as sales
from kewei.sales.rules.lapse import LAPSE, Alarm
from kewei.terminals import queries as terminals
from kewei.terminals.queries import summaries
from kewei.terminals.rules.papers import BLOCK, WARN, Finding, paper_findings, scope_findings

SEE, PROPOSE = "campaigns.see", "campaigns.propose"
# Papers are looked up for so many at once.
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """What candidates are asked for: a product, the days of the campaign, a territory or the whole company."""

    product: int
    first_on: date
    last_on: date
    territory: int | None = None
    campaign: int | None = None


@dataclass(frozen=True)
class Chosen:
    """A candidate that may be put on a list: reasons as kept, warnings of its papers, baseline and target a month."""

    terminal: int
    code: str
    name: str
    kind: str
    owner: int
    owner_name: str
    reasons: tuple[tuple[str, dict[str, Any], int], ...]
    findings: tuple[Finding, ...]
    baseline_milli: int
    target_milli: int


@dataclass(frozen=True)
class Candidates:
    """Those that may be listed, the most hopeful first; how many had a reason, who was left out and why, how much a
    terminal's month changes by itself (thousandths), and by which versions of the policies."""

    rows: tuple[Chosen, ...]
    ranked: int
    left_out: dict[str, int]
    spread_milli: float
    labels: tuple[str, ...]
    hold_out: HoldOutPolicy


def candidates(person: Person, wanted: Wanted, today: date, most: int = 200) -> Candidates:
    """Candidates for a product among the terminals this person plans for; a fixed number of queries, whatever their number
    (and a few for each five hundred whose papers are looked at)."""
    found = queries_policies.in_force_all([REASONS, HOLD_OUT, LAPSE], today)
    policy: ReasonPolicy = found[REASONS.name].value
    ranked, count = _ranked(person, wanted, policy, found[LAPSE.name].value, policy.looked_at)
    chosen, left_out = _allowed(ranked, wanted, today, most)
    before, spread = _baselines([one.about.pk for one, _findings in chosen], wanted, policy)
    names = terminals.dimensions([one.about.pk for one, _findings in chosen])
    owners = people.names({one.about.owner for one, _findings in chosen if one.about.owner is not None})
    rows = []
    for one, findings in chosen:
        about, baseline = names[one.about.pk], before.get(one.about.pk, 0)
        rows.append(
            Chosen(
                one.about.pk, about.code, about.name, about.kind, one.about.owner or 0, owners.get(one.about.owner or 0, ""),
                one.reasons, findings, baseline, max(0, baseline) + one.hope_milli,
            )
        )  # fmt: skip
    labels = tuple(sorted(version.label for version in found.values()))
    return Candidates(tuple(rows), count, dict(left_out), spread, labels, found[HOLD_OUT.name].value)


def reasons_of(
    person: Person, wanted: Wanted, today: date, terminal: int
) -> tuple[Candidate | None, tuple[Finding, ...], int]:
    """(the candidate, or None where there is no reason; what its papers say; its baseline a month) of one terminal."""
    by = queries_policies.in_force_all([REASONS, LAPSE], today)
    policy: ReasonPolicy = by[REASONS.name].value
    ranked, _count = _ranked(person, wanted, policy, by[LAPSE.name].value)
    found = next((one for one in ranked if one.about.pk == terminal), None)
    findings = findings_of([terminal], wanted.product, max(today, wanted.first_on))[terminal]
    before, _spread = _baselines([terminal], wanted, policy)
    return found, findings, before.get(terminal, 0)


def wanted_of(kept: Campaign) -> Wanted:
    """What candidates of a campaign are asked for."""
    return Wanted(kept.product_id, kept.first_on, kept.last_on, kept.territory_id, kept.pk)


def mean_hope(rows: Sequence[Chosen]) -> int:
    """How much more a listed terminal is hoped to buy a month on average; nought of none."""
    return sum(one.target_milli - max(0, one.baseline_milli) for one in rows) // len(rows) if rows else 0


def findings_of(pks: Collection[int], product: int, day: date) -> dict[int, tuple[Finding, ...]]:
    """What stands against these terminals buying a product on a day, papers and scope together, whoever asks."""
    facts = products.facts_of([product])[product]
    policies, _labels = terminals.paper_policies(day)
    return {
        pk: (
            *paper_findings(papers, day, policies),
            *scope_findings(papers, facts.scope_class, facts.prescription, facts.cold_chain, day, policies),
        )
        for pk, papers in terminals.papers_of(pks, day, policies.verification).items()
    }


def elsewhere(product: int, first_on: date, last_on: date, without: int | None = None) -> dict[int, str]:
    """Terminals on the list of a running campaign of the same product whose days overlap, with its name, whoever asks."""
    others = Campaign.objects.annotate(state=newest_state()).filter(
        state=RUNNING, product=product, first_on__lte=last_on, last_on__gte=first_on
    )
    if without is not None:
        others = others.exclude(pk=without)
    rows = Focus.objects.filter(campaign__in=others.values("pk"), ended_at=None).exclude(arm=HELD)
    return dict(rows.values_list("terminal", "campaign__name"))


def _ranked(
    person: Person, wanted: Wanted, policy: ReasonPolicy, alarm: Alarm, most: int | None = None
) -> tuple[list[Candidate], int]:
    rows = summaries.likenesses(person, SEE, policy.kinds, wanted.territory)
    last = wanted.first_on - timedelta(days=1)
    first = last - timedelta(days=policy.history_days - 1)
    year = sales.used_of_product(wanted.product, first, last)
    habits: Any = sales.habits_of_product(wanted.product, last, alarm)
    potentials = summaries.of_class(policy.classes)
    return rules.candidates(rows, potentials, year, habits, (wanted.first_on, wanted.last_on), policy, most)


def _allowed(
    ranked: Sequence[Candidate], wanted: Wanted, today: date, most: int
) -> tuple[list[tuple[Candidate, tuple[Finding, ...]]], Counter[str]]:
    """The first `most` that may buy the product, have somebody to visit them and are in no other campaign of it."""
    taken, day = (
        elsewhere(wanted.product, wanted.first_on, wanted.last_on, wanted.campaign),
        max(today, wanted.first_on),
    )
    chosen: list[tuple[Candidate, tuple[Finding, ...]]] = []
    left_out: Counter[str] = Counter()
    for part in chunks(ranked, AT_ONCE):
        if len(chosen) >= most:
            break
        pks = [one.about.pk for one in part]
        findings, held = findings_of(pks, wanted.product, day), holds.live_holds(pks)
        for one in part:
            if len(chosen) >= most:
                break
            pk = one.about.pk
            told = findings.get(pk, ())
            if why := _why_not(one, told, taken, held):
                left_out[why] += 1
            else:
                chosen.append((one, tuple(finding for finding in told if finding.level == WARN)))
    return chosen, left_out


def _why_not(one: Candidate, findings: Iterable[Finding], taken: dict[int, str], held: dict[int, Any]) -> str:
    if one.about.owner is None:
        return NO_OWNER
    if one.about.pk in taken:
        return ELSEWHERE
    # Whoever does not pay is not asked to buy more.
    if one.about.pk in held:
        return ON_HOLD
    return next((finding.rule for finding in findings if finding.level == BLOCK), "")


def _baselines(pks: Collection[int], wanted: Wanted, policy: ReasonPolicy) -> tuple[dict[int, int], float]:
    """What each bought a month before the campaign, and how much such a month changes by itself."""
    last = wanted.first_on - timedelta(days=1)
    first = last - timedelta(days=policy.baseline_days - 1)
    before = sold_a_month(wanted.product, first, last, pks)
    earlier_last = first - timedelta(days=1)
    earlier = sold_a_month(wanted.product, earlier_last - timedelta(days=policy.baseline_days - 1), earlier_last, pks)
    return before, rules.spread(earlier, before, pks)


def sold_a_month(product: int, first: date, last: date, pks: Collection[int]) -> dict[int, int]:
    """What each of these terminals bought of a product in a period, as thousandths of a month of 30 days, whoever asks."""
    days = (last - first).days + 1
    used = sales.used_of_product(product, first, last, pks)
    return {pk: rules.a_month(milli, days) for pk, milli in used.items()}
