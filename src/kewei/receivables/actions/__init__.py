"""What can be done with receivables, one verb each: post, receive, allocate, reverse, import."""

from kewei.receivables.actions.allocations import allocate, allocate_by, reverse_allocation
from kewei.receivables.actions.bills import check_bill_sheet, clear_bill, dishonour_bill
from kewei.receivables.actions.checking import note_check
from kewei.receivables.actions.documents import post_invoice, post_red_letter, receive_payment
from kewei.receivables.actions.imports import import_invoices, import_receipts, import_red_letters
from kewei.receivables.actions.reversals import reverse_entry, reverse_posting
from kewei.receivables.actions.statements import make_statement, sign_back
from kewei.receivables.actions.write_offs import recover_written_off, write_off

__all__ = [
    "allocate",
    "allocate_by",
    "check_bill_sheet",
    "clear_bill",
    "dishonour_bill",
    "import_invoices",
    "import_receipts",
    "import_red_letters",
    "make_statement",
    "note_check",
    "post_invoice",
    "post_red_letter",
    "receive_payment",
    "recover_written_off",
    "reverse_allocation",
    "reverse_entry",
    "reverse_posting",
    "sign_back",
    "write_off",
]
