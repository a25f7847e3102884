"""The list of a campaign: composed with its draw, added to and taken off by hand, and the visits that were made for it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.campaigns import facts
from kewei.campaigns.models import Campaign, Composition, Focus, Going
from kewei.campaigns.queries import campaigns, candidates, lists
from kewei.campaigns.rules import states as rules
from kewei.campaigns.rules.holding_out import (
    ADDED,
    HELD,
    LARGEST_SEED,
    MOST_TERMINALS,
    TREATED,
    check_held,
    draw,
    power_of,
    propose,
)
from kewei.journal.actions import action, record
from kewei.journal.bulk import insert
from kewei.people.models import Person
from kewei.terminals.rules.papers import BLOCK, WARN, finding_says

PROPOSE, RUN, COUNT = "campaigns.propose", "campaigns.run", "campaigns.count"


@action
def compose_list(
    *, campaign: int, size: int = 100, held: int | None = None, seed: int | None = None, by: Person, now: datetime
) -> Composition:
    """生成重点名单  The most hopeful candidates, some of them left alone by a draw; a list there was before ends.

    `held`: how many are left alone, where not as many as the power asked for; `seed` draws the same again.
    Raises NotFound, NotInThisState, TooManyListed, BadHoldOut, NothingComposed where there is no candidate.
    """
    by.must(PROPOSE)
    if not 1 <= size <= MOST_TERMINALS:
        raise rules.TooManyListed(most=MOST_TERMINALS)
    kept = campaigns.campaign_for(by, campaign, PROPOSE, lock=True)
    rules.check_open(kept.name, kept.state)
    found = candidates.candidates(by, candidates.wanted_of(kept), localdate(now), size)
    if not found.rows:
        raise rules.NothingComposed
    effect = kept.goal_milli or candidates.mean_hope(found.rows)
    power = propose(len(found.rows), found.spread_milli, effect, found.hold_out)
    if held is not None and held != power.held:
        check_held(len(found.rows), held, found.hold_out)
        power = power_of(len(found.rows), held, found.spread_milli, effect, found.hold_out)
    seed = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    end_list(kept, by, now)
    made = Composition.objects.create(
        campaign=kept, size=len(found.rows), held=power.held, seed=seed, power=power.as_json(), ranked=found.ranked,
        left_out=found.left_out, policies=list(found.labels), by=by, at=now,
    )  # fmt: skip
    alone = draw([one.terminal for one in found.rows], power.held, seed)
    insert(Focus, _FIELDS, (_values(made, one, place, alone, by, now) for place, one in enumerate(found.rows, 1)))
    record(facts.COMPOSED, kept, by=by, at=now, size=made.size, held=made.held, seed=seed)
    return made


def end_list(kept: Campaign, by: Person, now: datetime) -> None:
    """Everybody is off the list: another is composed, or the days it was made for have changed."""
    kept.focus.filter(ended_at=None).update(ended_at=now, ended_by=by, ended_why="-")


@action
def add_terminal(*, campaign: int, terminal: Any, why: str, by: Person, now: datetime) -> Focus:
    """加入名单  By hand, with the reason: it is worked on, but not drawn, so the comparison leaves it out.

    Raises NotFound, NotInThisState, WordsMissing, AlreadyListed, HeldOut, InAnother, MayNotBuy.
    """
    by.must(RUN)
    kept = campaigns.campaign_for(by, campaign, RUN, lock=True)
    rules.check_open(kept.name, kept.state, rules.LISTED)
    if not why.strip():
        raise rules.WordsMissing
    by.must(RUN, terminal)
    there = lists.live_place(kept.pk, terminal.pk)
    if there is not None:
        raise rules.HeldOut if there.arm == HELD else rules.AlreadyListed
    other = candidates.elsewhere(kept.product_id, kept.first_on, kept.last_on, kept.pk).get(terminal.pk)
    if other is not None:
        raise rules.InAnother(name=other)
    one, findings, baseline = candidates.reasons_of(by, candidates.wanted_of(kept), localdate(now), terminal.pk)
    if blocked := next((finding for finding in findings if finding.level == BLOCK), None):
        raise rules.MayNotBuy(finding=finding_says(blocked, str))
    target = max(0, baseline) + (one.hope_milli if one else kept.goal_milli)
    place = kept.focus.count() + 1
    made = Focus.objects.create(
        campaign=kept, terminal=terminal, owner_id=terminal.owner_id, arm=ADDED, place=place,
        reasons=[list(reason) for reason in one.reasons] if one else [],
        findings=[_told(finding) for finding in findings if finding.level == WARN], baseline_milli=baseline,
        target_milli=target, added_by=by, added_at=now, added_why=why.strip()[:200],
    )  # fmt: skip
    record(facts.TERMINAL_ADDED, made, by=by, at=now, terminal=terminal.pk, campaign=kept.pk, why=why.strip()[:200])
    return made


@action
def take_off(*, focus: int, why: str, by: Person, now: datetime) -> Focus:
    """移出名单  It is worked on no more; in the comparison it stays where the draw put it.

    Raises NotFound, NotInThisState, WordsMissing, NotOnTheList.
    """
    by.must(RUN)
    kept = lists.focus_for(by, focus, RUN)
    campaign = campaigns.campaign_for(by, kept.campaign_id, RUN, lock=True)
    rules.check_open(campaign.name, campaign.state, rules.LISTED)
    if not why.strip():
        raise rules.WordsMissing
    kept = Focus.objects.select_for_update().get(pk=kept.pk)
    if kept.ended_at is not None:
        raise rules.NotOnTheList
    kept.ended_at, kept.ended_by, kept.ended_why = now, by, why.strip()[:200]
    kept.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record(
        facts.TERMINAL_TAKEN_OFF,
        kept,
        by=by,
        at=now,
        terminal=kept.terminal_id,
        campaign=campaign.pk,
        why=kept.ended_why,
    )
    return kept


@action
def count_visit(
    *,
    terminal: int,
    visit: int,
    day: date,
    minutes: int,
    products: Collection[int],
    person: int,
    by: Person,
    now: datetime,
) -> list[Going]:
    """为活动拜访  A visit that was about the product of a running campaign counts for it, once: at a listed terminal as its
    cost, at one left alone as contamination."""
    by.must(COUNT)
    made = []
    for focus in lists.places_of_terminal(terminal, day):
        if focus.campaign.product_id not in products:
            continue
        going, fresh = Going.objects.get_or_create(
            focus=focus, visit=visit, defaults={"day": day, "minutes": minutes, "person_id": person, "at": now}
        )
        if fresh:
            record(
                facts.VISIT_COUNTED, going, by=by, at=now, terminal=terminal, campaign=focus.campaign_id, visit=visit,
                minutes=minutes,
            )  # fmt: skip
            made.append(going)
    return made


_FIELDS = (
    "campaign_id", "terminal_id", "composition_id", "owner_id", "arm", "place", "reasons", "findings", "baseline_milli",
    "target_milli", "added_by_id", "added_at", "added_why", "ended_why",
)  # fmt: skip


def _values(made: Composition, one: candidates.Chosen, place: int, alone: set[int], by: Person, now: datetime) -> Any:
    return (
        made.campaign_id, one.terminal, made.pk, one.owner, HELD if one.terminal in alone else TREATED, place,
        [list(reason) for reason in one.reasons], [_told(finding) for finding in one.findings], one.baseline_milli,
        one.target_milli, by.pk, now, "", "",
    )  # fmt: skip


def _told(finding: Any) -> list[Any]:
    return [finding.rule, finding.level, [list(pair) for pair in finding.numbers]]
