"""What importing a file of reasons or promises would do, and the rows that go out: reads only, in sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting.queries import cases, clocks, disputes, promises
from kewei.collecting.queries.reasons import list_reasons, reasons_of
from kewei.collecting.rules.files import NoOpenInvoice, PromiseDraft, ReasonDraft, ReasonTwice, text_of
from kewei.collecting.rules.promises import ORAL, AlreadyPromised, Part, check_authority, check_promise
from kewei.journal import queries_policies
from kewei.kernel.refusals import Refused
from kewei.orders.rules.files import FilePlan
from kewei.people.models import Person
from kewei.receivables.queries import known_documents
from kewei.receivables.rules import tidy_number
from kewei.receivables.rules.rows import KnownDocument
from kewei.terminals import queries as terminals
from kewei.terminals.queries.importing import by_codes

SPEAK, PROMISE, ESCALATE, EXPORT = (
    "collecting.contact",
    "collecting.promise",
    "collecting.escalate",
    "collecting.export",
)
Rows = Iterable[tuple[int, Mapping[str, Any]]]


def plan_reasons(person: Person, rows: Rows) -> FilePlan:
    """Reasons to note: new ones, those that take another's place, those the house has just so; and faults by row and column."""
    plan = FilePlan()
    drafts: dict[int, ReasonDraft] = {}
    for number, values, terminal, invoice in _invoices(person, SPEAK, rows, plan):
        if invoice.entry_id in drafts:
            first = drafts[invoice.entry_id].row
            plan.faults.append((number, "invoice", ReasonTwice(number=invoice.number, first_row=first)))
            continue
        drafts[invoice.entry_id] = ReasonDraft(
            number, terminal, invoice.entry_id, text_of(values, "code"), values.get("due_on"), text_of(values, "note")
        )
    live = reasons_of(drafts)
    for item, draft in drafts.items():
        held = live.get(item)
        if held is None:
            plan.new += 1
        elif held.code == draft.code and draft.due_on in (None, held.due_on) and draft.note in ("", held.note):
            plan.same += 1
            continue
        else:
            plan.changed += 1
        plan.drafts.append(draft)
    return plan


def plan_promises(person: Person, rows: Rows, today: date) -> FilePlan:
    """Promises to record, rows of one invoice being instalments of one; those that stand just so are counted."""
    plan = FilePlan()
    drafts: dict[int, PromiseDraft] = {}
    found: dict[int, KnownDocument] = {}
    for number, values, terminal, invoice in _invoices(person, PROMISE, rows, plan):
        found[invoice.entry_id] = invoice
        draft = drafts.setdefault(
            invoice.entry_id,
            PromiseDraft(
                number, terminal, invoice.entry_id, text_of(values, "promiser"), text_of(values, "job"),
                values.get("made_on") or today, text_of(values, "note"),
            ),
        )  # fmt: skip
        draft.parts.append(Part(values["due_on"], values["amount"]))
    held = promises.parts_by_item(list(drafts))
    policy = queries_policies.in_force(promises.PROMISES, today).value
    for item, draft in drafts.items():
        draft.parts.sort(key=lambda part: part.due_on)
        invoice = found[item]
        if item in held and held[item] == tuple(draft.parts):
            plan.same += 1
            continue
        try:
            if item in held:
                raise AlreadyPromised(number=invoice.number)
            check_promise(draft.parts, invoice.open_fen, draft.made_on, today, draft.promiser, ORAL, False)
            check_authority(draft.parts[-1].due_on, today, 0, person.may(ESCALATE), policy)
        except Refused as why:
            plan.faults.append((draft.row, _COLUMNS.get(why.code, "invoice"), why))
            continue
        plan.new += 1
        plan.drafts.append(draft)
    return plan


_COLUMNS = {
    "promise_made_later": "made_on", "promiser_missing": "promiser", "promise_amount_missing": "amount",
    "promise_days_wrong": "due_on", "promise_above_open": "amount", "plan_needs_manager": "due_on",
}  # fmt: skip


