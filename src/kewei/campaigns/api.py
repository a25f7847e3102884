"""Campaigns as JSON. Quantities are thousandths of a unit a month, money is whole fen, days are ISO dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kewei.campaigns import actions
from kewei.campaigns.queries import campaigns, candidates, lists, materials, results
from kewei.campaigns.rules.holding_out import LARGEST_SEED, MOST_TERMINALS
from kewei.campaigns.rules.states import CLOSED, Given
from kewei.journal.api import KEYED, Key, KeyInPath, Limit, Page, Start, keyed, page
from kewei.kernel.money import MAX_FEN
from kewei.products import queries as products
from kewei.terminals import queries as terminals

router = Router(tags=["campaigns"])
SEE, PROPOSE, RUN, APPROVE = "campaigns.see", "campaigns.propose", "campaigns.run", "campaigns.approve"
MOST_MILLI = 10**9
Words = Annotated[str, Field(max_length=200)]
Milli = Annotated[int, Field(ge=0, le=MOST_MILLI)]
Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]


class CampaignOut(Schema):
    """A campaign: `listed` terminals are worked on; `verdict` is empty until it is closed."""

    id: int
    name: str
    product_code: str
    product: str
    month: date
    first_on: date
    last_on: date
    territory: str
    state: str
    goal: str
    goal_milli: int
    cap_fen: int
    proposed_by: str
    listed: int
    verdict: str


class CampaignIn(Schema):
    """A campaign to propose: `product` is a code; no `territory` means the whole company."""

    name: Annotated[str, Field(max_length=80)]
    product: Annotated[str, Field(max_length=40)]
    territory: Key | None = None
    first_on: date
    last_on: date
    goal: Words
    goal_milli: Milli
    benefit: Annotated[str, Field(max_length=12)] = "none"
    benefit_words: Annotated[str, Field(max_length=300)] = ""
    cap_fen: Fen = 0


class ReasonOut(Schema):
    """Why a terminal is a candidate, its numbers, and how much more may be hoped for."""

    code: str
    numbers: dict[str, Any]
    hope_milli: int


class CandidateOut(Schema):
    """A candidate; `warnings` are codes of what its papers say."""

    terminal: int
    code: str
    name: str
    owner: str
    reasons: list[ReasonOut]
    warnings: list[str]
    baseline_milli: int
    target_milli: int


class CandidatesOut(Schema):
    """Candidates, the most hopeful first; how many had a reason; who was left out, by why."""

    items: list[CandidateOut]
    ranked: int
    left_out: dict[str, int]
    spread_milli: int


class ListIn(Schema):
    """The list to compose; without `held` as many are left alone as the power asks for; `seed` draws the same again."""

    size: Annotated[int, Field(ge=1, le=MOST_TERMINALS)] = 100
    held: Annotated[int, Field(ge=0, le=MOST_TERMINALS)] | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] | None = None


class ListOut(Schema):
    """How the list came about."""

    size: int
    held: int
    seed: int
    ranked: int
    left_out: dict[str, int]
    power: dict[str, Any]
    policies: list[str]


class FocusOut(Schema):
    """A listed terminal; `arm` treated, held_out or added."""

    id: int
    terminal: int
    terminal_code: str
    terminal_name: str
    owner: str
    arm: str
    reasons: list[ReasonOut]
    baseline_milli: int
    target_milli: int
    so_far_milli: int
    visits: int
    ended: bool
    ended_why: str


class AddIn(Schema):
    """A customer's code, and why it is put on the list by hand."""

    customer: Annotated[str, Field(max_length=40)]
    why: Words


class WhyIn(Schema):
    """A reason."""

    why: Words


class OpinionIn(Schema):
    """An opinion of compliance with the points that were checked."""

    agreed: bool
    checks: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)] = []
    note: Words = ""


class CostIn(Schema):
    """A cost; a discount needs the number of its red-letter note."""

    kind: Annotated[str, Field(max_length=12)]
    fen: Annotated[int, Field(gt=0, le=MAX_FEN)]
    on: date
    document: Annotated[str, Field(max_length=60)] = ""
    note: Words = ""


class CostOut(Schema):
    """A cost as noted."""

    kind: str
    fen: int
    on: date
    document: str
    note: str
    by: str


class ResultOut(Schema):
    """The comparison, kept or so far: see docs/algorithms/campaigns.md."""

    verdict: str
    kept: bool
    until: date
    days: int
    compared: dict[str, Any]
    lift: dict[str, Any]
    spoilt: int
    spoilt_why: dict[str, int]
    doubted: bool
    visits: int
    minutes: int
    visits_fen: int
    noted_fen: int
    cost_fen: int
    taken_off: int
    policy: str


