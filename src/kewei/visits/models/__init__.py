"""Tables of visits, by topic."""

from kewei.visits.models.plans import (
    Absence,
    Plan,
    Planning,
    PlanState,
    Rhythm,
    Stop,
    Wish,
    WorkPattern,
)
from kewei.visits.models.visits import (
    Checklist,
    Companion,
    Intent,
    Mention,
    Photo,
    Remark,
    Report,
    StockCount,
    Visit,
)

__all__ = [
    "Absence",
    "Checklist",
    "Companion",
    "Intent",
    "Mention",
    "Photo",
    "Plan",
    "PlanState",
    "Planning",
    "Remark",
    "Report",
    "Rhythm",
    "StockCount",
    "Stop",
    "Visit",
    "Wish",
    "WorkPattern",
]
