"""Points and coupons: earned by a month's money, adjusted, turned into coupons, used on a document, ended, reversed.

A price benefit leaves only through receivables: as a red-letter note on an invoice, or as the discount line of a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.calendar import month_end
from kewei.membership import facts
from kewei.membership.actions.booking import Given, Promise, book, keep
from kewei.membership.models import Enrolment, Lot, Movement
from kewei.membership.queries import ledger, members, programmes
from kewei.membership.rules.benefits import CouponAmount
from kewei.membership.rules.conduct import CHANNELS, COUPON, KINDS, LIMITS, ON_THE_BOOKS, OffTheBooks
from kewei.membership.rules.earning import InvoiceDetails, MonthNotOver, check_adjustment, discounted
from kewei.membership.rules.ledger import (
    ADJUST,
    EARN,
    EXPENSE,
    EXPIRE,
    EXPIRED,
    FEN,
    GRANT,
    ISSUE,
    POINTS,
    REDEEM,
    REDEEMED,
    REVERSE,
    TAKE_BACK,
    UNITS,
    AlreadyReversed,
    ExpiryStands,
    LotUsed,
    check_amount,
    end_of,
    ended,
    points_of,
    replay,
    take_oldest_first,
    take_up_to,
    turned_round,
    worth_fen,
)
from kewei.membership.rules.ledger import Lot as LotLeft
from kewei.membership.rules.programmes import NOTHING, Rules, WhyMissing, check_budget
from kewei.people.models import Person
from kewei.receivables import actions as receivables_actions

POST, APPROVE = "membership.post", "membership.approve"

# --- earning ----------------------------------------------------------------------------------------------------------


@action
def earn_month(*, programme: int, month: date, by: Person, now: datetime) -> dict[str, int]:
    """结算当月积分  What members earn by a month that is over: again and again, each time only the difference is posted.

    Money that went back takes points back, oldest first, as far as there are any; the rest waits for the next run. Members for
    whom nothing changed cost no query. Answers how many members earned, lost, and the points of both. Raises NotFound,
    WrongState, MonthNotOver.
    """
    by.must(POST)
    first = month.replace(day=1)
    last = month_end(first)
    if last >= localdate(now):
        raise MonthNotOver(month=first.strftime("%Y-%m"))
    kept = programmes.programme_for(by, programme, POST)
    version = programmes.in_force(kept, last)
    counts = {"members": 0, "earned": 0, "taken_back": 0, "short": 0}
    if version.rules.base != NOTHING:
        rows = list(
            Enrolment.objects.select_for_update().filter(programme=kept, ended_at=None, since__lte=last).order_by("pk")
        )
        money = members.basis_among([row.terminal_id for row in rows], version.rules, first, last)
        source = f"{version.rules.base}:{first:%Y-%m}"
        earned = ledger.earned_for(kept, source)
        for row in rows:
            fen = money.get(row.terminal_id, 0)
            due = points_of(fen, version.rules.fen_per_point, version.rules.tier(row.tier).times_bp)
            if more := due - earned.get(row.pk, 0):
                _earn(row, more, fen, source, last, version, counts, by, now)
    record(facts.MONTH_EARNED, kept, by=by, at=now, month=first, **counts)
    return counts


def _earn(
    row: Enrolment, more: int, fen: int, source: str, last: date, version: programmes.InForce, counts: dict[str, int],
    by: Person, now: datetime,
) -> None:  # fmt: skip
    rules: Rules = version.rules
    about: dict[str, Any] = {"source": source, "rules_id": version.pk}
    if more > 0:
        until = end_of(last, rules.valid_months)
        made = book(row, EARN, last, by, now, promises=[Promise(POINTS, more, until)], **about)
    else:
        shares = take_up_to(-more, ledger.lots_locked(row, POINTS), localdate(now))
        taken = sum(share.amount for share in shares)
        counts["short"] += -more - taken
        if not taken:
            return
        more = -taken
        made = book(row, TAKE_BACK, localdate(now), by, now, given=[Given(POINTS, shares, EXPENSE)], **about)
    counts["members"] += 1
    counts["earned" if more > 0 else "taken_back"] += abs(more)
    record(facts.POINTS_EARNED, made, by=by, at=now, terminal=row.terminal_id, points=more, source=source, fen=fen)


@action
def adjust_points(*, enrolment: int, points: int, why: str, intake: Any = None, by: Person, now: datetime) -> Movement:
    """手工调整积分  Give points, or take them (negative), with a reason; large gifts need who approves.

    Raises NotFound, MemberNoMore, BadAmount, WhyMissing, AdjustTooLarge, OverBudget, NotEnough.
    """
    by.must(POST)
    if points > 0:
        programmes.locked(members.enrolment_for(by, enrolment, POST).programme_id)
    kept = members.live_for(by, enrolment, POST)
    check_amount(abs(points))
    if not why.strip():
        raise WhyMissing
    today = localdate(now)
    version = programmes.in_force(kept.programme, today)
    limits = queries_policies.in_force(LIMITS, today).value
    check_adjustment(points, limits.adjust_points, by.may(APPROVE))
    if points > 0:
        used = programmes.used(kept.programme, version.rules)
        check_budget(kept.programme.budget_fen, used.fen, worth_fen(points, version.rules.point_fen))
    about: dict[str, Any] = {"words": why.strip()[:200], "rules_id": version.pk, "intake": intake}
    if points > 0:
        until = end_of(today, version.rules.valid_months)
        made = book(kept, ADJUST, today, by, now, promises=[Promise(POINTS, points, until)], **about)
    else:
        shares = take_oldest_first(-points, ledger.lots_locked(kept, POINTS), today)
        made = book(kept, ADJUST, today, by, now, given=[Given(POINTS, shares, EXPENSE)], **about)
    record(facts.POINTS_ADJUSTED, made, by=by, at=now, terminal=kept.terminal_id, points=points, why=why.strip())
    return made


# --- using ------------------------------------------------------------------------------------------------------------


@action
def issue_coupon(*, enrolment: int, points: int, by: Person, now: datetime) -> Lot:
    """积分换券  Points become a coupon for the next invoices of the institution, at their worth.

    Raises NotFound, MemberNoMore, BadAmount, NotEnough, CouponAmount.
    """
    by.must(POST)
    kept = members.live_for(by, enrolment, POST)
    today = localdate(now)
    version = programmes.in_force(kept.programme, today)
    shares = take_oldest_first(points, ledger.lots_locked(kept, POINTS), today)
    fen = worth_fen(points, version.rules.point_fen)
    if fen <= 0:
        raise CouponAmount
    number = ledger.next_coupon(kept)
    made = book(
        kept, ISSUE, today, by, now, given=[Given(POINTS, shares, REDEEMED)], rules_id=version.pk,
        promises=[Promise(FEN, fen, end_of(today, version.rules.coupon_months), number)],
    )  # fmt: skip
    coupon = made.lots.get(unit=FEN)
    record(facts.COUPON_ISSUED, made, by=by, at=now, terminal=kept.terminal_id, points=points, fen=fen, number=number)
    return coupon


@action
def use_coupon(
    *,
    coupon: int,
    fen: int,
    channel: str,
    number: str,
    on: date,
    invoice: Any = None,
    gross_fen: int = 0,
    due_date: date | None = None,
    by: Person,
    now: datetime,
) -> Movement:
    """价格券入票  A coupon, or part of it, becomes a red-letter note on `invoice`, or the discount line of a new invoice.

    By `red_letter`: `number` is the note's, `invoice` what it corrects. By `invoice`: `number` is the invoice's,
    `gross_fen` what it would be without the discount. No other way (domain 4.5).
    Raises NotFound, MemberNoMore, OffTheBooks, NotEnough, BadAmount, InvoiceDetails, and what receivables raise.
    """
    by.must(POST)
    found = ledger.coupon_for(by, coupon, POST)
    kept = members.live_for(by, found.enrolment_id, POST)
    found.refresh_from_db(fields=["left"])
    shares = take_oldest_first(fen, [LotLeft(found.pk, found.expires_on, found.left)], localdate(now))
    document = _document(kept, fen, channel, number, on, invoice, gross_fen, due_date, found.number, by, now)
    made = book(
        kept, REDEEM, localdate(now), by, now, given=[Given(FEN, shares, REDEEMED)], document=document,
        words=found.number,
    )  # fmt: skip
    record(
        facts.PRICE_BENEFIT_USED, made, by=by, at=now, terminal=kept.terminal_id, fen=fen, channel=channel,
        document=document.number, coupon=found.number,
    )  # fmt: skip
    return made


@action
def use_points(
    *,
    enrolment: int,
    points: int,
    channel: str,
    number: str,
    on: date,
    invoice: Any = None,
    gross_fen: int = 0,
    due_date: date | None = None,
    by: Person,
    now: datetime,
) -> Movement:
    """积分抵价  Points used at once, at their worth, on a red-letter note or a new invoice, as use_coupon does.

    Raises what issue_coupon and use_coupon raise.
    """
    by.must(POST)
    check_channel(channel)
    coupon = issue_coupon(enrolment=enrolment, points=points, by=by, now=now)
    return use_coupon(
        coupon=coupon.pk, fen=coupon.amount, channel=channel, number=number, on=on, invoice=invoice,
        gross_fen=gross_fen, due_date=due_date, by=by, now=now,
    )  # fmt: skip


def check_channel(channel: str) -> None:
    """A price benefit appears on a document, or not at all. Raises OffTheBooks."""
    if channel not in ON_THE_BOOKS:
        raise OffTheBooks(kind=KINDS[COUPON], note=CHANNELS.get(channel, channel[:20]))


def _document(
    kept: Enrolment, fen: int, channel: str, number: str, on: date, invoice: Any, gross_fen: int,
    due_date: date | None, coupon: str, by: Person, now: datetime,
) -> Any:  # fmt: skip
    check_channel(channel)
    terminal = kept.terminal
    if channel == "red_letter":
        if invoice is None:
            raise InvoiceDetails
        return receivables_actions.post_red_letter(
            terminal=terminal, number=number, on=on, total_fen=fen, original=invoice, reason=f"{KINDS[COUPON]} {coupon}",
            by=by, now=now,
        )  # fmt: skip
    if due_date is None:
        raise InvoiceDetails
    return receivables_actions.post_invoice(
        terminal=terminal, number=number, invoice_date=on, due_date=due_date, total_fen=discounted(gross_fen, fen),
        fields={"gross_fen": gross_fen, "discount_fen": fen, "discount_for": coupon}, by=by, now=now,
    )  # fmt: skip


# --- ending and undoing -----------------------------------------------------------------------------------------------


@action
def expire(*, enrolments: Sequence[int], by: Person, now: datetime) -> int:
    """到期失效  What ended before today and was not used is no longer owed, soonest ended first; answers how many lots."""
    by.must(POST)
    today, count = localdate(now), 0
    for row in Enrolment.objects.select_for_update().filter(pk__in=list(enrolments)).order_by("pk"):
        for unit in UNITS:
            over = ended(ledger.lots_locked(row, unit), today)
            if not over:
                continue
            made = book(row, EXPIRE, today, by, now, given=[Given(unit, over, EXPIRED)])
            count += len(over)
            amount = sum(share.amount for share in over)
            record(facts.EXPIRED, made, by=by, at=now, terminal=row.terminal_id, unit=unit, amount=amount)
    return count


@action
def reverse_movement(*, movement: int, why: str, by: Person, now: datetime) -> Movement:
    """冲销积分变动  The same movement turned round; the document of a price benefit is reversed with it.

    Raises NotFound, MemberNoMore, WhyMissing, AlreadyReversed, ExpiryStands, LotUsed, and what receivables raise.
    """
    by.must(POST)
    wrong = ledger.movement_for(by, movement, POST)
    kept = members.live_for(by, wrong.enrolment_id, POST)
    if not why.strip():
        raise WhyMissing
    if wrong.kind == EXPIRE:
        raise ExpiryStands
    if ledger.is_reversed(wrong):
        raise AlreadyReversed(number=wrong.pk)
    legs = turned_round(ledger.legs_of(wrong))
    _accounts, lots = replay(legs)
    _give_back(lots)
    if wrong.document_id is not None:
        receivables_actions.reverse_entry(entry=wrong.document, reason=why, by=by, now=now)
    made = Movement.objects.create(
        enrolment=kept, kind=REVERSE, on=localdate(now), words=why.strip()[:200], reverses=wrong,
        by=by, at=now,
    )  # fmt: skip
    keep(kept, made, legs)
    record(facts.MOVEMENT_REVERSED, made, by=by, at=now, terminal=kept.terminal_id, reversed=wrong.pk, why=why.strip())
    return made


def _give_back(lots: dict[int, int]) -> None:
    """Change what is left of lots; what was promised and has been used since cannot be taken back whole."""
    rows = Lot.objects.in_bulk(list(lots))
    for pk, change in sorted(lots.items()):
        if rows[pk].left + change < 0:
            raise LotUsed(amount=rows[pk].amount, left=rows[pk].left)
        Lot.objects.filter(pk=pk).update(left=F("left") + change)


def grant_coupon(enrolment: Enrolment, benefit: Any, by: Person, now: datetime) -> Movement:
    """A granted price benefit becomes a coupon of the member; called by the decision that granted it."""
    today = localdate(now)
    version = programmes.in_force(enrolment.programme, today)
    number = ledger.next_coupon(enrolment)
    until = end_of(today, version.rules.coupon_months)
    return book(
        enrolment, GRANT, today, by, now, promises=[Promise(FEN, benefit.fen, until, number)], benefit=benefit,
        rules_id=version.pk, words=benefit.words[:200],
    )  # fmt: skip