class VersionOut(Schema):
    """A version of a material; `agreed` is null while compliance has not judged it."""

    id: int
    material: int
    name: str
    product: str
    number: int
    says: str
    valid_until: date
    by: str
    at: datetime
    agreed: bool | None
    note: str


class MaterialIn(Schema):
    """A material about a product (its code) with its first version."""

    name: Annotated[str, Field(max_length=80)]
    product: Annotated[str, Field(max_length=40)]
    says: Annotated[str, Field(max_length=1000)]
    valid_until: date


class VersionIn(Schema):
    """The next version of a material."""

    says: Annotated[str, Field(max_length=1000)]
    valid_until: date


class JudgeIn(Schema):
    """Compliance's word about a version."""

    agreed: bool
    note: Words = ""


class UseIn(Schema):
    """A version of a material the campaign shows, or shows no longer."""

    version: Key
    use: bool = True


@router.get("", response=Page[CampaignOut], summary="Campaigns")
def list_campaigns(request: Any, state: str = "", text: str = "", start: Start = 0, limit: Limit = 50) -> Any:
    """Campaigns, the newest month first."""
    request.user.must(SEE)
    rows, count = campaigns.list_campaigns(
        request.user, state=state[:12], text=text[:60], start=start, limit=limit
    )  # fmt: skip
    return page(request, [_campaign(row) for row in rows], count, start, limit)


