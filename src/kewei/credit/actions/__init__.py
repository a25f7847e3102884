"""What can be done in the credit room."""

from kewei.credit.actions.headroom import deliver_reserved, give_back_headroom, lock_headroom, reserve_headroom
from kewei.credit.actions.limits import end_limit, grant_limit
from kewei.credit.actions.scores import regrade, score_customer, score_many

__all__ = [
    "deliver_reserved",
    "end_limit",
    "give_back_headroom",
    "grant_limit",
    "lock_headroom",
    "regrade",
    "reserve_headroom",
    "score_customer",
    "score_many",
]
