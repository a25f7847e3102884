"""Sale lines: who bought what, when, how much. They have no number of their own; a line is known by all it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kewei.desk.intake.findings import Bench, Judged, Record
from kewei.desk.intake.world import World
from kewei.kernel.refusals import Refused
from kewei.products import queries as products
from kewei.sales import actions as sales_actions
from kewei.sales import queries as sales
from kewei.sales import rules
from kewei.terminals.rules import UnknownCustomer


def judge_sales(world: World, records: Iterator[Record], bench: Bench) -> Judged:
    """Lines to post; a line of a document that is there already, word for word, is counted and skipped."""
    texts: dict[str, str] = {}
    drafts = [_draft(line, values, texts) for line, values in records]
    ids = world.terminals({draft[1] for draft in drafts})
    codes = products.by_codes(world.person, {draft[2] for draft in drafts if draft[2]})
    known = sales.known_lines({draft[3].document for draft in drafts if draft[3].document})
    for line, customer, product, draft, amount in drafts:
        if customer not in ids:
            bench.fault(line, "customer_code", customer, UnknownCustomer(text=customer))
            continue
        try:
            fen = rules.amount_of(draft.quantity_milli, draft.unit_price_fen, amount)
        except Refused as why:
            bench.fault(line, "amount", amount, why)
            continue
        row = draft._replace(terminal_id=ids[customer], product_id=codes.get(product), fen=fen)
        if known.get(row, 0):
            known[row] -= 1
            bench.found.same += 1
        else:
            _take(bench.found, row)
    return bench.found


def take_sales(world: World, judged: Judged, **given: Any) -> dict[str, Any]:
    """Post the lines."""
    sales_actions.import_sales(rows=world.resolved(judged.fresh), **given)
    return {}


def undo_sales(part: dict[str, Any], *, intake: Any, by: Any, now: Any, progress: Any) -> None:
    """Take the lines back by lines of the opposite sign."""
    if part["new"]:
        sales_actions.reverse_sales(intake=intake, by=by, now=now)


def _draft(line: int, values: dict[str, Any], texts: dict[str, str]) -> tuple[int, str, str, rules.SaleRow, int | None]:
    """(row, customer, product, line still without keys, amount given); one text for what is said again and again."""

    def once(text: str | None) -> str:
        return texts.setdefault(text, text) if text else ""

    product = once(values["product_code"])
    draft = rules.SaleRow(
        0,
        None,
        once(values["product_text"]) or product,
        values["day"],
        values["quantity"],
        values["unit_price"],
        0,
        once(values["document"]),
    )
    return line, once(values["customer_code"]), product, draft, values["amount"]


def _take(found: Judged, row: rules.SaleRow) -> None:
    found.fresh.append(row)
    found.new += 1
    found.total_fen = (found.total_fen or 0) + row.fen