@router.post("", response={201: CampaignOut}, summary="Propose a campaign", openapi_extra=KEYED)
def propose(request: Any, given: CampaignIn) -> Any:
    """A product for a month; a draft."""
    request.user.must(PROPOSE)

    def do() -> Any:
        made = actions.propose_campaign(
            product=_product(request, given.product), given=_given(given), territory=given.territory, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        return _shown(request, made.pk)

    return Status(201, keyed(request, "campaigns.propose", given.model_dump(mode="json"), do))


@router.get("/materials", response=Page[VersionOut], summary="Versions of materials")
def list_materials(request: Any, waiting: bool = False, text: str = "", start: Start = 0, limit: Limit = 50) -> Any:
    """Versions, newest first; `waiting`: only those compliance has not judged."""
    request.user.must(SEE)
    rows, count = materials.list_versions(request.user, waiting=waiting, text=text[:60], start=start, limit=limit)
    return page(request, [_version(row) for row in rows], count, start, limit)


@router.post("/materials", response={201: VersionOut}, summary="Record a material", openapi_extra=KEYED)
def make_material(request: Any, given: MaterialIn) -> Any:
    """A material with its first version, for compliance to judge."""
    request.user.must(PROPOSE)

    def do() -> Any:
        made = actions.make_material(
            name=given.name, product=_product(request, given.product), says=given.says, valid_until=given.valid_until,
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        return _version_of(made.material_id)

    return Status(201, keyed(request, "campaigns.make_material", given.model_dump(mode="json"), do))


@router.post("/materials/{int:pk}/versions", response={201: VersionOut}, summary="Next version", openapi_extra=KEYED)
def add_version(request: Any, pk: KeyInPath, given: VersionIn) -> Any:
    """A changed material is a new version."""
    request.user.must(PROPOSE)
    materials.material_for(request.user, pk, PROPOSE)

    def do() -> Any:
        actions.add_version(
            material=pk, says=given.says, valid_until=given.valid_until, by=request.user, now=timezone.now()
        )
        return _version_of(pk)

    asked = {"material": pk, **given.model_dump(mode="json")}
    return Status(201, keyed(request, "campaigns.add_version", asked, do))


@router.post(
    "/materials/versions/{int:pk}/opinion", response=VersionOut, summary="Judge a version", openapi_extra=KEYED
)
def judge(request: Any, pk: KeyInPath, given: JudgeIn) -> Any:
    """Compliance's word, once, never about one's own."""
    request.user.must(APPROVE)
    version = materials.version_for(request.user, pk, APPROVE)

    def do() -> Any:
        actions.judge_version(
            version=pk, agreed=given.agreed, note=given.note, by=request.user, now=timezone.now()
        )  # fmt: skip
        return next(_version(row) for row in materials.versions_of(version.material_id) if row.pk == pk)

    return keyed(request, "campaigns.judge_version", {"version": pk, **given.model_dump(mode="json")}, do)


@router.get("/{int:pk}", response=CampaignOut, summary="One campaign")
def one_campaign(request: Any, pk: KeyInPath) -> Any:
    """A campaign as listed."""
    request.user.must(SEE)
    return _shown(request, pk)


@router.get("/{int:pk}/candidates", response=CandidatesOut, summary="Candidates with their reasons")
def list_candidates(request: Any, pk: KeyInPath, most: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
    """Who may use more of the product and why; who was left out, counted by why."""
    request.user.must(PROPOSE)
    kept = campaigns.campaign_for(request.user, pk, PROPOSE)
    found = candidates.candidates(request.user, candidates.wanted_of(kept), timezone.localdate(), most)
    return {
        "items": [
            {
                "terminal": one.terminal, "code": one.code, "name": one.name, "owner": one.owner_name,
                "reasons": _reasons(one.reasons), "warnings": [finding.rule for finding in one.findings],
                "baseline_milli": one.baseline_milli, "target_milli": one.target_milli,
            }
            for one in found.rows
        ],
        "ranked": found.ranked, "left_out": found.left_out, "spread_milli": round(found.spread_milli),
    }  # fmt: skip


@router.post("/{int:pk}/list", response={201: ListOut}, summary="Compose the list", openapi_extra=KEYED)
def compose(request: Any, pk: KeyInPath, given: ListIn) -> Any:
    """The most hopeful candidates, some left alone by a draw; takes the place of the list there was."""
    request.user.must(PROPOSE)
    campaigns.campaign_for(request.user, pk, PROPOSE)

    def do() -> Any:
        actions.compose_list(
            campaign=pk, size=given.size, held=given.held, seed=given.seed, by=request.user, now=timezone.now()
        )
        made: Any = campaigns.composition_of(pk)
        return ListOut.model_validate(made, from_attributes=True).model_dump(mode="json")

    return Status(201, keyed(request, "campaigns.compose", {"campaign": pk, **given.model_dump(mode="json")}, do))


@router.get("/{int:pk}/focus", response=Page[FocusOut], summary="The focus list")
def list_focus(
    request: Any, pk: KeyInPath, arm: str = "", ended: bool = False, start: Start = 0, limit: Limit = 50
) -> Any:
    """Listed terminals the reader may see; whom the draw left alone only for who looks after all of it."""
    request.user.must(SEE)
    kept = campaigns.campaign_for(request.user, pk)
    rows, count = lists.list_focus(
        request.user, kept, today=timezone.localdate(), arm=arm[:10], ended=ended, start=start, limit=limit
    )
    return page(request, [_focus(row) for row in rows], count, start, limit)


@router.post("/{int:pk}/focus", response={201: FocusOut}, summary="Add a terminal by hand", openapi_extra=KEYED)
def add_terminal(request: Any, pk: KeyInPath, given: AddIn) -> Any:
    """It is worked on, but takes no part in the comparison."""
    request.user.must(RUN)
    kept = campaigns.campaign_for(request.user, pk, RUN)
    terminal = terminals.terminal_for(request.user, terminals.terminal_named(request.user, given.customer).pk, RUN)

    def do() -> Any:
        actions.add_terminal(campaign=pk, terminal=terminal, why=given.why, by=request.user, now=timezone.now())
        rows, _count = lists.list_focus(request.user, kept, today=timezone.localdate(), text=terminal.code)
        return FocusOut(**next(_focus(row) for row in rows if row.terminal_id == terminal.pk)).model_dump(mode="json")

    return Status(201, keyed(request, "campaigns.add_terminal", {"campaign": pk, **given.model_dump(mode="json")}, do))


@router.post("/focus/{int:pk}/take-off", response={204: None}, summary="Take a terminal off", openapi_extra=KEYED)
def take_off(request: Any, pk: KeyInPath, given: WhyIn) -> Any:
    """With the reason; in the comparison it stays where the draw put it."""
    request.user.must(RUN)
    lists.focus_for(request.user, pk, RUN)

    def do() -> Any:
        actions.take_off(focus=pk, why=given.why, by=request.user, now=timezone.now())

    keyed(request, "campaigns.take_off", {"focus": pk, **given.model_dump(mode="json")}, do)
    return Status(204, None)


@router.post("/{int:pk}/hand-in", response=CampaignOut, summary="Hand to compliance", openapi_extra=KEYED)
def hand_in(request: Any, pk: KeyInPath) -> Any:
    """With its list and its materials."""
    return _step(request, pk, PROPOSE, "hand_in", actions.hand_in)


@router.post("/{int:pk}/opinion", response=CampaignOut, summary="Opinion of compliance", openapi_extra=KEYED)
def opinion(request: Any, pk: KeyInPath, given: OpinionIn) -> Any:
    """Agree with every point ticked, or send it back with the reason."""
    return _step(request, pk, APPROVE, "opinion", actions.give_opinion, given)


@router.post("/{int:pk}/start", response=CampaignOut, summary="Start", openapi_extra=KEYED)
def start(request: Any, pk: KeyInPath) -> Any:
    """From now on its terminals are reasons for visits."""
    return _step(request, pk, RUN, "start", actions.start_campaign)


@router.post("/{int:pk}/withdraw", response=CampaignOut, summary="Withdraw", openapi_extra=KEYED)
def withdraw(request: Any, pk: KeyInPath, given: WhyIn) -> Any:
    """With the reason; nothing is concluded from it."""
    return _step(request, pk, RUN, "withdraw", actions.withdraw_campaign, given)


@router.post("/{int:pk}/close", response=CampaignOut, summary="Close and keep the result", openapi_extra=KEYED)
def close(request: Any, pk: KeyInPath) -> Any:
    """Once its days are over and sales are in."""
    return _step(request, pk, RUN, "close", actions.close_campaign)


@router.post("/{int:pk}/materials", response=CampaignOut, summary="Show a material", openapi_extra=KEYED)
def use_material(request: Any, pk: KeyInPath, given: UseIn) -> Any:
    """A version of a material about the product, before compliance is asked."""
    return _step(request, pk, PROPOSE, "use_material", actions.use_material, given)


@router.get("/{int:pk}/costs", response=list[CostOut], summary="What it cost beside visits")
def list_costs(request: Any, pk: KeyInPath) -> Any:
    """For who looks after all of the campaign, newest first; nothing for others."""
    request.user.must(SEE)
    kept = campaigns.campaign_for(request.user, pk)
    return campaigns.costs_of(pk) if campaigns.sees_whole(request.user, kept) else []


@router.post("/{int:pk}/costs", response={201: CostOut}, summary="Note a cost", openapi_extra=KEYED)
def note_cost(request: Any, pk: KeyInPath, given: CostIn) -> Any:
    """Never beyond the cap compliance agreed to."""
    request.user.must(RUN)
    campaigns.campaign_for(request.user, pk, RUN)

    def do() -> Any:
        made = actions.note_cost(campaign=pk, by=request.user, now=timezone.now(), **given.model_dump())
        told = {"kind": made.kind, "fen": made.fen, "on": made.on, "document": made.document, "note": made.note}
        return CostOut(**told, by=request.user.name).model_dump(mode="json")

    return Status(201, keyed(request, "campaigns.note_cost", {"campaign": pk, **given.model_dump(mode="json")}, do))


@router.get("/{int:pk}/result", response=ResultOut | None, summary="The result, kept or so far")
def result(request: Any, pk: KeyInPath) -> Any:
    """Null before the campaign begins, and for who sees only a part of it."""
    request.user.must(SEE)
    kept = campaigns.campaign_for(request.user, pk)
    found = results.shown_result(request.user, kept, timezone.localdate())
    if found is None:
        return None
    told = {name: getattr(found[0], name) for name in ResultOut.model_fields if hasattr(found[0], name)}
    return told | {"policy": found[0].label, "kept": kept.state == CLOSED}


def _step(request: Any, pk: int, verb: str, name: str, action: Callable[..., Any], given: Schema | None = None) -> Any:
    """A step of a campaign's way; the action takes what was `given` by the same names."""
    request.user.must(verb)
    campaigns.campaign_for(request.user, pk, verb)
    asked = given.model_dump(mode="json") if given else {}

    def do() -> Any:
        action(campaign=pk, by=request.user, now=timezone.now(), **asked)
        return _shown(request, pk)

    return keyed(request, f"campaigns.{name}", {"campaign": pk, **asked}, do)


def _given(given: CampaignIn) -> Given:
    return Given(
        given.name, given.first_on.replace(day=1), given.first_on, given.last_on, given.goal, given.goal_milli, given.benefit,
        given.benefit_words, given.cap_fen,
    )  # fmt: skip


def _product(request: Any, code: str) -> int:
    return products.by_codes(request.user, [code]).get(code, 0)


def _shown(request: Any, pk: int) -> dict[str, Any]:
    return _campaign(campaigns.campaign(request.user, pk))


def _campaign(row: campaigns.CampaignRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in CampaignOut.model_fields if hasattr(row, name)} | {"id": row.pk}
    return CampaignOut(**found).model_dump(mode="json")


def _reasons(kept: Any) -> list[dict[str, Any]]:
    return [{"code": code, "numbers": numbers, "hope_milli": hope} for code, numbers, hope in kept]


def _focus(row: lists.FocusRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in FocusOut.model_fields if hasattr(row, name)}
    return found | {"id": row.pk, "terminal": row.terminal_id, "reasons": _reasons(row.reasons)}


def _version(row: materials.VersionRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in VersionOut.model_fields if hasattr(row, name)}
    return VersionOut(**(found | {"id": row.pk, "material": row.material_id})).model_dump(mode="json")


def _version_of(material: int) -> dict[str, Any]:
    return _version(materials.versions_of(material)[0])
