"""What is decided about overdue money, by topic; every policy of the room."""

from typing import Any

from kewei.collecting.rules.contacting import CONTACT
from kewei.collecting.rules.escalation import ESCALATION
from kewei.collecting.rules.evidence import EVIDENCE
from kewei.collecting.rules.exits import EXIT
from kewei.collecting.rules.ladder import LADDER
from kewei.collecting.rules.letters import LETTERS
from kewei.collecting.rules.offsets import OFFSETS
from kewei.collecting.rules.promises import PROMISES
from kewei.collecting.rules.reasons import REASONS
from kewei.collecting.rules.recovery import CURVES
from kewei.collecting.rules.rolling import LOSS
from kewei.collecting.rules.techniques import TECHNIQUES
from kewei.collecting.rules.value import VALUE
from kewei.collecting.rules.words import WORDS
from kewei.collecting.rules.write_offs import POLICY as WRITE_OFF
from kewei.kernel.policies import Policy
from kewei.kernel.refusals import N_

POLICIES: tuple[Policy[Any], ...] = (
    CONTACT,
    CURVES,
    ESCALATION,
    EVIDENCE,
    EXIT,
    LADDER,
    LETTERS,
    LOSS,
    OFFSETS,
    PROMISES,
    REASONS,
    TECHNIQUES,
    VALUE,
    WORDS,
    WRITE_OFF,
)

FINDINGS: dict[str, str] = {
    "clock_strength_differs": N_("时效事件的证据效力与其证据不符"),
    "dispute_state_differs": N_("争议的状态与其处理记录不符"),
    "disputed_above_invoice": N_("未了结的争议额超过发票金额"),
    "loss_differs": N_("预期信用损失不能按保存的数重算一致"),
    "promise_items_differ": N_("承诺的发票与承诺的状态不符"),
    "promise_parts_differ": N_("承诺金额与各期之和不符"),
    "promise_state_differs": N_("承诺的状态或到账金额与其记录不符"),
}
