"""Signs are found every night and closed with what came of them (docs/algorithms/watching.md)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.credit import actions, jobs
from kewei.credit.models import Finding
from kewei.credit.queries import conduct, holds, scores, watching
from kewei.credit.rules import watching as rules
from kewei.credit.rules.conduct import Record, UnknownConduct
from kewei.credit.rules.watching import Sight
from kewei.kernel.refusals import NotAllowed, NotFound, in_chinese
from kewei.receivables import actions as receivables

NOW, DAY = cast.MORNING, date(2026, 11, 23)
POLICY = rules.WATCH.read(rules.WATCH.body)


@pytest.fixture
def staff(db):
    return cast.assemble()


def kinds(sight):
    return [sign.kind for sign in rules.signs(sight, DAY, POLICY)]


def ago(days):
    return DAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("sight", "seen"),
    [
        (Sight(), []),
        (Sight(exposure_fen=899, limit_fen=1000, limit_until=date(2027, 6, 1)), []),
        (Sight(exposure_fen=900, limit_fen=1000, limit_until=date(2027, 6, 1)), ["near_limit"]),
        (Sight(limit_fen=1000, limit_until=date(2026, 12, 23)), ["limit_ending"]),
        (Sight(limit_fen=1000, limit_until=date(2026, 12, 24)), []),
        (Sight(exposure_fen=1, limit_fen=1000, limit_until=ago(1)), ["limit_ended"]),
        (Sight(limit_fen=1000, limit_until=ago(1)), []),
        (Sight(overdue_fen=1_000_000), ["overdue_growing"]),
        (Sight(overdue_fen=999_999), []),
        (Sight(overdue_fen=12_000_000, overdue_before_fen=10_000_000), ["overdue_growing"]),
        (Sight(overdue_fen=11_999_999, overdue_before_fen=10_000_000), []),
        (Sight(invoice_days=(ago(100), ago(85), ago(70), ago(55))), ["rhythm"]),
        (Sight(invoice_days=(ago(74), ago(59), ago(44), ago(29))), []),
        (Sight(invoice_days=(ago(100), ago(85), ago(70))), []),
        (Sight(dishonoured=(2, 500)), ["bill_default"]),
        (Sight(papers=(("paper_ending", "medical", "X1", 30),)), ["licence_ending"]),
        (Sight(papers=(("paper_ending", "medical", "X1", 31),)), []),
        (Sight(papers=(("paper_expired", "medical", "X1", 0),)), ["licence_lost"]),
        (Sight(guarantees=((7, 30, date(2026, 12, 10), 100),)), ["guarantee_ending"]),
    ],
)
def test_what_is_a_sign(sight, seen):
    assert kinds(sight) == seen


def test_every_sign_has_its_sentence():
    sight = Sight(
        exposure_fen=950_00, limit_fen=1000_00, limit_until=date(2026, 12, 1), overdue_fen=20_000_00,
        invoice_days=(ago(100), ago(85), ago(70), ago(55)), dishonoured=(2, 500_00),
        papers=(("paper_ending", "medical", "X1", 3), ("paper_expired", "business", "Y2", 0)),
        guarantees=((7, 30, date(2026, 12, 10), 100_00),),
        conduct=Record(broken=2, broken_on=ago(20), open_disputes=1, disputed_fen=20_000_00),
    )  # fmt: skip
    told = {sign.kind: rules.sentence(sign.kind, sign.detail, in_chinese) for sign in rules.signs(sight, DAY, POLICY)}
    assert told["near_limit"] == "占用 950.00 元，额度 1,000.00 元，已用 95%"
    assert told["rhythm"] == "已 55 天没有开票，平常约 15 天一次"
    assert not any("{" in words for words in told.values())
    assert set(told) == set(rules.BY_RULE) - {"limit_ended"}


def night(now=NOW):
    jobs.keep_findings(now=now)
    return list(Finding.objects.filter(closed_at=None).order_by("pk").values_list("kind", flat=True))


@pytest.mark.django_db
def test_the_night_opens_and_closes_and_does_not_nag(staff):
    actions.grant_limit(
        terminal=staff.wangs_hospital, fen=1_000_00, term_days=60, since=DAY, until=date(2027, 5, 1), application=None,
        by=staff.feng, now=NOW,
    )  # fmt: skip
    assert night() == []
    receivables.post_invoice(
        terminal=staff.wangs_hospital, number="FP1", invoice_date=date(2026, 11, 1), due_date=date(2026, 12, 1),
        total_fen=950_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    assert night() == ["near_limit"]
    assert night() == ["near_limit"]
    receivables.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=DAY, fen=100_00, how="oldest", by=staff.qian, now=NOW
    )
    assert night() == []
    assert Finding.objects.get().outcome == "sign_gone"
    receivables.post_invoice(
        terminal=staff.wangs_hospital, number="FP2", invoice_date=date(2026, 11, 1), due_date=date(2026, 12, 1),
        total_fen=100_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    assert night() == ["near_limit"]
    finding = Finding.objects.get(closed_at=None)
    actions.close_finding(finding=finding, outcome="已约定下周回款", by=staff.zhao, now=NOW)
    assert night() == []


@pytest.mark.django_db
def test_a_person_tells_what_changed_and_what_came_of_it(staff):
    given = {"terminal": staff.wangs_hospital, "by": staff.zhao, "now": NOW}
    finding = actions.note_finding(kind="registry", note="法定代表人变更", grave=True, **given)
    for no, more in (
        (rules.SignAlreadyOpen, {"kind": "registry", "note": "法定代表人变更"}),
        (rules.SignNeedsWords, {"kind": "registry", "note": " "}),
        (rules.UnknownSign, {"kind": "near_limit", "note": "x"}),
    ):
        with pytest.raises(no):
            actions.note_finding(**more, **given)
    assert night() == ["registry"]
    with pytest.raises(rules.OutcomeMissing):
        actions.close_finding(finding=finding, outcome="", by=staff.zhao, now=NOW)
    actions.close_finding(finding=finding, outcome="已重新调查", by=staff.zhao, now=NOW)
    with pytest.raises(rules.FindingClosed):
        actions.close_finding(finding=finding, outcome="再", by=staff.zhao, now=NOW)
    assert watching.list_findings(staff.wang, state="closed")[1] == 1
    assert watching.list_findings(staff.sun, state="")[1] == 0
    with pytest.raises(NotFound):
        watching.finding_for(staff.sun, finding.pk)
    for person in (staff.zhou, staff.wang, staff.qian):
        with pytest.raises(NotAllowed):
            actions.note_finding(terminal=staff.wangs_hospital, kind="other", note="x", by=person, now=NOW)


CONDUCT = [
    # kind, subject, days ago -> what the watch list and the hold see
    ("promise_broken", "p1", 40),
    ("promise_broken", "p2", 20),
    ("dispute_raised", "d1", 10),
    ("dispute_valid", "d2", 5),
]


def test_promises_and_disputes_are_seen_not_typed(staff):
    """What the collecting room tells becomes signs, a hold, and parts of the score; a kept promise ends them."""
    pk, today = staff.wangs_hospital.pk, date(2026, 11, 23)

    def note(kind, subject, days, fen=2_000_000):
        actions.note_conduct(
            terminal_id=pk, kind=kind, subject=subject, on=today - timedelta(days=days), fen=fen,
            verb="collecting.promise", by=staff.wang, now=cast.MORNING,
        )  # fmt: skip

    for one in CONDUCT:
        note(*one)
    seen = conduct.records([pk], today)[pk]
    assert (seen.due, seen.broken, seen.in_row, seen.disputes, seen.valid, seen.disputed_fen) == (
        2,
        2,
        2,
        1,
        1,
        2_000_000,
    )
    policy = rules.WATCH.read(rules.WATCH.body)
    assert pk in watching.watched(today)
    told = rules.signs(watching.sights([pk], today, policy, {})[pk], today, policy)
    assert {sign.kind for sign in told} >= {"promise", "dispute"}
    assert holds.troubles([pk], today)[pk].broken_in_row == 2
    case = scores.gather([pk], today, scores.book_on(today))[pk].case
    assert (case.promises_due, case.promises_broken, case.disputes, case.disputes_valid) == (2, 2, 1, 1)
    # Point in time: what was noted later was not known yesterday.
    assert conduct.records([pk], today - timedelta(days=1)) == {}
    note("promise_kept", "p2", 20)
    note("dispute_withdrawn", "d1", 0)
    seen = conduct.records([pk], today)[pk]
    assert (seen.kept, seen.broken, seen.in_row, seen.open_disputes) == (1, 1, 0, 0)
    with pytest.raises(UnknownConduct):
        note("smiled", "p3", 0)
