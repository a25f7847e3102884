"""Tables of visits, by topic."""

from kewei.visits.models.plans import (
    Absence,
    Plan,
    Planning,
    PlanState,
    Rhythm,
    Stop,
    Way,
    Wish,
    WorkPattern,
)
from kewei.visits.models.visits import (
    AdverseHint,
    Checklist,
    Companion,
    FullPhoto,
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
    "AdverseHint",
    "Checklist",
    "Companion",
    "FullPhoto",
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
    "Way",
    "Wish",
    "WorkPattern",
]
