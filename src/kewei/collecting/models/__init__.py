"""Tables of collecting, by topic."""

from kewei.collecting.models.cases import (
    Case,
    Level,
    Member,
    Run,
    Stage,
)
from kewei.collecting.models.clocks import (
    ClockEvent,
    ClockEventItem,
    GuaranteeClaim,
)
from kewei.collecting.models.contacts import (
    Contact,
    ContactItem,
    Reason,
)
from kewei.collecting.models.disputes import (
    Dispute,
    DisputeState,
)
from kewei.collecting.models.evidence import (
    EvidencePack,
    EvidencePaper,
)
from kewei.collecting.models.exits import (
    Escalation,
    Exit,
)
from kewei.collecting.models.learning import (
    LearningRun,
    Study,
)
from kewei.collecting.models.letters import (
    Arrival,
    Letter,
    LetterLine,
    SealDecision,
    Sending,
    Wording,
)
from kewei.collecting.models.offsets import (
    Offset,
    OffsetItem,
    OffsetOpinion,
)
from kewei.collecting.models.ours import (
    OurPromise,
)
from kewei.collecting.models.promises import (
    Promise,
    PromiseItem,
    PromisePart,
    PromiseState,
)
from kewei.collecting.models.tasks import (
    Expense,
    Task,
)
from kewei.collecting.models.worklist import (
    Line,
    Ranking,
)
from kewei.collecting.models.write_offs import (
    Recovery,
    WriteOff,
)

__all__ = [
    "Arrival",
    "Case",
    "ClockEvent",
    "ClockEventItem",
    "Contact",
    "ContactItem",
    "Dispute",
    "DisputeState",
    "Escalation",
    "EvidencePack",
    "EvidencePaper",
    "Exit",
    "Expense",
    "GuaranteeClaim",
    "LearningRun",
    "Letter",
    "LetterLine",
    "Level",
    "Line",
    "Member",
    "Offset",
    "OffsetItem",
    "OffsetOpinion",
    "OurPromise",
    "Promise",
    "PromiseItem",
    "PromisePart",
    "PromiseState",
    "Ranking",
    "Reason",
    "Recovery",
    "Run",
    "SealDecision",
    "Sending",
    "Stage",
    "Study",
    "Task",
    "Wording",
    "WriteOff",
]
