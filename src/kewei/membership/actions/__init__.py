"""What can be done in membership, one verb each."""

from kewei.membership.actions.benefits import block_benefit, decide_benefit, want_benefit, withdraw_benefit
from kewei.membership.actions.files import (
    import_adjustments,
    import_benefits,
    undo_import_adjustments,
    undo_import_benefits,
)
from kewei.membership.actions.meetings import (
    close_club,
    close_meeting,
    decide_meeting,
    finish_action,
    found_club,
    join_club,
    keep_minutes,
    leave_club,
    note_attendance,
    note_cost,
    propose_meeting,
    raise_cap,
    set_action,
)
from kewei.membership.actions.members import end_enrolment, enrol, review_tiers
from kewei.membership.actions.points import (
    adjust_points,
    earn_month,
    expire,
    issue_coupon,
    reverse_movement,
    use_coupon,
    use_points,
)
from kewei.membership.actions.programmes import (
    decide_programme,
    decide_rules,
    end_programme,
    propose_programme,
    propose_rules,
)
from kewei.membership.actions.services import ask_service, finish_service, tell_stock

__all__ = [
    "adjust_points",
    "ask_service",
    "block_benefit",
    "close_club",
    "close_meeting",
    "decide_benefit",
    "decide_meeting",
    "decide_programme",
    "decide_rules",
    "earn_month",
    "end_enrolment",
    "end_programme",
    "enrol",
    "expire",
    "finish_action",
    "finish_service",
    "found_club",
    "import_adjustments",
    "import_benefits",
    "issue_coupon",
    "join_club",
    "keep_minutes",
    "leave_club",
    "note_attendance",
    "note_cost",
    "propose_meeting",
    "propose_programme",
    "propose_rules",
    "raise_cap",
    "reverse_movement",
    "review_tiers",
    "set_action",
    "tell_stock",
    "undo_import_adjustments",
    "undo_import_benefits",
    "use_coupon",
    "use_points",
    "want_benefit",
    "withdraw_benefit",
]
