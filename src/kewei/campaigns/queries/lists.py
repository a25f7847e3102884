"""重点名单: who is worked on, by whom, from what to what; and which of them deserve a visit on a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from kewei.campaigns.models import Campaign, Focus, Going
from kewei.campaigns.queries.campaigns import running
from kewei.campaigns.queries.candidates import sold_a_month
from kewei.campaigns.rules.holding_out import ADDED, HELD, TREATED
from kewei.campaigns.rules.results import OTHER_CAMPAIGN, SAME_GROUP, VISITED
from kewei.campaigns.rules.states import RUNNING
from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

SEE = "campaigns.see"
ORDERS = {"place": ("place", "pk"), "owner": ("owner__name", "place"), "target": ("target_milli", "place")}


@dataclass(frozen=True)
class FocusRow:
    """A listed terminal; quantities in thousandths a month; `so_far_milli` as the days of the campaign went up to now."""

    pk: int
    campaign_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    owner_id: int | None
    owner: str
    arm: str
    reasons: tuple[Any, ...]
    findings: tuple[Any, ...]
    baseline_milli: int
    target_milli: int
    added_why: str
    ended_why: str
    ended: bool
    so_far_milli: int = 0
    visits: int = 0
    place: int = 0


@dataclass(frozen=True)
class Wished:
    """A terminal that deserves a visit for a campaign: its kept reasons, the days, who looks after it now."""

    terminal: int
    campaign: int
    focus: int
    product_id: int
    product: str
    reasons: tuple[Any, ...]
    first_on: date
    last_on: date
    owner: int | None


@dataclass(frozen=True)
class Contamination:
    """How many held-out terminals were not left alone after all, by why; `spoilt` counts each once."""

    spoilt: int
    by_why: dict[str, int] = field(default_factory=dict)


def wished(day: date) -> list[Wished]:
    """Listed terminals of running campaigns that deserve a visit, whoever asks; those left alone never; two queries."""
    campaigns = {one.pk: one for one in running(day)}
    if not campaigns:
        return []
    names = products.named({one.product_id for one in campaigns.values()})
    rows = Focus.objects.filter(campaign__in=list(campaigns), ended_at=None, arm__in=(TREATED, ADDED)).order_by("pk")
    found = []
    for terminal, campaign, focus, told, owner in rows.values_list(
        "terminal", "campaign", "pk", "reasons", "terminal__owner"
    ):
        one = campaigns[campaign]
        product = names[one.product_id][1]
        found.append(
            Wished(
                terminal,
                campaign,
                focus,
                one.product_id,
                product,
                tuple(map(tuple, told)),
                one.first_on,
                one.last_on,
                owner,
            )
        )
    return found


def focus_for(person: Person, pk: int, verb: str = SEE) -> Focus:
    """A listed terminal where this person may see it for a verb. Raises NotFound."""
    found = Focus.objects.visible_to(person, verb).filter(pk=pk).select_related("campaign", "terminal").first()
    if found is None:
        raise NotFound(noun=N_("名单中的终端"))
    return found


def list_focus(
    person: Person,
    campaign: Campaign,
    *,
    today: date,
    owner: int | None = None,
    arm: str = "",
    ended: bool = False,
    text: str = "",
    order: str = "place",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[FocusRow], int]:
    """One page of a campaign's list as far as this person may see it, and how many; a handful of queries."""
    rows = Focus.objects.visible_to(person, SEE).filter(campaign=campaign)
    if not ended:
        rows = rows.filter(ended_at=None)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if arm:
        rows = rows.filter(arm=arm)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    ordered = rows.order_by(*(sign + key for key in ORDERS.get(name, ORDERS["place"])))
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page, campaign, today), rows.count()


def by_owner(person: Person, campaign: Campaign) -> list[tuple[int | None, str, int, int]]:
    """(owner, name, terminals worked on, targets a month in thousandths), by name, as far as this person may see."""
    rows = Focus.objects.visible_to(person, SEE).filter(
        campaign=campaign, ended_at=None, arm__in=(TREATED, ADDED)
    )  # fmt: skip
    sums = (
        rows.values("owner", "owner__name").order_by("owner__name").annotate(n=Count("pk"), milli=Sum("target_milli"))
    )
    return [(one["owner"], one["owner__name"] or "", one["n"], int(one["milli"])) for one in sums]


