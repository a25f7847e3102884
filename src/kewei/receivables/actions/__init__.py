"""What can be done with receivables, one verb each: post, receive, allocate, reverse, import."""

from kewei.receivables.actions.allocations import allocate, allocate_by, reverse_allocation
from kewei.receivables.actions.documents import post_invoice, post_red_letter, receive_payment
from kewei.receivables.actions.reversals import reverse_entry

__all__ = [
    "allocate",
    "allocate_by",
    "post_invoice",
    "post_red_letter",
    "receive_payment",
    "reverse_allocation",
    "reverse_entry",
]
