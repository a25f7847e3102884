"""What is decided about visits, by topic; every policy of the room."""

from typing import Any

from kewei.kernel.policies import Policy
from kewei.visits.rules import wishes
from kewei.visits.rules.checklist import CHECKLIST
from kewei.visits.rules.reporting import REPORT

POLICIES: tuple[Policy[Any], ...] = (
    CHECKLIST,
    REPORT,
    *wishes.POLICIES,
)
