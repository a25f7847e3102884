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
from kewei.collecting.models.learning import (
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
from kewei.collecting.models.ours import (
    OurPromise,
)
from kewei.collecting.models.promises import (
    Promise,
    PromiseItem,
    PromisePart,
    PromiseState,
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
    "EvidencePack",
    "EvidencePaper",
    "GuaranteeClaim",
    "Letter",
    "LetterLine",
    "Level",
    "Member",
    "OurPromise",
    "Promise",
    "PromiseItem",
    "PromisePart",
    "PromiseState",
    "Reason",
    "Run",
    "SealDecision",
    "Sending",
    "Stage",
    "Study",
    "Wording",
]
