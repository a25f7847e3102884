"""The demo's debts: two months of collecting by the cast's own hands; letters, promises, disputes in every state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from kewei.collecting import actions as collecting
from kewei.collecting import jobs
from kewei.collecting.actions.promises import Said
from kewei.collecting.models import Case, Letter
from kewei.collecting.rules.promises import Part
from kewei.config.demo.trust import try_to
from kewei.journal import actions as journal
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item
from kewei.terminals.models import Terminal

# Days before today on which the morning's run is made again; between them nobody looked, and the next run catches up.
RUNS = (-56, -42, -28, -21, -14, -7, -3, 0)
_CAST = ("wang", "chen", "sun", "li", "zhao", "feng", "tao", "qian", "chu", "he")
# A page that says nothing: what a signed paper would be in service.
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def fill(*, ids: list[int], today: date) -> None:
    """Everything about overdue money, up to this morning."""
    who = {login: person for login in _CAST if (person := people.person_by_login(login))}
    forgotten = _an_old_claim(ids, who, today)
    for days in RUNS:
        jobs.run_day(now=_at(today, days, 5))
        _send(who, today, days, forgotten)
        if days in (-28, -14):
            _promise(who, today, days)
        if days == -21:
            _dispute(who, today)
    jobs.judge_promises(now=_at(today, 0, 6))
    _speak(who, today)
    _decide(who, today)
    jobs.rank_worklist(now=_at(today, 0, 6))


def _at(today: date, days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))


def _an_old_claim(ids: list[int], who: dict[str, Person], today: date) -> int:
    """An invoice of before our books, unpaid, 20 days before nobody can enforce it any more; whose it is."""
    due = today.replace(year=today.year - 3) + timedelta(days=20)
    terminal = Terminal.objects.filter(pk__in=ids, owner=who["wang"], kind="clinic").order_by("pk").first()
    terminal = terminal or Terminal.objects.get(pk=ids[0])
    receivables.post_invoice(
        terminal=terminal, number=f"{due:%y}4220007{1:011d}",
        invoice_date=due - timedelta(days=60), due_date=due, total_fen=36_500_00, by=who["qian"], now=_at(today, -57, 9),
    )  # fmt: skip
    return terminal.pk


def _send(who: dict[str, Person], today: date, days: int, forgotten: int) -> None:
    """Most of what the ladder drafted is sealed and sent; most of it arrives, some comes back, one customer is forgotten."""
    now, on = _at(today, days, 11), today + timedelta(days=days)
    proof = journal.keep_attachment(
        filename="妥投回执.pdf", content=_PAPER, verb="collecting.letter", by=who["zhao"], now=now
    )
    for letter in Letter.objects.filter(state__in=("draft", "ready")).order_by("pk"):
        if letter.pk % 5 == 4 or letter.terminal_id == forgotten:
            continue  # waits for somebody
        if letter.state == "draft":
            try_to(collecting.approve_letter, letter=letter, by=who["he"], now=now)
        posted = {"channel": "ems", "carrier": "EMS", "waybill": f"EX{letter.pk:09}CN"}
        given = posted if letter.kind in ("demand", "final", "lawyer") else {"channel": "email"}
        sent = try_to(collecting.note_sent, letter=letter, on=on, by=who["zhao"], now=now, **given)
        if sent is not None and letter.pk % 7 and given["channel"] == "ems" and days < 0:
            collecting.note_arrived(
                letter=sent, arrived=letter.pk % 11 != 3, on=on + timedelta(days=2), signer="收发室", signer_role="mailroom",
                proof=proof, by=who["zhao"], now=_at(today, min(0, days + 2), 16),
            )  # fmt: skip


def _owing(kinds: tuple[str, ...], day: date, skip: int, step: int) -> list[tuple[Any, list[Item]]]:
    """Some customers with an open case, and what each owes that is due, oldest first."""
    found = []
    cases = Case.objects.filter(closed_on=None, terminal__kind__in=kinds).select_related("terminal").order_by("pk")
    for case in cases[skip::step]:
        items = Item.objects.filter(
            terminal=case.terminal, side=1, open_fen__gt=0, live=True, due_date__lte=timezone.now()
        )
        if rows := list(items.order_by("due_date", "pk")[:3]):
            found.append((case.terminal, rows))
    return found


def _promise(who: dict[str, Person], today: date, days: int) -> None:
    """Single promises and instalment plans; some of the money comes, some does not."""
    made, now = today + timedelta(days=days), _at(today, days, 15)
    said = Said("刘会计", "财务科长", authority="finance", form="written", method="transfer")
    for n, (terminal, items) in enumerate(_owing(("pharmacy", "chain_hq", "clinic"), made, -days % 4, 4)[:9]):
        owed = sum(item.open_fen for item in items)
        parts = [Part(made + timedelta(days=10), owed)]
        if n % 3 == 1:
            third = owed // 3
            parts = [Part(made + timedelta(days=9 + 21 * k), third if k else owed - 2 * third) for k in range(3)]
        promise = try_to(
            collecting.make_promise, terminal=terminal, items=[item.pk for item in items], parts=parts, said=said, made_on=made,
            by=terminal.owner or who["wang"], now=now,
        )  # fmt: skip
        if promise is not None and n % 3 != 2:
            paid = parts[0].due_on - timedelta(days=1)
            receivables.receive_payment(
                terminal=terminal, number=f"CN{made:%m%d}{n:03}", received_on=paid, fen=parts[0].fen, how="oldest",
                by=who["qian"], now=timezone.make_aware(datetime.combine(paid, time(14))),
            )  # fmt: skip


def _dispute(who: dict[str, Person], today: date) -> None:
    """Short delivery, price, damage: each in another state."""
    now, on = _at(today, -20, 10), today - timedelta(days=20)
    reasons = cycle((("B1", "少两箱，签收单已注明"), ("C1", "单价与挂网价不符"), ("B2", "外箱破损三件")))
    for n, (_terminal, items) in enumerate(_owing(("public_hospital", "primary_care", "pharmacy"), on, 3, 5)[:8]):
        reason, words = next(reasons)
        made = try_to(
            collecting.raise_dispute, item=items[0].pk, reason=reason, fen=max(100, items[0].open_fen // 8), words=words,
            raised_on=on, told_by="药库", by=who["zhao"], now=now,
        )  # fmt: skip
        if made is None or n % 4 == 0:
            continue
        made = collecting.take_dispute(dispute=made, responsible=who["chu"], by=who["zhao"], now=_at(today, -19, 10))
        if n % 4 == 2:
            collecting.uphold_dispute(
                dispute=made, fen=made.fen, words="属实，开红字", by=who["zhao"], now=_at(today, -15, 10)
            )
        if n % 4 == 3:
            collecting.reject_dispute(
                dispute=made, words="签收单齐全，数量相符", by=who["zhao"], now=_at(today, -15, 11)
            )


def _speak(who: dict[str, Person], today: date) -> None:
    """Calls and visits of the last days, each with the reason it found; some invoices are still without one."""
    said = cycle(
        (
            ("请求支付已到期货款", "promised", "E2"),
            ("请求支付已到期货款", "disputed", "A1"),
            ("请求核对余额并支付", "passed_on", "E5"),
            ("请求支付已到期货款", "promised", "F1"),
        )
    )
    for n, (terminal, items) in enumerate(
        _owing(("pharmacy", "clinic", "public_hospital", "distributor"), today, 0, 3)[:36]
    ):
        words, outcome, reason = next(said)
        try_to(
            collecting.record_contact, terminal=terminal, items=[item.pk for item in items], channel="visit" if n % 4 else "phone",
            at=_at(today, -6 + n % 5, 10), words=words, outcome=outcome, reason=reason, effect="unproved",
            next_on=today + timedelta(days=n % 6), standing="finance", spoke_with="刘会计", post="财务科长",
            by=terminal.owner or who["wang"], now=_at(today, -6 + n % 5, 11),
        )  # fmt: skip


def _decide(who: dict[str, Person], today: date) -> None:
    """The worst debts go up the customer's house and ours; one is given up as a customer, not as a claim."""
    now = _at(today, -1, 10)
    worst = (
        Case.objects.filter(closed_on=None, stage__gte=6).select_related("terminal").order_by("-overdue_fen", "pk")[:6]
    )
    for n, case in enumerate(worst):
        try_to(
            collecting.escalate, terminal=case.terminal, side="customer", rung="finance_head", whom="财务科长",
            why="经办人两次未按期答复", by=who["zhao"], now=now,
        )  # fmt: skip
        try_to(
            collecting.set_task, terminal=case.terminal, technique="executive_visit", due_on=today + timedelta(days=3 + n),
            person=who["feng"], note="带对账单与签收单", by=who["feng"], now=now,
        )  # fmt: skip
        if n in (2, 3):
            proposed = try_to(
                collecting.propose_exit, terminal=case.terminal, steps=["stop", "sue"], write_off_fen=0, limitation_checked=True,
                why="三次函件无回应，证据齐全", by=who["zhao"], now=now,
            )  # fmt: skip
            if proposed is not None and n == 2:
                try_to(
                    collecting.decide_exit,
                    decision=proposed,
                    agree=True,
                    why="同意",
                    by=who["tao"],
                    now=_at(today, 0, 9),
                )