def arms_of(campaign: int) -> Counter[str]:
    """How many live places there are in each arm, whoever asks."""
    rows = Focus.objects.filter(campaign=campaign, ended_at=None).values_list("arm")
    return Counter(dict(rows.order_by("arm").annotate(count=Count("pk"))))


def drawn(campaign: int) -> list[Focus]:
    """Every terminal the draw of the list in use put somewhere, taken off or not, whoever asks."""
    newest = Focus.objects.filter(campaign=campaign, composition__isnull=False).order_by("-composition").first()
    if newest is None:
        return []
    return list(Focus.objects.filter(composition=newest.composition_id).order_by("place", "pk"))


def live_place(campaign: int, terminal: int) -> Focus | None:
    """A terminal's place on a list, or None, whoever asks."""
    return Focus.objects.filter(campaign=campaign, terminal=terminal, ended_at=None).first()


def places_of_terminal(terminal: int, day: date) -> list[Focus]:
    """A terminal's places on lists of campaigns that run on a day, those left alone too, whoever asks."""
    rows = Focus.objects.filter(terminal=terminal, ended_at=None, campaign__in=running(day).values("pk"))
    return list(rows.select_related("campaign"))


def contamination(campaign: Campaign, focus: Collection[Focus]) -> Contamination:
    """Which of the held out were visited for the product, are in another campaign of it, or share a group with somebody
    worked on; whoever asks."""
    held = {one.terminal_id for one in focus if one.arm == HELD}
    if not held:
        return Contamination(0)
    visited = set(
        Going.objects.filter(focus__campaign=campaign, focus__arm=HELD).values_list("focus__terminal", flat=True)
    )
    heads = terminals.group_heads({one.terminal_id for one in focus})
    worked = {heads[one.terminal_id] for one in focus if one.arm == TREATED}
    group = {pk for pk in held if heads.get(pk, pk) in worked}
    found = {VISITED: visited & held, OTHER_CAMPAIGN: _elsewhere(campaign, held), SAME_GROUP: group}
    spoilt = set().union(*found.values())
    return Contamination(len(spoilt), {why: len(pks) for why, pks in found.items() if pks})


def _elsewhere(campaign: Campaign, held: set[int]) -> set[int]:
    """Held-out terminals another campaign of the same product worked on in the same days, whether it has ended or not."""
    rows = Focus.objects.filter(
        among("terminal_id", list(held)), arm__in=(TREATED, ADDED), campaign__product=campaign.product_id,
        campaign__first_on__lte=campaign.last_on, campaign__last_on__gte=campaign.first_on,
        campaign__states__state=RUNNING,
    )  # fmt: skip
    return set(rows.exclude(campaign=campaign).values_list("terminal", flat=True))


_FIELDS = (
    "pk", "campaign_id", "terminal_id", "terminal__code", "terminal__name", "terminal__kind", "owner_id", "owner__name",
    "arm", "reasons", "findings", "baseline_milli", "target_milli", "added_why", "ended_why", "ended_at",
    "place",
)  # fmt: skip


def _rows(rows: QuerySet[Focus], campaign: Campaign, today: date) -> list[FocusRow]:
    kept: list[Any] = list(rows.values_list(*_FIELDS))
    pks = [row[2] for row in kept]
    so_far: dict[int, int] = {}
    if campaign.first_on <= today and pks:
        so_far = sold_a_month(campaign.product_id, campaign.first_on, min(today, campaign.last_on), pks)
    visits: defaultdict[int, int] = defaultdict(int)
    counted = Going.objects.filter(among("focus_id", [row[0] for row in kept])).values_list("focus").order_by("focus")
    visits.update(counted.annotate(count=Count("pk")))
    told = (
        (
            *row[:7], row[7] or "", row[8], tuple(row[9]), tuple(row[10]), *row[11:15], row[15] is not None,
            so_far.get(row[2], 0), visits[row[0]], row[16],
        )
        for row in kept
    )  # fmt: skip
    return [FocusRow(*row) for row in told]
