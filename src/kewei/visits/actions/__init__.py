"""What can be done about visits."""

from kewei.visits.actions.planning import ask_planning, fail_planned, keep_planned, note_progress, take_best
from kewei.visits.actions.plans import (
    cancel_stop,
    drop_plan,
    end_absence,
    end_rhythm,
    hand_in,
    move_stop,
    note_absence,
    release_plan,
    send_back_plan,
    set_aim,
    set_rhythm,
    set_stop,
    set_work_pattern,
)
from kewei.visits.actions.wishes import gather_wishes, wish_by_hand, wish_for, withdraw_wish

__all__ = [
    "ask_planning",
    "cancel_stop",
    "drop_plan",
    "end_absence",
    "end_rhythm",
    "fail_planned",
    "gather_wishes",
    "hand_in",
    "keep_planned",
    "move_stop",
    "note_absence",
    "note_progress",
    "release_plan",
    "send_back_plan",
    "set_aim",
    "set_rhythm",
    "set_stop",
    "set_work_pattern",
    "take_best",
    "wish_by_hand",
    "wish_for",
    "withdraw_wish",
]
