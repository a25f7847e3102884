"""The list of a day: what is on it, in which order, and who sees it; tasks, costs, escalations and exits about it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Exit, Line, Task
from kewei.collecting.queries import exits, tasks, worklist
from kewei.collecting.rules.exits import findings
from kewei.credit.queries import holds
from kewei.kernel.refusals import NotAllowed, NotFound, Refused
from kewei.receivables import actions as receivables
from kewei.terminals.models import Contact, Settlement

TODAY = date(2026, 11, 23)
NOW = cast.MORNING


@pytest.fixture
def staff(db):
    return cast.assemble()


def owe(staff, terminal, number, days, fen, today=TODAY, now=NOW):
    """An invoice so many days past due."""
    due = today - timedelta(days=days)
    return receivables.post_invoice(
        terminal=terminal, number=number, invoice_date=min(due - timedelta(days=60), today), due_date=due, total_fen=fen,
        by=staff.qian, now=now,
    )  # fmt: skip


@pytest.fixture
def book(staff):
    """Wang's hospital is slow and large, his pharmacy late and small, Sun's clinic owes too; the hospital hands in on the 25th."""
    owe(staff, staff.wangs_hospital, "FP-H1", 60, 300_000_00)
    owe(staff, staff.wangs_hospital, "FP-H2", 1_090, 200_000_00)
    owe(staff, staff.wangs_hospital, "FP-H3", -40, 77_000_00)
    owe(staff, staff.wangs_pharmacy, "FP-P1", 35, 80_000_00)
    owe(staff, staff.wangs_pharmacy, "FP-P2", -3, 5_000_00)
    owe(staff, staff.suns_clinic, "FP-C1", 200, 40_000_00)
    Settlement.objects.create(terminal=staff.wangs_hospital, handin_day=25, set_by=staff.wang, set_at=NOW)
    return staff


def rank(staff, day=TODAY, now=NOW):
    return actions.rank_worklist(day=day, by=staff.system, now=now)


def reader(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def code_of(ask) -> str:
    try:
        ask()
    except Refused as no:
        return no.code
    return ""


def test_the_list_is_ranked_by_what_today_is_worth_and_says_why(book):
    made = rank(book)
    rows, count = worklist.list_lines(book.zheng, TODAY)
    assert count == made.customers == 3
    worths = [row.worth_fen for row in rows]
    assert worths == sorted(worths, reverse=True)
    hospital = rows[0]
    assert hospital.terminal_id == book.wangs_hospital.pk
    assert (hospital.overdue_fen, hospital.items, hospital.days) == (500_000_00, 2, 1_090)
    codes = [code for code, _numbers in hospital.why]
    assert codes[:2] == ["limitation", "pay_run"]
    # Nearly over: a paper that keeps the claim, by the role that sends it.
    assert hospital.stake_fen > 0
    assert worklist.policies(TODAY).library[hospital.technique].restarts
    pharmacy = next(row for row in rows if row.terminal_id == book.wangs_pharmacy.pk)
    assert dict(pharmacy.why)["due_soon"]["soon_fen"] == 5_000_00
    assert pharmacy.asked_fen == 85_000_00
    # The same day again is the same list; a paid customer is not on it.
    before = list(Line.objects.order_by("pk").values())
    assert rank(book).pk == made.pk
    assert list(Line.objects.order_by("pk").values()) == before
    receivables.receive_payment(
        terminal=book.suns_clinic, number="SK-1", received_on=TODAY, fen=40_000_00, how="oldest", by=book.qian, now=NOW
    )
    assert rank(book).customers == 2


def test_plain_orders_and_what_the_first_lines_win(book):
    rank(book)
    oldest = worklist.list_lines(book.zheng, TODAY, order="-days")[0]
    assert [row.days for row in oldest] == [1_090, 200, 35]
    largest = worklist.list_lines(book.zheng, TODAY, order="-overdue")[0]
    assert [row.overdue_fen for row in largest] == [500_000_00, 80_000_00, 40_000_00]
    won = worklist.first_lines(book.zheng, TODAY, 2)
    assert won["worth"][0] == max(worth for worth, _fen in won.values())


def test_everybody_sees_only_their_own_and_a_medical_representative_nothing(book):
    rank(book)
    assert {row.terminal_id for row in worklist.list_lines(book.wang, TODAY)[0]} == {
        book.wangs_hospital.pk, book.wangs_pharmacy.pk,
    }  # fmt: skip
    assert worklist.line_of(book.sun, book.wangs_hospital.pk, TODAY) is None
    with pytest.raises(NotFound):
        worklist.judged(book.sun, book.wangs_hospital.pk, TODAY)
    assert worklist.list_lines(book.zhou, TODAY) == ([], 0)
    with pytest.raises(NotAllowed):
        actions.rank_worklist(day=TODAY, by=book.zhou, now=NOW)


def test_disputed_and_promised_money_is_not_asked_for(book):
    late = owe(book, book.wangs_pharmacy, "FP-P3", 20, 10_000_00)
    actions.raise_dispute(
        item=late.pk, reason="B1", fen=4_000_00, words="少两箱", raised_on=TODAY, told_by="店长", by=book.wang, now=NOW
    )
    found = worklist.judged(book.wang, book.wangs_pharmacy.pk, TODAY)
    assert found.weighed.fen == 85_000_00 + 6_000_00
    assert ("disputed", {"disputed_fen": 4_000_00}) in found.why


def test_what_was_done_lately_is_not_proposed_again_and_a_later_task_hides_the_line(book):
    rank(book)
    best = worklist.judged(book.wang, book.wangs_pharmacy.pk, TODAY).best[0]
    later = TODAY + timedelta(days=3)
    task = actions.set_task(
        terminal=book.wangs_pharmacy, technique=best.code, due_on=later, person=book.li, by=book.wang, now=NOW
    )
    assert code_of(
        lambda: actions.set_task(terminal=book.wangs_pharmacy, technique=best.code, due_on=later, by=book.wang, now=NOW)
    ) == "task_exists"  # fmt: skip
    assert book.wangs_pharmacy.pk not in {row.terminal_id for row in worklist.list_lines(book.zheng, TODAY)[0]}
    planned = worklist.list_lines(book.zheng, TODAY, state=worklist.PLANNED)[0]
    assert [(row.terminal_id, row.planned_on) for row in planned] == [(book.wangs_pharmacy.pk, later)]
    assert [row.pk for row in tasks.list_tasks(book.li, TODAY, state=tasks.MINE)[0]] == [task.pk]
    actions.close_task(
        task=task.pk, done=True, outcome="答应周五付", minutes=30, fen=50_00, kind="travel", by=book.li, now=NOW
    )
    assert (
        code_of(lambda: actions.close_task(task=task.pk, done=True, outcome="再", by=book.li, now=NOW)) == "task_closed"
    )
    again = worklist.judged(book.wang, book.wangs_pharmacy.pk, TODAY)
    assert best.code not in {row.code for row, _worth in again.choices}
    cost = tasks.costs_of([book.wangs_pharmacy.pk], TODAY)[book.wangs_pharmacy.pk]
    assert (cost.outlay_fen, cost.minutes, cost.time_fen, cost.total_fen) == (50_00, 30, 40_00, 90_00)


def test_a_task_goes_only_to_who_may_do_it(book):
    given = {"terminal": book.wangs_hospital, "due_on": TODAY, "by": book.li, "now": NOW}
    for person in (book.zhou, book.wang, book.chu):
        assert (
            code_of(lambda who=person: actions.set_task(technique="court", person=who, **given))
            == "not_their_technique"
        )
    assert actions.set_task(technique="court", person=book.he, **given).role == "legal"
    # An executive visit is a task of its own.
    visit = actions.set_task(technique="executive_visit", person=book.zheng, note="董事长拜访", **given)
    assert (
        code_of(lambda: actions.close_task(task=visit, done=True, outcome="见了", by=book.wang, now=NOW))
        == "not_their_technique"
    )
    actions.close_task(task=visit, done=True, outcome="院长答应下周付", by=book.zheng, now=NOW)
    for wrong in (
        {"due_on": TODAY - timedelta(days=1)},
        {"due_on": TODAY + timedelta(days=400)},
        {"technique": "pester"},
    ):
        assert code_of(lambda more=wrong: actions.set_task(**{**given, "technique": "visit", **more}))
    with pytest.raises(NotAllowed):
        actions.set_task(**{**given, "by": book.zhou, "technique": "visit"})


def test_costs_are_taken_back_not_changed(book):
    spent = actions.note_expense(
        terminal=book.wangs_pharmacy, kind="lawyer", fen=2_000_00, minutes=0, on=TODAY, by=book.zhao, now=NOW
    )
    actions.take_back_expense(expense=spent.pk, why="重复登记", by=book.zhao, now=NOW)
    assert (
        code_of(lambda: actions.take_back_expense(expense=spent.pk, why="再", by=book.zhao, now=NOW))
        == "expense_taken_back"
    )
    rows, count, cost = tasks.list_expenses(book.zhao, TODAY)
    assert (count, cost.outlay_fen) == (2, 0)
    assert [row.fen for row in rows] == [-2_000_00, 2_000_00]
    for wrong in ({"kind": "gift"}, {"fen": 0}, {"fen": -1}, {"minutes": 1_441}, {"on": TODAY + timedelta(days=1)}):
        given = {"kind": "travel", "fen": 1_00, "minutes": 0, "on": TODAY} | wrong
        assert code_of(
            lambda more=given: actions.note_expense(terminal=book.wangs_pharmacy, by=book.zhao, now=NOW, **more)
        )


def test_a_debt_is_taken_up_rung_by_rung(book):
    owe(book, book.wangs_pharmacy, "FP-P9", 70, 1_000_00)
    rise = lambda rung, side="customer", **more: actions.escalate(  # noqa: E731
        **{"terminal": book.wangs_pharmacy, "side": side, "rung": rung, "whom": "财务部长", "why": "失约", "by": book.li,
           "now": NOW} | more
    )  # fmt: skip
    assert code_of(lambda: rise("in_charge")) == "rung_skipped"
    assert code_of(lambda: rise("supervisor")) == "no_supervisor"
    assert code_of(lambda: rise("moon")) == "unknown_rung"
    assert code_of(lambda: rise("finance_head", whom=" ")) == "escalation_needs_words"
    sight = exits.sight_of(book.wangs_pharmacy.pk, TODAY)
    assert exits.next_rungs(sight, TODAY)["customer"].code == "finance_head"
    rise("finance_head")
    rise("in_charge")
    rise("manager", "house")
    assert [row.rung for row in exits.escalations_of(book.wang, book.wangs_pharmacy.pk)] == [
        "manager",
        "in_charge",
        "finance_head",
    ]
    assert exits.next_rungs(sight, TODAY)["customer"].code == "head"
    # Limitation is near: nobody waits for the rungs between.
    rise("head", terminal=book.wangs_hospital)
    with pytest.raises(NotAllowed):
        rise("head", by=book.wang)


def test_an_exit_is_proposed_by_one_and_decided_by_another(book):
    pk = book.suns_clinic.pk
    ask = lambda **more: actions.propose_exit(  # noqa: E731
        **{"terminal": book.suns_clinic, "steps": ["stop", "write_off", "off_ledger"], "write_off_fen": 40_000_00,
           "limitation_checked": True, "why": "店主失联", "by": book.feng, "now": NOW} | more
    )  # fmt: skip
    assert code_of(lambda: ask(limitation_checked=False)) == "exit_blocked"
    assert code_of(lambda: ask(write_off_fen=40_000_01)) == "write_off_beyond_overdue"
    assert code_of(lambda: ask(steps=[])) == "no_steps"
    assert code_of(lambda: ask(steps=["vanish"])) == "unknown_step"
    assert code_of(lambda: ask(steps=["stop"])) == "exit_blocked"
    assert code_of(lambda: ask(why=" ")) == "exit_needs_words"
    with pytest.raises(NotAllowed):
        ask(by=book.wang)
    made = ask()
    assert [(level, code) for level, code, _numbers in made.findings][:1] == [("warn", "still_enforceable")]
    assert code_of(ask) == "exit_open"
    decide = lambda by, agree=True, why="": actions.decide_exit(decision=made.pk, agree=agree, why=why, by=by, now=NOW)  # noqa: E731
    assert code_of(lambda: decide(book.feng)) == "own_exit"
    assert code_of(lambda: decide(book.tao, agree=False)) == "exit_needs_words"
    with pytest.raises(NotAllowed):
        decide(book.zhao)
    decide(book.zheng)
    assert Exit.objects.get(pk=made.pk).agreed is True
    assert [one.reason for one in holds.live_holds([pk])[pk]] == ["legal"]
    assert set(Task.objects.filter(terminal=pk).values_list("technique", flat=True)) == {"complete_evidence", "say_it"}
    assert code_of(lambda: decide(book.tao)) == "exit_decided"
    # The claim goes on: it is still owed, and still on the list.
    assert worklist.judged(book.sun, pk, TODAY).sight.overdue_fen == 40_000_00


def test_weak_evidence_is_said_before_one_sues_or_writes_off_and_asks_to_complete_it(book):
    day = TODAY
    sight = exits.sight_of(book.wangs_hospital.pk, day)
    assert "thin" in sight.has
    asked = exits.proposal_of(sight, ["sue"], 0, True, day)
    # A fully digital number, a delivery or a signature would add to it; nothing of this invoice is proved.
    assert asked.evidence < exits.exit_policy(day).value.evidence_least
    codes = {one.code for one in findings(asked, exits.exit_policy(day).value)}
    assert "evidence_thin" in codes
    judged = worklist.judged(book.zheng, book.wangs_hospital.pk, day)
    assert "complete_evidence" in {row.code for row, _worth in judged.choices}
    assert judged.basis == "published"
    rank(book)
    assert {row.basis for row in worklist.list_lines(book.zheng, day)[0]} == {"published"}


def test_a_large_write_off_needs_the_director(book):
    owe(book, book.suns_clinic, "FP-C9", 400, 900_000_00)
    made = actions.propose_exit(
        terminal=book.suns_clinic, steps=["write_off"], write_off_fen=900_000_00, limitation_checked=True, why="破产",
        by=book.zhao, now=NOW,
    )  # fmt: skip
    for person in (book.feng, book.tao):
        assert code_of(lambda who=person: actions.decide_exit(decision=made, agree=True, why="", by=who, now=NOW)) == (
            "write_off_beyond_authority"
        )
    actions.decide_exit(decision=made, agree=True, why="", by=book.zheng, now=NOW)


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def today_book(staff):
    """The same by the clock of the pages."""
    day, now = timezone.localdate(), timezone.now()
    for place, days in enumerate((3, 40, 200)):
        owe(staff, staff.wangs_pharmacy, f"FP-T{place}", days, 60_000_00, day, now)
    owe(staff, staff.wangs_hospital, "FP-T9", 45, 90_000_00, day, now)
    Contact.objects.create(
        terminal=staff.wangs_pharmacy,
        name="财务何",
        duty="finance",
        work_phone="027-1",
        added_by=staff.wang,
        added_at=now,
    )
    rank(staff, day, now)
    return staff


def test_the_list_is_a_page_useful_when_empty_and_of_constant_cost(staff):
    client = reader(staff.zhao)
    empty = client.get(reverse("collecting:worklist"))
    assert "今天没有要催的" in empty.content.decode()
    day, now = timezone.localdate(), timezone.now()

    def count() -> int:
        rank(staff, day, now)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("collecting:worklist")).status_code == 200
        return len(asked)

    owe(staff, staff.wangs_pharmacy, "FP-1", 20, 10_000_00, day, now)
    count()
    few = count()
    made = [cast.open_terminal(f"T9{n:03}", f"大药房{n}", "pharmacy", staff.wang, staff.hubei) for n in range(12)]
    for n, one in enumerate(made):
        owe(staff, one, f"FP-9{n}", 20 + n, 10_000_00 + n, day, now)
    assert count() <= few


def test_the_pages_of_one_customer(today_book):
    staff, pharmacy = today_book, today_book.wangs_pharmacy
    client = reader(staff.zhao)
    page = client.get(reverse("collecting:worklist"))
    told = page.content.decode()
    assert "按最老" in told
    assert pharmacy.name in told
    act = client.get(reverse("collecting:act", args=[pharmacy.pk]))
    text = act.content.decode()
    assert "财务何" in text
    assert "180,000.00" in text
    code = act.context["choices"][1]["code"]
    assert client.get(reverse("collecting:act", args=[pharmacy.pk]), {"do": code}).context["chosen"]["code"] == code
    day = timezone.localdate()
    given = {"technique": code, "person": str(staff.zhao.pk), "due_on": str(day), "note": "上午", "form_key": "a" * 32}
    first = client.post(reverse("collecting:plan", args=[pharmacy.pk]), given)
    assert first.status_code == 302
    assert client.post(reverse("collecting:plan", args=[pharmacy.pk]), given).status_code == 302  # pressed twice
    task = Task.objects.get(terminal=pharmacy)
    again = client.post(reverse("collecting:plan", args=[pharmacy.pk]), given | {"form_key": "b" * 32})
    assert again.status_code == 422
    many = client.post(reverse("collecting:plan_many"), {"id": [str(staff.wangs_hospital.pk)]})
    assert staff.wangs_hospital.name in many.content.decode()
    assert client.get(reverse("collecting:task", args=[task.pk])).status_code == 200
    closing = {
        "done": "yes",
        "outcome": "答应付",
        "minutes": "5",
        "amount": "12.50",
        "kind": "travel",
        "form_key": "c" * 32,
    }
    assert client.post(reverse("collecting:close_task", args=[task.pk]), closing).status_code == 302
    costs = client.get(reverse("collecting:costs")).content.decode()
    assert "12.50" in costs
    rising = {"rung": "customer.finance_head", "whom": "财务科长", "why": "失约", "form_key": "d" * 32}
    assert client.post(reverse("collecting:escalate", args=[pharmacy.pk]), rising).status_code == 302
    assert client.post(reverse("collecting:rank")).status_code == 302


def test_an_exit_by_page(today_book):
    staff, pharmacy = today_book, today_book.wangs_pharmacy
    client = reader(staff.zhao)
    address = reverse("collecting:propose_exit", args=[pharmacy.pk])
    assert "仍可强制执行" in client.get(address).content.decode()
    asked = {"steps": ["write_off"], "amount": "1000", "why": "账外追", "form_key": "a" * 32}
    assert client.post(address, asked).status_code == 422
    assert client.post(address, asked | {"checked": "on", "form_key": "b" * 32}).status_code == 302
    made = Exit.objects.get()
    assert made.write_off_fen == 1_000_00
    assert client.post(reverse("collecting:decide_exit", args=[made.pk]), {"agree": "yes"}).status_code == 403
    boss = reader(staff.feng)
    assert "仍可强制执行" in boss.get(reverse("collecting:exit", args=[made.pk])).content.decode()
    deciding = {"agree": "yes", "why": "同意", "form_key": "c" * 32}
    assert boss.post(reverse("collecting:decide_exit", args=[made.pk]), deciding).status_code == 302
    assert "已同意" in boss.get(reverse("collecting:exits")).content.decode()


def test_a_customer_without_debts_has_a_page_too(staff):
    page = reader(staff.wang).get(reverse("collecting:act", args=[staff.wangs_hospital.pk]))
    assert "没有逾期" in page.content.decode()
