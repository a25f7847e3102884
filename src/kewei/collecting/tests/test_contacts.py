"""No unlawful contact is recorded, and every record says what it must (domain 2.11, 4.7; docs/algorithms/contacting.md)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Contact, Reason
from kewei.collecting.queries import contacts, reasons
from kewei.collecting.rules import contacting as rules
from kewei.collecting.rules.cases import CannotCollect
from kewei.collecting.rules.reasons import UnknownReasonCode
from kewei.collecting.rules.words import ForbiddenWords
from kewei.collecting.tests.test_cases import invoice, run
from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables
from kewei.receivables.tests.rules.worked import several, table

NOW, DAY = cast.MORNING, date(2026, 11, 23)
POLICY = rules.read_contact(rules.CONTACT.body)
Made = rules.Made


@pytest.fixture
def staff(db):
    return cast.assemble()


def moment(day=DAY, hour=9, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute)


def plan(channel="phone", day=DAY, hour=9, minute=0, standing="finance", ours=True):
    return rules.Plan(channel, moment(day, hour, minute), standing, ours)


def ahead(days):
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("meant", "history", "refused"),
    [
        (plan(hour=8, minute=29), [], rules.OutsideHours),
        (plan(hour=8, minute=30), [], None),
        (plan(hour=20), [], None),
        (plan(hour=20, minute=1), [], rules.OutsideHours),
        (plan("message", hour=23), [], rules.OutsideHours),
        (plan("visit", hour=6), [], rules.OutsideHours),
        (plan("letter", hour=23), [], None),
        (plan("email", hour=23), [], None),
        # Saturday and a public holiday; a working Sunday (2026-02-14 is a working Saturday) is a working day.
        (plan(day=date(2026, 11, 28)), [], rules.OnDayOff),
        (plan(day=date(2026, 10, 1)), [], rules.OnDayOff),
        (plan(day=date(2026, 2, 14)), [], None),
        (plan("letter", day=date(2026, 10, 1)), [], None),
        (plan(), [Made("phone", DAY)], rules.TooManyToday),
        (plan("email"), [Made("message", DAY)], rules.TooManyToday),
        (plan(), [Made("letter", DAY), Made("statement", DAY)], None),
        (plan(), [Made("phone", ahead(-1)), Made("visit", ahead(-2)), Made("email", ahead(-6))], rules.TooManyThisWeek),
        (plan(), [Made("phone", ahead(-1)), Made("visit", ahead(-2)), Made("email", ahead(-7))], None),
        (plan(), [Made("phone", ahead(-3)), Made("visit", ahead(2)), Made("email", ahead(3))], rules.TooManyThisWeek),
        (plan(ours=False, hour=23), [Made("phone", DAY)], None),
        (plan(standing="relative"), [], rules.PrivatePerson),
        (plan(standing="patient", ours=False), [], rules.PrivatePerson),
        (plan(standing="landlord"), [], rules.UnknownStanding),
        (plan("drone"), [], rules.UnknownChannel),
    ],
)
def test_when_a_customer_may_be_spoken_to(meant, history, refused):
    found = rules.may_contact(meant, history, POLICY)
    assert (found and type(found)) == refused


@pytest.mark.parametrize("case", table("contacting.md", "channel", "at"), ids=lambda case: " ".join(case.values()))
def test_every_line_of_the_page(case):
    made = [Made(channel, date.fromisoformat(f"2026-{on}")) for on, channel in map(str.split, several(case["made"]))]
    meant = rules.Plan(case["channel"], datetime.fromisoformat(f"2026-{case['at']}"), "finance")
    refused = rules.may_contact(meant, made, POLICY)
    assert (refused.code if refused else "") == case["refused"]


def test_the_next_day_is_free_whatever_stands_around_it():
    made = [Made("phone", ahead(n)) for n in (0, 1, 2)]
    assert rules.next_day("phone", DAY, made, POLICY) == ahead(7)
    assert rules.next_day("letter", DAY, made, POLICY) == DAY
    refused = rules.may_contact(plan(), made, POLICY)
    assert refused.numbers["next"] == "2026-11-30"


@pytest.fixture
def owing(staff):
    staff.first = invoice(staff, "A", 31)
    staff.second = invoice(staff, "B", 8, fen=500_00)
    run(staff)
    return staff


def speak(staff, **more):
    given = {
        "terminal": staff.wangs_pharmacy, "items": [staff.first.pk], "channel": "phone", "at": NOW,
        "words": "请求贵店本周五前支付发票 A 的货款 1,000.00 元", "outcome": "promised", "reason": "E2", "effect": "unproved",
        "next_on": DAY + timedelta(days=4), "standing": "finance", "spoke_with": "刘会计", "by": staff.wang, "now": NOW,
    }  # fmt: skip
    return actions.record_contact(**given | more)


def test_a_contact_says_about_what_and_gives_the_reason(owing):
    contact = speak(owing, items=[owing.first.pk, owing.second.pk])
    assert (contact.asked_fen, contact.stage, contact.case.terminal) == (1_500_00, 4, owing.wangs_pharmacy)
    row = contacts.contacts_of(owing.wang, owing.wangs_pharmacy.pk)[0]
    assert (row.numbers, row.corrected, row.made_by) == (("A", "B"), False, "王")
    assert {one.code for one in reasons.reasons_of([owing.first.pk, owing.second.pk]).values()} == {"E2"}
    fact = Fact.objects.get(name="collecting.contact_recorded")
    assert '"asked_fen":150000' in fact.detail.replace(" ", "")
    assert contacts.contacts_of(owing.sun, owing.wangs_pharmacy.pk) == []


def test_a_correction_is_another_record(owing):
    first = speak(owing)
    second = speak(owing, outcome="disputed", reason="B1", corrects=first)
    with pytest.raises(rules.AlreadyCorrected):
        speak(owing, corrects=first)
    rows = contacts.contacts_of(owing.wang, owing.wangs_pharmacy.pk)
    assert [(row.pk, row.corrected) for row in rows] == [(second.pk, False), (first.pk, True)]
    assert Contact.objects.count() == 2


LATE_EVENING = datetime(2026, 11, 20, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"at": LATE_EVENING}, rules.OutsideHours),
        ({"at": SUNDAY, "channel": "visit"}, rules.OnDayOff),
        ({"standing": "relative"}, rules.PrivatePerson),
        ({"words": "请付款，否则后果自负"}, ForbiddenWords),
        ({"words": "请付款，不然把你们曝 光"}, ForbiddenWords),
        ({"at": NOW + timedelta(hours=1)}, rules.ContactAhead),
        ({"items": []}, rules.ContactNeedsItems),
        ({"items": [0]}, NotFound),
        ({"words": "  "}, rules.ContactNeedsWords),
        ({"effect": "arrived"}, rules.EffectNeedsProof),
        ({"effect": "arrived", "words": "谈了谈近况"}, rules.NoDemandSaid),
        ({"outcome": "vanished"}, rules.UnknownOutcome),
        ({"reason": "Z9"}, UnknownReasonCode),
        ({"next_on": DAY - timedelta(days=1)}, rules.NextBeforeContact),
    ],
)
def test_what_is_not_recorded(owing, more, refused):
    with pytest.raises(refused):
        speak(owing, **more)
    assert (Contact.objects.count(), Reason.objects.count()) == (0, 0)


def test_who_may_not_speak(owing):
    with pytest.raises(NotAllowed):
        speak(owing, by=owing.zhou)
    with pytest.raises(CannotCollect):
        speak(owing, made_by=owing.zhou)
    with pytest.raises(rules.SystemCannotSpeak):
        speak(owing, by=owing.system)
    with pytest.raises(NotFound):
        speak(owing, by=owing.sun)
    speak(owing)
    with pytest.raises(rules.TooManyToday):
        speak(owing, by=owing.qian)
    # The customer calls us at night: no rule of ours holds against that.
    speak(owing, ours=False, at=LATE_EVENING)


def test_reasons_keep_their_age_until_the_code_changes(owing):
    note = {"terminal": owing.wangs_pharmacy, "by": owing.wang}
    assert actions.note_reason(items=[owing.first.pk, owing.second.pk], code="A5", now=NOW, **note) == 2
    assert actions.note_reason(items=[owing.first.pk, owing.second.pk], code="A5", now=NOW, **note) == 0
    later = NOW + timedelta(days=31)
    assert actions.note_reason(items=[owing.first.pk], code="A5", owner=owing.qian, now=later, **note) == 1
    assert actions.note_reason(items=[owing.second.pk], code="E2", also=["E1"], now=later, **note) == 1
    first, second = (reasons.reasons_of([one.pk])[one.pk] for one in (owing.first, owing.second))
    assert (first.noted_on, first.owner, first.side, first.due_on) == (DAY, "钱", "ours", date(2026, 12, 29))
    assert (second.noted_on, second.also, second.due_on) == (DAY + timedelta(days=31), ("E1",), None)
    today = DAY + timedelta(days=31)
    board = reasons.board(owing.wang, today, 30)
    assert [(row.code, row.items, row.fen, row.late, row.stale) for row in board.rows] == [
        ("A5", 1, 1_000_00, 0, 1), ("E2", 1, 500_00, 0, 0),
    ]  # fmt: skip
    with pytest.raises(rules.TooManyReasons):
        actions.note_reason(items=[owing.first.pk], code="A5", also=["A5"], now=NOW, **note)
    with pytest.raises(NotFound):
        actions.note_reason(items=[owing.first.pk], code="A5", now=NOW, terminal=owing.wangs_pharmacy, by=owing.sun)


def test_what_has_no_reason_is_listed_until_it_has_or_is_paid(owing):
    assert [row.number for row in reasons.list_missing(owing.wang, DAY)] == ["A", "B"]
    assert (reasons.board(owing.wang, DAY, 30).missing, reasons.board(owing.wang, DAY, 30).missing_fen) == (2, 1_500_00)
    actions.note_reason(terminal=owing.wangs_pharmacy, items=[owing.second.pk], code="G1", by=owing.wang, now=NOW)
    assert [row.number for row in reasons.list_missing(owing.qian, DAY)] == ["A"]
    assert reasons.list_missing(owing.sun, DAY) == []
    receivables.receive_payment(
        terminal=owing.wangs_pharmacy, number="P", received_on=DAY, fen=1_000_00, how="oldest", by=owing.qian, now=NOW
    )
    assert reasons.list_missing(owing.wang, DAY) == []
