"""Questions about receivables. The first argument is always the person who asks; what they may not see is not there."""

from kewei.receivables.queries.ageing import AXES, BY, ageing
from kewei.receivables.queries.bills import BillRow, bill_of, bill_row, dishonoured_and_owed, list_bills
from kewei.receivables.queries.checks import findings
from kewei.receivables.queries.documents import entry
from kewei.receivables.queries.due import due_between, waiting
from kewei.receivables.queries.items import (
    contracts,
    documents,
    every_open_item,
    figures,
    find_documents,
    known_documents,
    open_fen_of,
    open_items,
    open_items_of,
    unmatched,
)
from kewei.receivables.queries.kpis import billing_and_collections, kpis
from kewei.receivables.queries.matching import proposals
from kewei.receivables.queries.payments import (
    ItemFacts,
    invoices_due_since,
    is_receipt_of,
    items_by_key,
    money_for,
    money_not_applied,
    noted_on,
    number_of,
    original_of,
    owed_and_due_by,
    owed_by,
    receipts_by,
    red_letters_on,
    unapplied_receipts,
)
from kewei.receivables.queries.scope import seen_among
from kewei.receivables.queries.statements import statement, statements

__all__ = [
    "AXES",
    "BY",
    "BillRow",
    "ItemFacts",
    "ageing",
    "bill_of",
    "bill_row",
    "billing_and_collections",
    "contracts",
    "dishonoured_and_owed",
    "documents",
    "due_between",
    "entry",
    "every_open_item",
    "figures",
    "find_documents",
    "findings",
    "invoices_due_since",
    "is_receipt_of",
    "items_by_key",
    "known_documents",
    "kpis",
    "list_bills",
    "money_for",
    "money_not_applied",
    "noted_on",
    "number_of",
    "open_fen_of",
    "open_items",
    "open_items_of",
    "original_of",
    "owed_and_due_by",
    "owed_by",
    "proposals",
    "receipts_by",
    "red_letters_on",
    "seen_among",
    "statement",
    "statements",
    "unapplied_receipts",
    "unmatched",
    "waiting",
]
