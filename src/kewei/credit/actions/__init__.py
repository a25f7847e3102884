"""What can be done in the credit room."""

from kewei.credit.actions.applications import (
    apply_for_credit,
    escalate_application,
    give_opinion,
    withdraw_application,
)
from kewei.credit.actions.headroom import deliver_reserved, give_back_headroom, lock_headroom, reserve_headroom
from kewei.credit.actions.holds import end_run_out_holds, keep_holds, lift_hold, place_hold
from kewei.credit.actions.limits import end_limit, grant_limit
from kewei.credit.actions.scores import regrade, score_customer, score_many
from kewei.credit.actions.surveys import check_list, hand_in_survey, review_survey, save_survey, start_survey

__all__ = [
    "apply_for_credit",
    "check_list",
    "deliver_reserved",
    "end_limit",
    "escalate_application",
    "end_run_out_holds",
    "give_back_headroom",
    "give_opinion",
    "grant_limit",
    "hand_in_survey",
    "lock_headroom",
    "regrade",
    "keep_holds",
    "lift_hold",
    "lock_headroom",
    "place_hold",
    "reserve_headroom",
    "review_survey",
    "save_survey",
    "score_customer",
    "score_many",
    "start_survey",
    "withdraw_application",
]
