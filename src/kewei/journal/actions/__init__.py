"""The frame every action runs in, what follows facts and the clock, and notes of what was read or taken out."""

from kewei.journal.actions.attachments import keep_attachment
from kewei.journal.actions.following import catch_up, drop_set_aside, follow_next, retry_set_aside, set_aside
from kewei.journal.actions.frame import action, once, record
from kewei.journal.actions.intake import forget_layout, remember_layout, take_in, undo_intake
from kewei.journal.actions.notes import note_export, note_read
from kewei.journal.actions.policies import decide_policy, propose_policy
from kewei.journal.actions.turns import finish_turn, run_due, take_turn

__all__ = [
    "action",
    "catch_up",
    "decide_policy",
    "drop_set_aside",
    "finish_turn",
    "follow_next",
    "forget_layout",
    "keep_attachment",
    "note_export",
    "note_read",
    "once",
    "propose_policy",
    "record",
    "remember_layout",
    "retry_set_aside",
    "run_due",
    "set_aside",
    "take_in",
    "take_turn",
    "undo_intake",
]
