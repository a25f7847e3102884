"""What can be done in the credit room."""

from kewei.credit.actions.applications import (
    apply_for_credit,
    escalate_application,
    give_opinion,
    withdraw_application,
)
from kewei.credit.actions.conduct import note_conduct
from kewei.credit.actions.headroom import deliver_reserved, give_back_headroom, lock_headroom, reserve_headroom
from kewei.credit.actions.holds import end_run_out_holds, follow_stages, keep_holds, lift_hold, place_hold
from kewei.credit.actions.limits import end_limit, grant_limit
from kewei.credit.actions.runs import ask_preview, ask_regrade, fail_run, go_on
from kewei.credit.actions.scores import regrade, score_customer, score_many
from kewei.credit.actions.securities import end_security, keep_security_paper, record_security
from kewei.credit.actions.surveys import check_list, hand_in_survey, review_survey, save_survey, start_survey
from kewei.credit.actions.watching import close_finding, keep_findings, note_finding

__all__ = [
    "apply_for_credit",
    "ask_preview",
    "ask_regrade",
    "check_list",
    "close_finding",
    "deliver_reserved",
    "end_limit",
    "end_run_out_holds",
    "end_security",
    "escalate_application",
    "fail_run",
    "follow_stages",
    "give_back_headroom",
    "give_opinion",
    "go_on",
    "grant_limit",
    "hand_in_survey",
    "keep_findings",
    "keep_holds",
    "keep_security_paper",
    "lift_hold",
    "lock_headroom",
    "note_conduct",
    "note_finding",
    "place_hold",
    "record_security",
    "regrade",
    "reserve_headroom",
    "review_survey",
    "save_survey",
    "score_customer",
    "score_many",
    "start_survey",
    "withdraw_application",
]
