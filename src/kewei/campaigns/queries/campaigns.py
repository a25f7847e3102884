"""活动: lists, the calendar, one campaign with its way, its opinions, its materials and what it cost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from kewei.campaigns.models import (
    Campaign,
    CampaignMaterial,
    CampaignState,
    Composition,
    Cost,
    Focus,
    Going,
    Opinion,
)
from kewei.campaigns.rules.holding_out import ADDED, TREATED
from kewei.campaigns.rules.states import DRAFT, HANDED_IN, RUNNING, WITHDRAWN, VersionSeen
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person

SEE = "campaigns.see"


@dataclass(frozen=True)
class CampaignRow:
    """A campaign as listed: terminals worked on (`listed`), the verdict once it is closed."""

    pk: int
    name: str
    product_id: int
    product_code: str
    product: str
    month: date
    first_on: date
    last_on: date
    territory_id: int | None
    territory: str
    state: str
    goal: str
    goal_milli: int
    cap_fen: int
    proposed_by: str
    proposed_by_id: int
    listed: int
    verdict: str


@dataclass(frozen=True)
class StateRow:
    """A state a campaign came into."""

    state: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class OpinionRow:
    """An opinion of compliance."""

    agreed: bool
    checks: tuple[str, ...]
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class CostRow:
    """A cost; fen."""

    kind: str
    fen: int
    on: date
    document: str
    note: str
    by: str


@dataclass(frozen=True)
class UsedMaterial:
    """A version of a material a campaign shows; `agreed` None while compliance has not judged it."""

    version: int
    material: int
    name: str
    number: int
    valid_until: date
    agreed: bool | None


def newest_state() -> Subquery:
    """The state a campaign is in."""
    return Subquery(CampaignState.objects.filter(campaign=OuterRef("pk")).order_by("-pk").values("state")[:1])


def campaign_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Any:
    """The campaign with its `state`, where this person may see it for a verb; locked until the action ends.

    Raises NotFound.
    """
    rows = Campaign.objects.visible_to(person, verb).filter(pk=pk)
    if lock:
        # Locked by itself first: a row joined with others is not locked alone on every database.
        Campaign.objects.select_for_update().filter(pk__in=rows.values("pk")).first()
    found = rows.select_related("product", "territory").annotate(state=newest_state()).first()
    if found is None:
        raise NotFound(noun=N_("活动"))
    return found


def campaign(person: Person, pk: int) -> CampaignRow:
    """One campaign as listed. Raises NotFound."""
    rows = _rows(Campaign.objects.visible_to(person, SEE).filter(pk=pk))
    if not rows:
        raise NotFound(noun=N_("活动"))
    return rows[0]


def sees_whole(person: Person, kept: Campaign) -> bool:
    """Whether this person looks after all of a campaign: only they see the comparison and who was left alone."""
    reach = person.reach(SEE)
    if reach.everything:
        return True
    return bool(reach.territory_paths) and kept.territory_id in people.territory_ids(reach.territory_paths)


def list_campaigns(
    person: Person,
    *,
    state: str = "",
    product: int | None = None,
    first: date | None = None,
    last: date | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[CampaignRow], int]:
    """One page of campaigns, the newest month first, and how many; `first` and `last` are months. Two queries."""
    rows = Campaign.objects.visible_to(person, SEE).annotate(state=newest_state())
    if state:
        rows = rows.filter(state=state)
    if product is not None:
        rows = rows.filter(product=product)
    if first is not None:
        rows = rows.filter(month__gte=first)
    if last is not None:
        rows = rows.filter(month__lte=last)
    if text := text.strip():
        rows = rows.filter(
            Q(name__icontains=text) | Q(product__name__icontains=text) | Q(product__code__startswith=text)
        )
    ordered = rows.order_by("-month", "-pk")
    return _rows(ordered[start : start + limit] if limit is not None else ordered[start:]), rows.count()


def calendar(person: Person, year: int) -> dict[date, list[CampaignRow]]:
    """The months of a year with their campaigns, withdrawn ones left out; every month is there."""
    rows, _count = list_campaigns(person, first=date(year, 1, 1), last=date(year, 12, 1), limit=None)
    found: dict[date, list[CampaignRow]] = {date(year, month, 1): [] for month in range(1, 13)}
    for row in reversed(rows):
        if row.state != WITHDRAWN:
            found[row.month].append(row)
    return found


def states_of(pk: int) -> list[StateRow]:
    """The states a campaign came through, newest first, whoever asks."""
    rows = CampaignState.objects.filter(campaign=pk).order_by("-pk")
    return [StateRow(*row) for row in rows.values_list("state", "note", "by__name", "at")]


def opinions_of(pk: int) -> list[OpinionRow]:
    """Opinions about a campaign, newest first, whoever asks."""
    rows = Opinion.objects.filter(campaign=pk).order_by("-pk")
    return [
        OpinionRow(agreed, tuple(checks), note, by, at)
        for agreed, checks, note, by, at in rows.values_list("agreed", "checks", "note", "by__name", "at")
    ]


def costs_of(pk: int) -> list[CostRow]:
    """What was noted beside visits, newest first, whoever asks."""
    rows = Cost.objects.filter(campaign=pk).order_by("-on", "-pk")
    return [CostRow(*row) for row in rows.values_list("kind", "fen", "on", "document", "note", "by__name")]


def noted_fen(pk: int) -> int:
    """What was noted so far, fen, whoever asks."""
    return int(Cost.objects.filter(campaign=pk).aggregate(fen=Sum("fen"))["fen"] or 0)


def document_noted(document: str) -> bool:
    """Whether a red-letter note already stands as the cost of a campaign, whoever asks."""
    return Cost.objects.filter(document=document).exclude(document="").exists()


def materials_of(pk: int) -> list[UsedMaterial]:
    """What a campaign shows, whoever asks."""
    rows = CampaignMaterial.objects.filter(campaign=pk, ended_at=None).order_by("pk")
    fields = (
        "version", "version__material", "version__material__name", "version__number", "version__valid_until",
        "version__opinion__agreed",
    )  # fmt: skip
    return [UsedMaterial(*row) for row in rows.values_list(*fields)]


def versions_seen(pk: int) -> list[VersionSeen]:
    """The same as starting looks at it."""
    return [VersionSeen(f"{one.name} v{one.number}", one.agreed, one.valid_until) for one in materials_of(pk)]


def hands_on(kept: Campaign) -> frozenset[int]:
    """Whose hands were on a campaign: who proposed, changed, composed or handed it in; whoever asks."""
    return hands_among([kept.pk])[kept.pk]


def hands_among(pks: Collection[int]) -> dict[int, frozenset[int]]:
    """The same of several campaigns, whoever asks; three queries."""
    mine = {"campaign__in": list(pks)}
    composed = Composition.objects.filter(**mine).values_list("campaign", "by")
    told = CampaignState.objects.filter(**mine, state__in=(DRAFT, HANDED_IN)).values_list("campaign", "by")
    found: dict[int, set[int]] = {
        pk: set(hands)
        for pk, *hands in Campaign.objects.filter(pk__in=list(pks)).values_list("pk", "proposed_by", "changed_by")
    }
    for pk, by in (*composed, *told):
        found[pk].add(by)
    return {pk: frozenset(hands) for pk, hands in found.items()}


def composition_of(pk: int) -> Composition | None:
    """How the list in use came about, whoever asks."""
    return Composition.objects.filter(campaign=pk).select_related("by").order_by("-pk").first()


def running(day: date) -> QuerySet[Campaign]:
    """Campaigns that run and whose days hold this one, whoever asks."""
    return Campaign.objects.annotate(state=newest_state()).filter(state=RUNNING, first_on__lte=day, last_on__gte=day)


def visit_minutes(pk: int) -> tuple[int, int]:
    """(visits, minutes) made for a campaign, whoever asks."""
    found = Going.objects.filter(focus__campaign=pk).aggregate(visits=Count("visit"), minutes=Sum("minutes"))
    return int(found["visits"] or 0), int(found["minutes"] or 0)


def waiting_for_opinion(person: Person) -> list[CampaignRow]:
    """Campaigns this person may judge, having had no hand in them, the oldest first."""
    if not person.may("campaigns.approve"):
        return []
    rows, _count = list_campaigns(person, state=HANDED_IN, limit=200)
    hands = hands_among([row.pk for row in rows])
    return [row for row in reversed(rows) if person.pk not in hands[row.pk]]


def _rows(rows: QuerySet[Campaign]) -> list[CampaignRow]:
    listed = (
        Focus.objects.filter(campaign=OuterRef("pk"), ended_at=None, arm__in=(TREATED, ADDED))
        .order_by()
        .values("campaign")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = rows.annotate(now_in=newest_state(), listed=Subquery(listed))
    fields = (
        "pk", "name", "product", "product__code", "product__name", "product__spec", "month", "first_on", "last_on",
        "territory", "territory__name", "now_in", "goal", "goal_milli", "cap_fen", "proposed_by__name", "proposed_by",
        "listed", "outcome__verdict",
    )  # fmt: skip
    found = []
    every: list[Any] = list(rows.values_list(*fields))
    for (
        pk,
        name,
        product,
        code,
        title,
        spec,
        month,
        first,
        last,
        territory,
        where,
        state,
        *told,
        listed_now,
        verdict,
    ) in every:
        row = (
            pk, name, product, code, f"{title} {spec}".strip(), month, first, last, territory, where or "", state or "", *told,
            listed_now or 0, verdict or "",
        )  # fmt: skip
        found.append(CampaignRow(*row))
    return found
