"""The ledger of points: never below nought, what ends first goes first, replay is the balance, what is owed is what
members hold; and what is redeemed at once by two is redeemed once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests import cast
from tests.promises.conftest import counts

from kewei.kernel.refusals import Refused
from kewei.membership import actions
from kewei.membership.models import Enrolment, Lot, Movement, Posting
from kewei.membership.queries import findings, ledger, programmes
from kewei.membership.rules.ledger import EXPIRE, FEN, LIABILITY, POINTS, Leg, NotEnough, balanced, replay
from kewei.membership.tests import joining
from kewei.membership.tests.joining import NOW, TODAY
from kewei.membership.tests.rules.test_ledger import check_profile
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item


@counts(20_000, 100_000)
def test_random_operations_by_the_rules(times):
    """Earning, using, ending and reversing at random, by the rules the actions run on."""
    check_profile(times, 11)


@pytest.mark.django_db
@counts(120, 5_000)
def test_random_operations_in_the_database(times):
    """The same through the actions: after each the balances hold, at the end every account does."""
    staff, random = cast.assemble(), Random(5)
    member = joining.member(staff, rules=joining.rules(valid_months=2, coupon_months=1), budget_fen=10**12)
    day = TODAY
    done: defaultdict[str, int] = defaultdict(int)
    for _number in range(times):
        day += timedelta(days=random.randrange(0, 9))
        now = datetime.combine(day, datetime.min.time(), ZoneInfo("Asia/Shanghai")) + timedelta(hours=9)
        verb = random.choice(["give", "give", "take", "coupon", "coupon", "expire", "reverse"])
        try:
            _do(verb, random, staff, member, now)
            done[verb] += 1
        except Refused:
            done["refused"] += 1
        row = Enrolment.objects.get(pk=member.pk)
        assert row.points >= 0
        assert row.fen >= 0
    _check_everything(staff, member)
    assert all(done[verb] for verb in ("give", "coupon", "expire", "reverse")), dict(done)


def _do(verb, random, staff, member, now):
    by = {"by": staff.qian, "now": now}
    if verb == "give":
        actions.adjust_points(enrolment=member.pk, points=random.randrange(1, 300), why="补", **by)
    elif verb == "take":
        actions.adjust_points(enrolment=member.pk, points=-random.randrange(1, 200), why="扣", **by)
    elif verb == "coupon":
        soonest = (
            Lot.objects.filter(unit=POINTS, left__gt=0, expires_on__gte=now.date()).order_by("expires_on", "pk").first()
        )
        actions.issue_coupon(enrolment=member.pk, points=random.randrange(1, 150), **by)
        if soonest is not None:
            taken = Posting.objects.filter(movement=Movement.objects.latest("pk"), account=LIABILITY, unit=POINTS)
            assert taken.order_by("pk").first().lot_id == soonest.pk
    elif verb == "expire":
        actions.expire(enrolments=[member.pk], **by)
        assert not Lot.objects.filter(left__gt=0, expires_on__lt=now.date()).exists()
    else:
        free = Movement.objects.exclude(kind__in=[EXPIRE, "reverse"]).filter(reversed_by=None).order_by("-pk")[:5]
        if free:
            actions.reverse_movement(movement=random.choice(list(free)).pk, why="错", **by)


def _check_everything(staff, member):
    assert list(findings()) == []
    legs = [Leg(*row) for row in Posting.objects.order_by("pk").values_list("account", "unit", "amount", "lot")]
    assert balanced(legs)
    accounts, lots = replay(legs)
    row = Enrolment.objects.get(pk=member.pk)
    assert (accounts[LIABILITY, POINTS], accounts[LIABILITY, FEN]) == (row.points, row.fen)
    assert all(lots.get(pk, 0) == left for pk, left in Lot.objects.values_list("pk", "left"))
    owed = ledger.liability(staff.tao, member.programme, programmes.in_force(member.programme, TODAY).rules)
    assert (
        owed.points == sum(one.points for one in owed.members) == sum(one.points for one in owed.months) == row.points
    )
    assert owed.coupon_fen == sum(one.coupon_fen for one in owed.members) == row.fen


# --- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@counts(8, 200)
def test_a_coupon_used_by_two_at_once_is_used_once(times, at_once):
    staff = cast.assemble()
    member = joining.member(staff, budget_fen=10**12)
    joining.give(staff, member, 100 * times if times <= 100 else 10_000)
    if times > 100:
        joining.give(staff, member, 100 * times - 10_000)
    people = (staff.qian, staff.zheng)
    for turn in range(times):
        coupon = actions.issue_coupon(enrolment=member.pk, points=100, by=staff.qian, now=NOW)
        invoice = receivables.post_invoice(
            terminal=member.terminal, number=f"FP{turn}", invoice_date=TODAY, due_date=TODAY + timedelta(30),
            total_fen=1_000_00, by=staff.qian, now=NOW,
        )  # fmt: skip

        def use(who, turn=turn, coupon=coupon, invoice=invoice):
            return actions.use_coupon(
                coupon=coupon.pk, fen=50_00, channel="red_letter", number=f"HZ{turn}-{who}", on=TODAY, invoice=invoice,
                by=people[who], now=NOW,
            )  # fmt: skip

        answers = at_once(2, use)
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(refused) == 1, answers
        assert type(refused[0]) is NotEnough
        assert Item.objects.get(pk=invoice.pk).open_fen == 950_00
    assert Movement.objects.filter(kind="redeem").count() == times
    assert Enrolment.objects.get(pk=member.pk).fen == 0
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
@counts(4, 40)
def test_many_take_points_at_once_and_never_more_than_there_are(times, at_once):
    staff = cast.assemble()
    member = joining.member(staff)
    joining.give(staff, member, 10 * times + 5)

    def take(_who):
        return actions.issue_coupon(enrolment=member.pk, points=10, by=staff.qian, now=NOW)

    answers = at_once(times + 3, take)
    assert sum(type(answer) is NotEnough for answer in answers) == 3, answers
    assert Enrolment.objects.get(pk=member.pk).points == 5
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
def test_a_month_earned_by_two_at_once_is_earned_once(at_once):
    staff = cast.assemble()
    member = joining.member(staff)
    joining.bought(member.terminal, date(2026, 10, 5), 10_000_00)

    def earn(_who):
        return actions.earn_month(programme=member.programme_id, month=date(2026, 10, 1), by=staff.qian, now=NOW)

    answers = at_once(3, earn)
    assert sorted(answer["earned"] for answer in answers) == [0, 0, 100]
    assert Enrolment.objects.get(pk=member.pk).points == 100


@pytest.mark.django_db(transaction=True)
@counts(4, 40)
def test_two_gifts_at_once_never_exceed_a_budget(times, at_once):
    staff = cast.assemble()
    shops = [joining.pharmacy(staff), another(staff)]
    for turn in range(times):
        kept = joining.programme(staff, code=f"LS{turn}", budget_fen=600_00)
        given = {"programme": kept.pk, "by": staff.li, "now": NOW}
        members = [actions.enrol(terminal=shop, **given) for shop in shops]

        def give(who, members=members):
            return joining.give(staff, members[who], 1_000)

        answers = at_once(2, give)
        assert sorted(type(answer).__name__ for answer in answers) == ["Movement", "OverBudget"], answers


@pytest.mark.django_db(transaction=True)
def test_who_enters_twice_at_once_enters_once(at_once):
    staff = cast.assemble()
    kept, shop = joining.programme(staff), joining.pharmacy(staff)
    answers = at_once(3, lambda _who: actions.enrol(programme=kept.pk, terminal=shop, by=staff.li, now=NOW))
    assert sorted(type(answer).__name__ for answer in answers) == ["Enrolment", "MemberAlready", "MemberAlready"], (
        answers
    )


def another(staff):
    """One more pharmacy that may become a member."""
    shop = cast.open_terminal("YD2", "第二药店", "pharmacy", staff.wang, staff.wangs_pharmacy.territory)
    return joining.verify(shop, "91420100MA4KWY7Q4", "business", "drug_retail")
