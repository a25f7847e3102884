"""The way of a campaign: proposed, changed, handed in, judged, started, withdrawn, closed; and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.campaigns import facts
from kewei.campaigns.actions.lists import end_list
from kewei.campaigns.models import Campaign, CampaignState, Cost, Opinion, Outcome, OutcomeLine
from kewei.campaigns.queries import campaigns, lists, results
from kewei.campaigns.rules import states as rules
from kewei.campaigns.rules.holding_out import TREATED
from kewei.campaigns.rules.states import (
    APPROVED,
    CLOSED,
    DRAFT,
    HANDED_IN,
    RUNNING,
    SENT_BACK,
    WITHDRAWN,
    Given,
)
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.receivables.queries import items

PROPOSE, RUN, APPROVE = "campaigns.propose", "campaigns.run", "campaigns.approve"


@action
def propose_campaign(
    *, product: int, given: Given, territory: int | None = None, by: Person, now: datetime
) -> Campaign:
    """提出重点产品活动  A product for a month, in a territory one looks after or in the whole company; a draft.

    Raises BadCampaign, NotFound.
    """
    by.must(PROPOSE)
    rules.check_given(given, localdate(now))
    _check_territory(by, territory)
    kept = products.product_for(by, product)
    made = Campaign.objects.create(
        product=kept, territory_id=territory, proposed_by=by, proposed_at=now, changed_by=by, changed_at=now, **_fields(given)
    )  # fmt: skip
    _come_to(made, DRAFT, "", by, now)
    record(facts.PROPOSED, made, by=by, at=now, product=kept.pk, month=given.month, territory=territory)
    return made


@action
def change_campaign(*, campaign: int, given: Given, by: Person, now: datetime) -> Campaign:
    """修改活动  While compliance has not been asked, or sent it back; the list has to be composed again where days changed.

    Raises NotFound, NotInThisState, BadCampaign.
    """
    by.must(PROPOSE)
    kept = campaigns.campaign_for(by, campaign, PROPOSE, lock=True)
    rules.check_open(kept.name, kept.state)
    rules.check_given(given, localdate(now))
    if (given.first_on, given.last_on) != (kept.first_on, kept.last_on):
        end_list(kept, by, now)
    fields = _fields(given) | {"changed_by": by, "changed_at": now}
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(fields))
    record(facts.CHANGED, kept, by=by, at=now)
    return kept


@action
def hand_in(*, campaign: int, by: Person, now: datetime) -> Campaign:
    """提交合规  With its list and its materials, for an opinion. Raises NotFound, NotInThisState, NothingComposed, OverAlready."""
    by.must(PROPOSE)
    kept = campaigns.campaign_for(by, campaign, PROPOSE, lock=True)
    rules.check_step(kept.name, kept.state, HANDED_IN)
    _check_listed(kept, localdate(now))
    _come_to(kept, HANDED_IN, "", by, now)
    record(facts.HANDED_IN, kept, by=by, at=now)
    return kept


@action
def give_opinion(
    *, campaign: int, agreed: bool, checks: Collection[str] = (), note: str = "", by: Person, now: datetime
) -> Campaign:
    """合规意见  Agree, with every point of domain 4.5 ticked, or send it back with the reason; never of what one had a hand in.

    Raises NotFound, NotInThisState, ProposerApproves, ChecksMissing, WordsMissing, MaterialNotGood.
    """
    by.must(APPROVE)
    kept = campaigns.campaign_for(by, campaign, APPROVE, lock=True)
    to = APPROVED if agreed else SENT_BACK
    rules.check_step(kept.name, kept.state, to)
    ticked = [code for code in rules.CHECKS if code in checks]
    rules.check_opinion(agreed, ticked, note, by.pk, campaigns.hands_on(kept))
    if agreed:
        rules.check_materials(campaigns.versions_seen(kept.pk), kept.last_on)
    Opinion.objects.create(campaign=kept, agreed=agreed, checks=ticked, note=note.strip()[:200], by=by, at=now)
    _come_to(kept, to, note, by, now)
    record(facts.OPINION_GIVEN, kept, by=by, at=now, agreed=agreed, checks=ticked)
    return kept


@action
def start_campaign(*, campaign: int, by: Person, now: datetime) -> Campaign:
    """活动开始  From now on its terminals are wished for. Raises NotFound, NotInThisState, NothingComposed, OverAlready,
    MaterialNotGood."""
    by.must(RUN)
    kept = campaigns.campaign_for(by, campaign, RUN, lock=True)
    rules.check_step(kept.name, kept.state, RUNNING)
    _check_listed(kept, localdate(now))
    rules.check_materials(campaigns.versions_seen(kept.pk), kept.last_on)
    _come_to(kept, RUNNING, "", by, now)
    record(facts.STARTED, kept, by=by, at=now)
    return kept


@action
def withdraw_campaign(*, campaign: int, why: str, by: Person, now: datetime) -> Campaign:
    """撤回活动  Before or while it runs, with the reason; nothing is concluded from it. Raises NotFound, NotInThisState,
    WordsMissing."""
    by.must(RUN)
    kept = campaigns.campaign_for(by, campaign, RUN, lock=True)
    rules.check_step(kept.name, kept.state, WITHDRAWN)
    if not why.strip():
        raise rules.WordsMissing
    _come_to(kept, WITHDRAWN, why, by, now)
    record(facts.WITHDRAWN, kept, by=by, at=now, why=why.strip()[:200])
    return kept


@action
def close_campaign(*, campaign: int, note: str = "", by: Person, now: datetime) -> Outcome:
    """活动完结  The result is reckoned once, with what each terminal bought, and kept. Raises NotFound, NotInThisState, NotOverYet."""
    by.must(RUN)
    kept = campaigns.campaign_for(by, campaign, RUN, lock=True)
    rules.check_step(kept.name, kept.state, CLOSED)
    today = localdate(now)
    policy = results.policy(today)
    rules.check_closing(kept.last_on, today, policy.value.wait_days)
    found, lines = results.result(kept, today)
    outcome = Outcome.objects.create(
        campaign=kept, verdict=found.verdict, told=found.as_json(), policy=policy.label, by=by, at=now
    )
    OutcomeLine.objects.bulk_create(
        [
            OutcomeLine(
                outcome=outcome, focus_id=line.focus, after_milli=line.after_milli, change_milli=line.change_milli
            )
            for line in lines
        ],
        batch_size=500,
    )
    _come_to(kept, CLOSED, note, by, now)
    record(facts.CLOSED, kept, by=by, at=now, verdict=found.verdict, cost_fen=found.cost_fen)
    return outcome


@action
def note_cost(
    *, campaign: int, kind: str, fen: int, on: date, document: str = "", note: str = "", by: Person, now: datetime
) -> Cost:
    """活动费用  Material, a meeting, a service, a discount with its red-letter note; never beyond what was agreed.

    Raises NotFound, NotInThisState, BadCampaign, DocumentMissing, OverTheCap.
    """
    by.must(RUN)
    kept = campaigns.campaign_for(by, campaign, RUN, lock=True)
    rules.check_open(kept.name, kept.state, (RUNNING, APPROVED))
    if kind not in rules.COSTS or fen <= 0 or on > localdate(now):
        raise rules.BadCampaign(reason=N_("费用的种类、金额或日期不对"))
    document = document.strip()
    if kind == rules.DISCOUNT:
        document = _red_letter(kept, document, fen)
    rules.check_cost(fen, campaigns.noted_fen(kept.pk), kept.cap_fen)
    made = Cost.objects.create(
        campaign=kept, kind=kind, fen=fen, on=on, document=document[:60], note=note.strip()[:200], by=by, at=now
    )
    record(facts.COST_NOTED, kept, by=by, at=now, cost=made.pk, kind=kind, fen=fen)
    return made


def _red_letter(kept: Campaign, number: str, fen: int) -> str:
    """A discount is what a live red-letter note to a listed terminal says, once (domain 4.5, 4.9). Raises DocumentMissing."""
    found = items.known_documents("red_letter", [number]) if number else []
    if not found or abs(found[0].total_fen) != fen or campaigns.document_noted(found[0].number):
        raise rules.DocumentMissing
    if lists.live_place(kept.pk, found[0].terminal_id) is None:
        raise rules.DocumentMissing
    return found[0].number


def _check_territory(by: Person, territory: int | None) -> None:
    """A territory one looks after; the whole company only for who looks after that. Raises NotFound."""
    reach = by.reach(PROPOSE)
    if reach.everything:
        known = territory is None or territory in people.territory_paths()
    else:
        known = bool(reach.territory_paths) and territory in people.territory_ids(reach.territory_paths)
    if not known:
        raise NotFound(noun=N_("销售区域"))


def _check_listed(kept: Campaign, today: date) -> None:
    if not lists.arms_of(kept.pk)[TREATED]:
        raise rules.NothingComposed
    if kept.last_on < today:
        raise rules.OverAlready(last_on=kept.last_on)


def _come_to(kept: Campaign, state: str, note: str, by: Person, now: datetime) -> None:
    CampaignState.objects.create(campaign=kept, state=state, note=note.strip()[:200], by=by, at=now)


def _fields(given: Given) -> dict[str, Any]:
    return {
        "name": given.name.strip()[:80], "month": given.month, "first_on": given.first_on, "last_on": given.last_on,
        "goal": given.goal.strip()[:200], "goal_milli": given.goal_milli, "benefit": given.benefit,
        "benefit_words": given.benefit_words.strip()[:300], "cap_fen": given.cap_fen,
    }  # fmt: skip
