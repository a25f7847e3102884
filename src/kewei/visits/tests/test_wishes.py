"""Why terminals deserve a visit: gathered every morning, the same however often, ended with the reason (domain 5.3, 4.4)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables
from kewei.sales.models import Habit
from kewei.terminals.models import Closure, Licence, Settlement
from kewei.visits import actions
from kewei.visits.models import Visit, Wish
from kewei.visits.queries import wishes
from kewei.visits.rules import wishes as rules
from kewei.visits.rules.plans import Doors

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
BY = rules.read_reasons(rules.REASONS.body)
FREQUENCY = rules.read_frequency(rules.FREQUENCY.body)
THIS, NEXT = rules.months_ahead(TODAY)


@pytest.fixture
def staff(db):
    return cast.assemble()


def gather(staff, now=NOW):
    return actions.gather_wishes(by=staff.system, now=now)


def live(terminal, source=None):
    rows = Wish.objects.filter(terminal=terminal, ended_at=None).order_by("first_on", "pk")
    return [wish for wish in rows if source is None or wish.source == source]


def silent(terminal, last, usual, alarm):
    """As the night reckoned it."""
    Habit.objects.create(
        terminal=terminal, first_day=last, last_day=last, purchases=6, usual_days=usual, alarm_day=alarm, orders_year=6,
        year_fen=100, before_fen=0, recency=1, frequency=1, money=1, months=1,
    )  # fmt: skip


def test_norms_by_class_kind_and_rhythm(staff):
    gather(staff)
    hospital = live(staff.wangs_hospital, "norm")
    # Two months for whoever sells, two for the MR; a hospital without a judged potential counts as B.
    assert [(w.role, w.first_on, w.purpose, w.numbers["times"]) for w in hospital] == [
        ("", THIS, "order", 2),
        ("medical", THIS, "academic", 2),
        ("", NEXT, "order", 2),
        ("medical", NEXT, "academic", 2),
    ]
    assert hospital[0].numbers == {"klass": "B", "times": 2, "least": 9, "most": 24}
    assert [w.numbers["times"] for w in live(staff.wangs_pharmacy, "norm")] == [1, 1]
    actions.set_rhythm(terminal=staff.wangs_pharmacy, doors=Doors(per_month=3, minutes=15), by=staff.wang, now=NOW)
    gather(staff)
    often = live(staff.wangs_pharmacy, "norm")
    assert [(w.numbers["times"], w.numbers["least"], w.minutes) for w in often] == [(3, 5, 15), (3, 5, 15)]
    actions.set_rhythm(terminal=staff.wangs_pharmacy, doors=Doors(per_month=0), by=staff.wang, now=NOW)
    gather(staff)
    assert live(staff.wangs_pharmacy, "norm") == []


def test_every_room_wishes_and_twice_changes_nothing(staff):
    hospital, pharmacy = staff.wangs_hospital, staff.wangs_pharmacy
    silent(pharmacy, last=date(2026, 8, 10), usual=14, alarm=date(2026, 9, 8))
    Settlement.objects.create(terminal=hospital, handin_day=25, set_by=staff.wang, set_at=NOW)
    receivables.post_invoice(
        terminal=hospital, number="26420000000000000001", invoice_date=date(2026, 10, 1), due_date=date(2026, 12, 30),
        total_fen=5_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    Licence.objects.create(
        terminal=hospital, kind="medical", number="PDY-1", valid_to=date(2026, 12, 10), recorded_at=NOW
    )
    first = gather(staff)
    again = gather(staff)
    assert again == {"begun": 0, "ended": 0, "kept": first["begun"]}
    # The night says it is past its alarm since September: it is wished for this month.
    lapsed = live(pharmacy, "lapse")[0]
    assert (lapsed.numbers, lapsed.first_on, lapsed.last_on) == (
        {"last": "2026-08-10", "usual": 14},
        THIS,
        date(2026, 11, 30),
    )
    handin = live(hospital, "reconcile")
    assert [(w.first_on, w.last_on) for w in handin] == [
        (date(2026, 11, 20), date(2026, 11, 25)),
        (date(2026, 12, 22), date(2026, 12, 25)),
    ]
    assert live(hospital, "licence")[0].last_on == date(2026, 12, 10)
    assert Wish.objects.filter(role="medical").exclude(purpose="academic").count() == 0
    # The reason is gone: it is paid, and the wish ends by itself.
    receivables.receive_payment(
        terminal=hospital, number="SK-1", received_on=TODAY, fen=5_000_00, how="oldest", by=staff.qian, now=NOW
    )
    gather(staff)
    assert live(hospital, "reconcile") == []
    assert Wish.objects.filter(source="reconcile", ended_why="gone").count() == 2


def test_a_wish_met_by_a_visit_ends_and_a_closed_terminal_wants_nothing(staff):
    hospital = staff.wangs_hospital
    Licence.objects.create(
        terminal=hospital, kind="medical", number="PDY-1", valid_to=date(2026, 12, 10), recorded_at=NOW
    )
    gather(staff)
    assert live(hospital, "licence")
    Visit.objects.create(
        terminal=hospital, person=staff.wang, role="representative", purposes=["licence"], day=TODAY, arrived_at=NOW,
        heard_at=NOW, how="typed",
    )  # fmt: skip
    gather(staff)
    assert live(hospital, "licence") == []
    Closure.objects.create(terminal=hospital, reason="注销", closed_by=staff.wang, closed_at=NOW)
    gather(staff)
    assert live(hospital) == []


def test_the_next_month_takes_the_place_of_the_last(staff):
    gather(staff)
    later = NOW + timedelta(days=10)
    counts = gather(staff, later)
    assert counts["ended"] == counts["begun"] > 0
    assert Wish.objects.filter(ended_why="past").count() == counts["ended"]


def given(terminal, **more):
    usual = {
        "terminal": terminal.pk, "key": "flows:1:9", "source": "sell_through", "says": "流向里的新终端", "purpose": "display",
        "weight": 40, "first_on": TODAY, "last_on": TODAY + timedelta(days=20), "minutes": 30,
    }  # fmt: skip
    return rules.WishGiven(**(usual | more))


def test_other_rooms_wish_by_the_same_action(staff):
    hospital = staff.wangs_hospital
    wish = actions.wish_for(terminal=hospital, given=given(hospital), by=staff.system, now=NOW)
    assert actions.wish_for(terminal=hospital, given=given(hospital), by=staff.system, now=NOW).pk == wish.pk
    heavier = actions.wish_for(terminal=hospital, given=given(hospital, weight=90), by=staff.system, now=NOW)
    assert (live(hospital), Wish.objects.get(pk=wish.pk).ended_why) == ([heavier], "changed")
    # The morning leaves it alone.
    gather(staff)
    assert heavier in live(hospital)
    actions.withdraw_wish(wish=heavier.pk, by=staff.wang, now=NOW)
    assert heavier not in live(hospital)


@pytest.mark.parametrize("purpose", ["order", "reconcile", "collect"])
def test_nobody_wishes_an_mr_to_come_for_money(staff, purpose):
    hospital = staff.wangs_hospital
    with pytest.raises(rules.WishNotForMedical):
        actions.wish_for(
            terminal=hospital, given=given(hospital, role="medical", purpose=purpose), by=staff.system, now=NOW
        )
    with pytest.raises(rules.WishNotForMedical):
        actions.wish_by_hand(
            terminal=hospital, purpose=purpose, says="来收款", first_on=TODAY, last_on=TODAY, by=staff.zhou, now=NOW
        )


def test_an_mr_sees_only_what_is_wished_of_an_mr(staff):
    gather(staff)
    seen, count = wishes.list_wishes(staff.zhou)
    assert count == 2
    assert {row.role for row in seen} == {"medical"}
    assert {row.terminal_id for row in wishes.list_wishes(staff.sun)[0]} == {staff.suns_clinic.pk}


def test_by_hand_for_ones_own_terminals_only(staff):
    asked = {"purpose": "complaint", "says": "投诉包装破损", "first_on": TODAY, "last_on": TODAY + timedelta(days=5)}
    wish = actions.wish_by_hand(terminal=staff.wangs_hospital, **asked, by=staff.wang, now=NOW)
    assert (wish.source, wish.weight, wish.role) == ("by_hand", 50, "")
    with pytest.raises((NotFound, NotAllowed)):
        actions.wish_by_hand(terminal=staff.wangs_hospital, **asked, by=staff.sun, now=NOW)
    with pytest.raises(rules.BadWish):
        actions.withdraw_wish(wish=_gathered(staff).pk, by=staff.wang, now=NOW)


def test_an_mr_does_not_withdraw_what_sales_wished(staff):
    wish = actions.wish_by_hand(
        terminal=staff.wangs_hospital,
        purpose="order",
        says="谈订单",
        first_on=TODAY,
        last_on=TODAY,
        by=staff.wang,
        now=NOW,
    )
    with pytest.raises(NotFound):
        actions.withdraw_wish(wish=wish.pk, by=staff.zhou, now=NOW)


def _gathered(staff):
    gather(staff)
    return live(staff.wangs_hospital, "norm")[0]


def test_silence_is_wished_about_from_the_day_of_the_alarm_on(staff):
    silent(staff.wangs_pharmacy, last=date(2026, 10, 20), usual=17, alarm=TODAY)
    silent(staff.wangs_hospital, last=date(2026, 10, 20), usual=17, alarm=TODAY + timedelta(days=1))
    gather(staff)
    assert live(staff.wangs_pharmacy, "lapse")
    assert not live(staff.wangs_hospital, "lapse")


def test_a_wish_says_why_with_its_numbers(staff):
    gather(staff)
    wish = live(staff.wangs_hospital, "norm")[0]
    assert rules.words(wish.says, wish.numbers, str) == "B 级，每月 2 次"
    assert rules.words("满 {x", {}, str) == "满 {x"
