"""What can be done about overdue money, by topic."""

from kewei.collecting.actions.cases import (
    Counted,
    join_case,
    leave_case,
    look_at,
    run_day,
)
from kewei.collecting.actions.clocks import (
    claim_guarantee,
    end_proceedings,
    record_clock_event,
    take_back_clock_event,
)
from kewei.collecting.actions.contacts import (
    note_reason,
    record_contact,
)
from kewei.collecting.actions.disputes import (
    credit_by_red_letter,
    credit_dispute,
    raise_dispute,
    reject_dispute,
    take_dispute,
    uphold_dispute,
    withdraw_dispute,
)
from kewei.collecting.actions.evidence import (
    add_evidence,
    end_evidence,
    note_pack,
)
from kewei.collecting.actions.exits import (
    decide_exit,
    escalate,
    propose_exit,
)
from kewei.collecting.actions.files import (
    import_promises,
    import_reasons,
    undo_import_promises,
    undo_import_reasons,
)
from kewei.collecting.actions.learning import (
    draw_curves,
    forecast_cash,
    reckon_loss,
    train_prediction,
)
from kewei.collecting.actions.learning_runs import (
    ask_learning,
    begin_learning,
    fail_learning,
    go_on_learning,
)
from kewei.collecting.actions.letters import (
    approve_letter,
    draft_letter,
    draft_letters,
    drop_letter,
    edit_wording,
    note_arrived,
    note_sent,
    renew_letter,
)
from kewei.collecting.actions.offsets import (
    cancel_offset,
    dispose_of_offset,
    draft_agreement,
    opine_on_offset,
    perform_offset,
    propose_offset,
)
from kewei.collecting.actions.ours import (
    drop_our_promise,
    keep_our_promise,
    note_our_promise,
)
from kewei.collecting.actions.promises import (
    cancel_promise,
    judge_promises,
    make_promise,
    reschedule_promise,
)
from kewei.collecting.actions.tasks import (
    close_task,
    note_expense,
    set_task,
    take_back_expense,
)
from kewei.collecting.actions.worklist import (
    rank_worklist,
)
from kewei.collecting.actions.write_offs import post_write_off, recover_write_off

__all__ = [
    "Counted",
    "add_evidence",
    "approve_letter",
    "ask_learning",
    "begin_learning",
    "cancel_offset",
    "cancel_promise",
    "claim_guarantee",
    "close_task",
    "credit_by_red_letter",
    "credit_dispute",
    "decide_exit",
    "dispose_of_offset",
    "draft_agreement",
    "draft_letter",
    "draft_letters",
    "draw_curves",
    "drop_letter",
    "drop_our_promise",
    "edit_wording",
    "end_evidence",
    "end_proceedings",
    "escalate",
    "fail_learning",
    "forecast_cash",
    "go_on_learning",
    "import_promises",
    "import_reasons",
    "join_case",
    "judge_promises",
    "keep_our_promise",
    "leave_case",
    "look_at",
    "make_promise",
    "note_arrived",
    "note_expense",
    "note_our_promise",
    "note_pack",
    "note_reason",
    "note_sent",
    "opine_on_offset",
    "perform_offset",
    "post_write_off",
    "propose_exit",
    "propose_offset",
    "raise_dispute",
    "rank_worklist",
    "reckon_loss",
    "record_clock_event",
    "record_contact",
    "recover_write_off",
    "reject_dispute",
    "renew_letter",
    "reschedule_promise",
    "run_day",
    "set_task",
    "take_back_clock_event",
    "take_back_expense",
    "take_dispute",
    "train_prediction",
    "undo_import_promises",
    "undo_import_reasons",
    "uphold_dispute",
    "withdraw_dispute",
]
