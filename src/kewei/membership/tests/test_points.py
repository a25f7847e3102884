"""Programmes, members, their ledger: earned by a month's money, used only on a document, ended, reversed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.membership import actions
from kewei.membership.models import Enrolment, Lot, Movement, Posting
from kewei.membership.queries import findings, ledger, members, programmes
from kewei.membership.rules import conduct, earning
from kewei.membership.rules import programmes as rules
from kewei.membership.rules.ledger import AlreadyReversed, ExpiryStands, LotUsed, NotEnough
from kewei.membership.tests import joining
from kewei.membership.tests.joining import NOW, TODAY
from kewei.receivables import actions as receivables
from kewei.receivables.models import Entry, Item

OCTOBER = date(2026, 10, 1)


def at(year, month, day):
    return datetime(year, month, day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def member(staff):
    return joining.member(staff)


def again(member):
    return Enrolment.objects.get(pk=member.pk)


def earn(staff, member, month=OCTOBER, now=NOW):
    return actions.earn_month(programme=member.programme_id, month=month, by=staff.qian, now=now)


def test_a_month_settled_again_asks_no_more_for_many_members_than_for_one(staff, member, django_assert_num_queries):
    earn(staff, member)
    with CaptureQueriesContext(connection) as few:
        earn(staff, member)
    for n in range(3):
        other = cast.open_terminal(f"M{n}", f"药房{n}", "pharmacy", staff.wang, staff.hubei)
        Enrolment.objects.create(
            programme=member.programme,
            terminal=other,
            since=date(2026, 9, 1),
            tier="basic",
            enrolled_by=staff.li,
            enrolled_at=NOW,
        )
    with django_assert_num_queries(len(few)):
        earn(staff, member)


def owe(staff, member, fen=10_000_00, number="26420000000000000001"):
    return receivables.post_invoice(
        terminal=member.terminal, number=number, invoice_date=TODAY, due_date=TODAY + timedelta(30), total_fen=fen,
        by=staff.qian, now=NOW,
    )  # fmt: skip


# --- programmes and members -------------------------------------------------------------------------------------------


def test_a_programme_begins_when_somebody_else_approves_it(staff):
    made = joining.programme(staff, approved=False)
    with pytest.raises(rules.WrongState):
        actions.enrol(programme=made.pk, terminal=joining.pharmacy(staff), by=staff.li, now=NOW)
    for who in (staff.li, staff.wang, staff.qian):
        with pytest.raises(NotAllowed):
            actions.decide_programme(programme=made.pk, agree=True, by=who, now=NOW)
    own = joining.programme(staff, approved=False, code="Z2")
    own.proposed_by = staff.zheng
    own.save()
    with pytest.raises(rules.OwnProposal):
        actions.decide_programme(programme=own.pk, agree=True, by=staff.zheng, now=NOW)
    with pytest.raises(rules.WhyMissing):
        actions.decide_programme(programme=made.pk, agree=False, by=staff.he, now=NOW)
    actions.decide_programme(programme=made.pk, agree=True, by=staff.he, now=NOW)
    with pytest.raises(rules.WrongState):
        actions.decide_programme(programme=made.pk, agree=True, by=staff.he, now=NOW)
    assert [row.state for row in programmes.states_of(made)] == ["approved", "proposed"]
    assert programmes.in_force(made, TODAY).number == 1


def test_a_programme_says_what_for_on_which_ground_and_for_how_much(staff):
    for change in (
        {"purpose": " "},
        {"ground": ""},
        {"budget_fen": 0},
        {"until": date(2025, 1, 1)},
        {"kinds": ["moon"]},
    ):
        with pytest.raises(rules.BadProgramme):
            joining.programme(staff, approved=False, **change)
    joining.programme(staff)
    with pytest.raises(rules.CodeTaken):
        joining.programme(staff)


def test_a_member_is_a_verified_institution_of_the_segment(staff):
    made = joining.programme(staff)
    with pytest.raises(rules.NotAnInstitution):
        actions.enrol(programme=made.pk, terminal=staff.wangs_pharmacy, by=staff.li, now=NOW)
    joining.verify(staff.wangs_pharmacy, "91420100MA4KWY7Q3", "business")
    with pytest.raises(rules.PapersMissing):
        actions.enrol(programme=made.pk, terminal=staff.wangs_pharmacy, by=staff.li, now=NOW)
    joining.verify(staff.wangs_hospital, "12420800420900001", "medical")
    with pytest.raises(rules.OutsideSegment):
        actions.enrol(programme=made.pk, terminal=staff.wangs_hospital, by=staff.li, now=NOW)
    with pytest.raises(NotAllowed):
        actions.enrol(programme=made.pk, terminal=staff.wangs_pharmacy, by=staff.wang, now=NOW)
    joined = joining.member(staff, made)
    assert joined.basis["percent"] >= 50
    with pytest.raises(rules.MemberAlready):
        joining.member(staff, made)
    with pytest.raises(NotFound):
        members.enrolment_for(staff.sun, joined.pk)


def test_new_rules_count_from_their_day_once_approved(staff, member):
    body = joining.rules(point_fen=80)
    with pytest.raises(rules.BadProgramme):
        actions.propose_rules(
            programme=member.programme_id, body=body, since=date(2026, 1, 1), source="x", by=staff.li, now=NOW
        )
    version = actions.propose_rules(
        programme=member.programme_id, body=body, since=date(2026, 12, 1), source="董事会 12 号", by=staff.li, now=NOW
    )
    kept = member.programme
    assert programmes.in_force(kept, date(2026, 12, 2)).rules.point_fen == 50
    actions.decide_rules(version=version.pk, agree=True, by=staff.tao, now=NOW)
    assert programmes.in_force(kept, date(2026, 12, 2)).rules.point_fen == 80
    assert programmes.in_force(kept, TODAY).rules.point_fen == 50
    with pytest.raises(rules.DecidedAlready):
        actions.decide_rules(version=version.pk, agree=True, by=staff.he, now=NOW)


# --- earning ----------------------------------------------------------------------------------------------------------


def test_a_month_is_earned_once_and_what_went_back_takes_points_back(staff, member):
    joining.bought(member.terminal, date(2026, 10, 5), 12_345_00)
    joining.bought(
        member.terminal, date(2026, 10, 6), 5_000_00, source="flow"
    )  # through a distributor: not ours to discount
    assert earn(staff, member) == {"members": 1, "earned": 123, "taken_back": 0, "short": 0}
    assert earn(staff, member)["members"] == 0
    lot = Lot.objects.get()
    assert (lot.amount, lot.earned_on, lot.expires_on) == (123, date(2026, 10, 31), date(2027, 10, 31))
    joining.bought(member.terminal, date(2026, 10, 20), -2_345_00)
    assert earn(staff, member)["taken_back"] == 23
    assert again(member).points == 100
    assert list(findings()) == []


def test_what_was_used_before_the_return_waits_to_be_taken_back(staff, member):
    joining.bought(member.terminal, date(2026, 10, 5), 10_000_00)
    earn(staff, member)
    actions.issue_coupon(enrolment=member.pk, points=90, by=staff.qian, now=NOW)
    joining.bought(member.terminal, date(2026, 10, 20), -5_000_00)
    assert earn(staff, member) == {"members": 1, "earned": 0, "taken_back": 10, "short": 40}
    assert again(member).points == 0
    joining.give(staff, member, 100)
    assert earn(staff, member)["taken_back"] == 40
    assert again(member).points == 60
    assert list(findings()) == []


def test_a_month_that_is_not_over_is_not_earned(staff, member):
    with pytest.raises(earning.MonthNotOver):
        earn(staff, member, date(2026, 11, 1))


def test_points_may_be_earned_by_paying(staff):
    member = joining.member(staff, rules=joining.rules(base="receipts"))
    receivables.receive_payment(
        terminal=member.terminal, number="SK1", received_on=date(2026, 10, 9), fen=30_000_00, by=staff.qian, now=NOW
    )
    wrong = receivables.receive_payment(
        terminal=member.terminal, number="SK2", received_on=date(2026, 10, 9), fen=9_000_00, by=staff.qian, now=NOW
    )
    receivables.reverse_entry(entry=wrong, on=date(2026, 10, 10), reason="记错", by=staff.qian, now=NOW)
    assert earn(staff, member)["earned"] == 300


def test_large_gifts_need_who_approves_and_fit_the_budget(staff, member):
    with pytest.raises(earning.AdjustTooLarge):
        joining.give(staff, member, 10_001)
    with pytest.raises(rules.OverBudget):
        actions.adjust_points(enrolment=member.pk, points=2_000_000, why="x", by=staff.zheng, now=NOW)
    actions.adjust_points(enrolment=member.pk, points=10_001, why="补记去年", by=staff.zheng, now=NOW)
    with pytest.raises(rules.WhyMissing):
        actions.adjust_points(enrolment=member.pk, points=1, why=" ", by=staff.qian, now=NOW)
    with pytest.raises(NotEnough):
        joining.give(staff, member, -10_002)


# --- using ------------------------------------------------------------------------------------------------------------


def test_a_coupon_becomes_a_red_letter_note_on_an_invoice(staff, member):
    joining.give(staff, member, 1_000)
    coupon = actions.issue_coupon(enrolment=member.pk, points=600, by=staff.qian, now=NOW)
    assert (coupon.amount, coupon.expires_on) == (300_00, date(2027, 2, 28))
    invoice = owe(staff, member)
    used = actions.use_coupon(
        coupon=coupon.pk, fen=200_00, channel="red_letter", number="HZ1", on=TODAY, invoice=invoice, by=staff.qian,
        now=NOW,
    )  # fmt: skip
    assert Item.objects.get(pk=invoice.pk).open_fen == 9_800_00
    assert used.document.kind == "red_letter"
    row = again(member)
    assert (row.points, row.fen) == (400, 100_00)
    with pytest.raises(NotEnough):
        actions.use_coupon(
            coupon=coupon.pk, fen=100_01, channel="red_letter", number="HZ2", on=TODAY, invoice=invoice, by=staff.qian,
            now=NOW,
        )  # fmt: skip
    assert list(findings()) == []


def test_or_the_discount_line_of_a_new_invoice(staff, member):
    joining.give(staff, member, 1_000)
    given = {"enrolment": member.pk, "points": 200, "channel": "invoice", "number": "FP9", "on": TODAY}
    with pytest.raises(earning.InvoiceDetails):
        actions.use_points(**given, gross_fen=500_00, by=staff.qian, now=NOW)
    with pytest.raises(earning.DiscountTooLarge):
        actions.use_points(**given, gross_fen=100_00, due_date=TODAY, by=staff.qian, now=NOW)
    used = actions.use_points(**given, gross_fen=500_00, due_date=TODAY, by=staff.qian, now=NOW)
    assert used.document.total_fen == 400_00
    assert used.document.invoice_detail.fields["discount_fen"] == 100_00
    assert again(member).points == 800


@pytest.mark.parametrize("channel", ["cash", "transfer", "in_kind", "", "card"])
def test_no_other_way_leads_out_of_the_ledger(staff, member, channel):
    joining.give(staff, member, 100)
    before = Movement.objects.count(), Entry.objects.count()
    with pytest.raises(conduct.OffTheBooks):
        actions.use_points(
            enrolment=member.pk, points=100, channel=channel, number="X1", on=TODAY, by=staff.qian, now=NOW
        )
    assert (Movement.objects.count(), Entry.objects.count()) == before


def test_a_use_is_reversed_with_its_document(staff, member):
    joining.give(staff, member, 100)
    invoice = owe(staff, member)
    used = actions.use_points(
        enrolment=member.pk, points=100, channel="red_letter", number="HZ1", on=TODAY, invoice=invoice, by=staff.qian,
        now=NOW,
    )  # fmt: skip
    issued = Movement.objects.get(kind="issue")
    with pytest.raises(LotUsed):
        actions.reverse_movement(movement=issued.pk, why="记错", by=staff.qian, now=NOW)
    back = actions.reverse_movement(movement=used.pk, why="开错", by=staff.qian, now=NOW)
    assert Item.objects.get(pk=invoice.pk).open_fen == 10_000_00
    assert (again(member).points, again(member).fen) == (0, 50_00)
    for wrong in (used, back):
        with pytest.raises(AlreadyReversed):
            actions.reverse_movement(movement=wrong.pk, why="又", by=staff.qian, now=NOW)
    actions.reverse_movement(movement=issued.pk, why="记错", by=staff.qian, now=NOW)
    assert (again(member).points, again(member).fen) == (100, 0)
    assert list(findings()) == []


# --- ending -----------------------------------------------------------------------------------------------------------


def test_what_is_not_used_ends_and_what_ends_first_is_used_first(staff, member):
    joining.bought(member.terminal, date(2026, 9, 5), 5_000_00)
    joining.bought(member.terminal, date(2026, 10, 5), 10_000_00)
    earn(staff, member)
    earn(staff, member, date(2026, 9, 1))
    actions.issue_coupon(enrolment=member.pk, points=20, by=staff.qian, now=NOW)
    assert list(Lot.objects.filter(unit="points").order_by("expires_on").values_list("left", flat=True)) == [30, 100]
    later = at(2027, 10, 1)
    assert ledger.with_ended_lots(date(2027, 10, 1)) == [member.pk]
    assert actions.expire(enrolments=[member.pk], by=staff.system, now=later) == 2  # September's points, and the coupon
    assert (again(member).points, again(member).fen) == (100, 0)
    over = Movement.objects.filter(kind="expire").first()
    with pytest.raises(ExpiryStands):
        actions.reverse_movement(movement=over.pk, why="舍不得", by=staff.qian, now=later)
    assert list(findings()) == []


def test_whoever_leaves_leaves_nothing_owed(staff, member):
    joining.give(staff, member, 100)
    actions.end_enrolment(enrolment=member.pk, why="停业", by=staff.li, now=NOW)
    row = again(member)
    assert (row.points, row.fen, row.ended_why) == (0, 0, "停业")
    with pytest.raises(rules.MemberNoMore):
        joining.give(staff, member, 1)
    actions.end_programme(programme=member.programme_id, why="到期", by=staff.li, now=NOW)
    assert list(findings()) == []


# --- tiers ------------------------------------------------------------------------------------------------------------


def test_tiers_are_previewed_and_reviewed_by_rule(staff, member):
    joining.bought(member.terminal, date(2026, 3, 1), 250_000_00)
    lines, _version = members.tier_preview(staff.li, member.programme, TODAY)
    assert [(one.judged.before.code, one.judged.after.code) for one in lines] == [("basic", "silver")]
    assert again(member).tier == "basic"
    told = actions.review_tiers(programme=member.programme_id, by=staff.system, now=NOW)
    assert told == {"up": 1, "down": 0, "same": 0}
    assert again(member).tier == "silver"
    move = members.tier_moves(member)[0]
    assert (move.way, move.numbers["basis_fen"]) == ("up", 250_000_00)
    with pytest.raises(NotAllowed):
        actions.review_tiers(programme=member.programme_id, by=staff.li, now=NOW)
    joining.bought(member.terminal, date(2026, 10, 5), 10_000_00)
    assert earn(staff, member)["earned"] == 120  # silver: 1.2 times


# --- statement, liability, the database -------------------------------------------------------------------------------


def test_statement_and_liability_say_the_same(staff, member):
    joining.bought(member.terminal, date(2026, 10, 5), 12_345_00)
    earn(staff, member)
    coupon = actions.issue_coupon(enrolment=member.pk, points=23, by=staff.qian, now=NOW)
    told = ledger.statement(staff.wang, again(member), date(2026, 11, 1), TODAY)
    assert (told.opening_points, told.closing_points, told.closing_fen) == (123, 100, 11_50)
    assert [(one.kind, one.points, one.fen) for one in told.moves] == [("issue", -23, 11_50)]
    owed = ledger.liability(staff.tao, member.programme, programmes.in_force(member.programme, TODAY).rules)
    assert (owed.points, owed.coupon_fen, owed.fen) == (100, coupon.amount, 100 * 50 + 11_50)
    assert sum(one.points for one in owed.members) == sum(one.points for one in owed.months) == owed.points
    assert sum(amount for (_account, unit), amount in owed.accounts.items() if unit == "points") == 0
    assert ledger.liability(staff.sun, member.programme, programmes.in_force(member.programme, TODAY).rules).points == 0


def test_the_database_holds_the_last_line(staff, member):
    joining.give(staff, member, 10)
    for attempt in (
        lambda: Lot.objects.update(left=-1),
        lambda: Lot.objects.update(left=11),
        lambda: Enrolment.objects.update(points=-1),
        lambda: Posting.objects.update(amount=5),
        lambda: Movement.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_what_is_not_as_it_must_be_is_found(staff, member):
    joining.give(staff, member, 10)
    Lot.objects.update(left=9)
    assert {one.code for one in findings()} == {"membership_lot_differs", "membership_balance_differs"}


def test_every_movement_is_told(staff, member):
    joining.give(staff, member, 10)
    assert Fact.objects.filter(name="membership.points_adjusted", terminal=member.terminal_id).count() == 1