def _invoices(
    person: Person, verb: str, rows: Rows, plan: FilePlan
) -> Iterator[tuple[int, Mapping[str, Any], int, KnownDocument]]:
    """Rows with the customer and the open invoice each names; where there is none, a fault of the plan."""
    numbered = list(rows)
    mine = by_codes(person, {values["customer_code"] for _, values in numbered}, verb)
    known = {
        (one.terminal_id, tidy_number(one.number)): one
        for one in known_documents("invoice", {values["invoice"] for _, values in numbered})
    }
    for number, values in numbered:
        terminal = mine.get(values["customer_code"])
        invoice = None if terminal is None else known.get((terminal, tidy_number(values["invoice"])))
        if terminal is None or invoice is None or invoice.open_fen <= 0:
            why = NoOpenInvoice(customer_code=values["customer_code"], number=values["invoice"])
            plan.faults.append((number, "customer_code" if terminal is None else "invoice", why))
        else:
            yield number, values, terminal, invoice


def export_reasons(person: Person) -> Iterator[dict[str, Any]]:
    """Every overdue invoice that has a reason, by column name."""
    person.must(EXPORT)
    for row in list_reasons(person, localdate(), limit=None)[0]:
        yield {
            "customer_code": row.terminal_code, "invoice": row.number, "code": row.code, "due_on": row.due_on,
            "note": row.note,
        }  # fmt: skip


def export_promises(person: Person) -> Iterator[dict[str, Any]]:
    """Promises that stand, a row for each instalment of those about one invoice, by column name."""
    person.must(EXPORT)
    rows, _count, _fen = promises.list_promises(person, localdate(), limit=None)
    alone = promises.only_invoices([row.pk for row in rows])
    for row in rows:
        for part in row.parts if row.pk in alone else ():
            yield {
                "customer_code": row.terminal_code, "invoice": alone[row.pk], "amount": part.fen, "due_on": part.due_on,
                "promiser": row.promiser, "job": row.job, "made_on": row.made_on, "note": row.note,
            }  # fmt: skip


def export_cases(person: Person, customer: str = "") -> Iterator[dict[str, Any]]:
    """Open cases, the largest first, by column name; of one customer (its code) where one is named."""
    person.must(EXPORT)
    for row in cases.list_cases(person, terminal=_customer(person, customer), limit=None)[0]:
        yield _who(row) | {
            "stage": f"ST{row.stage}", "stage_on": row.stage_on, "overdue": row.overdue_fen, "items": row.items,
            "oldest_due": row.oldest_due, "owner": row.owner, "decided_by": row.decided_by, "opened_on": row.opened_on,
        }  # fmt: skip


def export_disputes(person: Person, customer: str = "") -> Iterator[dict[str, Any]]:
    """Disputes that are not settled, what must be answered first in front, by column name."""
    person.must(EXPORT)
    rows = disputes.list_disputes(person, localdate(), terminal=_customer(person, customer), limit=None)[0]
    for row in rows:
        yield _who(row) | {
            "invoice": row.number, "code": row.reason, "amount": row.fen, "words": row.words, "raised_on": row.raised_on,
            "answer_by": row.answer_by, "state": row.state,
        }  # fmt: skip


def export_clocks(person: Person, customer: str = "") -> Iterator[dict[str, Any]]:
    """Open invoices whose limitation ends within a year, has ended, or does not run; nearest first, by column name."""
    person.must(EXPORT)
    found = clocks.running_out(person, localdate(), terminal=_customer(person, customer))
    names = terminals.named({one.item.terminal_id for one in found})
    for one in found:
        code, name = names[one.item.terminal_id]
        yield {
            "customer_code": code, "customer": name, "invoice": one.item.number, "open": one.item.open_fen,
            "due_date": one.item.due_date, "last_day": one.last_day, "hoped_day": one.hoped_day,
            "set_by": one.set_by.kind if one.set_by else "",
        }  # fmt: skip


def _customer(person: Person, code: str) -> int | None:
    return terminals.terminal_named(person, code).pk if code else None


def _who(row: Any) -> dict[str, Any]:
    return {"customer_code": row.terminal_code, "customer": row.terminal_name}
