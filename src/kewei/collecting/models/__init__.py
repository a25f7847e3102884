"""Tables of collecting, by topic."""

from kewei.collecting.models.disputes import (
    Dispute,
    DisputeState,
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
    "Dispute",
    "DisputeState",
    "Letter",
    "LetterLine",
    "OurPromise",
    "Promise",
    "PromiseItem",
    "PromisePart",
    "PromiseState",
    "SealDecision",
    "Sending",
    "Wording",
]
