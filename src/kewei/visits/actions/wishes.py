"""Wishing for visits: what the rooms have cause for every morning, and what somebody asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.visits import facts
from kewei.visits.models import Wish
from kewei.visits.queries import wishes
from kewei.visits.rules.wishes import BY_HAND, BadWish, WishGiven, check_wish

WISH, PLAN = "visits.wish", "visits.plan"
COMPARED = ("says", "numbers", "purpose", "weight", "must", "first_on", "last_on", "role", "minutes")


@action
def gather_wishes(*, by: Person, now: datetime) -> dict[str, int]:
    """汇集拜访理由  Every morning: what the rooms wish for is begun, what has no reason any more ends; twice changes nothing.

    Answers how many were begun, ended and kept.
    """
    by.must(WISH)
    today = localdate(now)
    wanted = wishes.desired(by, today, wishes.policies(today))
    live = wishes.live_gathered()
    ended: dict[str, list[int]] = {"gone": [], "past": [], "changed": []}
    for key, wish in live.items():
        given = wanted.get(key)
        if given is None:
            ended["past" if wish.last_on < today else "gone"].append(wish.pk)
        elif _differs(wish, given):
            ended["changed"].append(wish.pk)
    for why, keys in ended.items():
        for part in chunks(keys, 500):
            Wish.objects.filter(pk__in=part).update(ended_at=now, ended_why=why)
    over = {pk for keys in ended.values() for pk in keys}
    begun = [given for key, given in wanted.items() if key not in live or live[key].pk in over]
    for several in chunks(begun, 500):
        Wish.objects.bulk_create([_row(given, by, now) for given in several])
    counts = {"begun": len(begun), "ended": len(over), "kept": len(live) - len(over)}
    if begun or over:
        record(facts.WISHES_GATHERED, "", by=by, at=now, **counts)
    return counts


@action
def wish_for(*, terminal: Any, given: WishGiven, by: Person, now: datetime) -> Wish:
    """提出拜访理由  Of another room, or by hand; the same key again takes the place of what it said before.

    Raises UnknownPurpose, WishNotForMedical, BadWish, NotFound.
    """
    by.must(WISH if by.may(WISH) else PLAN, terminal)
    check_wish(given)
    if given.terminal != terminal.pk:
        raise BadWish(reason=N_("不是这个客户的理由"))
    live = Wish.objects.select_for_update().filter(key=given.key, ended_at=None).first()
    if live is not None and not _differs(live, given):
        return live
    if live is not None:
        live.ended_at, live.ended_why = now, "changed"
        live.save(update_fields=["ended_at", "ended_why"])
    wish = _row(given, by, now)
    wish.save()
    record(facts.WISHED, wish, by=by, at=now, terminal=terminal.pk, source=given.source, key=given.key)
    return wish


@action
def wish_by_hand(
    *,
    terminal: Any,
    purpose: str,
    says: str,
    first_on: date,
    last_on: date,
    must: bool = False,
    weight: int | None = None,
    minutes: int = 30,
    by: Person,
    now: datetime,
) -> Wish:
    """手工提出拜访理由  Somebody's own reason; whoever may not sell wishes for an MR's visit. Raises as wish_for."""
    by.must(PLAN, terminal)
    if not says.strip():
        raise BadWish(reason=N_("请写明理由"))
    row = wishes.policies(localdate(now)).reasons.rows[BY_HAND]
    given = WishGiven(
        terminal.pk, f"visits:hand:{terminal.pk}:{by.pk}:{int(now.timestamp() * 1000)}", BY_HAND, says.strip()[:200], purpose,
        row.weight if weight is None else weight, first_on, last_on, minutes, must, "" if by.may("visits.trade") else "medical",
    )  # fmt: skip
    return wish_for(terminal=terminal, given=given, by=by, now=now)


@action
def withdraw_wish(*, wish: int, by: Person, now: datetime) -> Wish:
    """撤回拜访理由  One that somebody or another room asked for; the morning's own end by themselves. Raises NotFound, BadWish."""
    by.must(PLAN)
    kept = wishes.wish_for(by, wish, PLAN)
    if kept.ended_at is not None or kept.source in wishes.GATHERED:
        raise BadWish(reason=N_("已经结束") if kept.ended_at else N_("自动汇集的理由随原因自行结束"))
    kept.ended_at, kept.ended_why = now, "withdrawn"
    kept.save(update_fields=["ended_at", "ended_why"])
    record(facts.WISHED, kept, by=by, at=now, terminal=kept.terminal_id, source=kept.source, key=kept.key, ended=True)
    return kept


def _differs(wish: Wish, given: WishGiven) -> bool:
    return any(getattr(wish, name) != getattr(given, name) for name in COMPARED)


def _row(given: WishGiven, by: Person, now: datetime) -> Wish:
    return Wish(
        terminal_id=given.terminal, key=given.key, source=given.source, wished_by=by, wished_at=now,
        **{name: getattr(given, name) for name in COMPARED},
    )  # fmt: skip
