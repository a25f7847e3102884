"""Tables of collecting, by topic."""

from kewei.collecting.models.disputes import Dispute, DisputeState
from kewei.collecting.models.ours import OurPromise
from kewei.collecting.models.promises import Promise, PromiseItem, PromisePart, PromiseState

__all__ = [
    "Dispute",
    "DisputeState",
    "OurPromise",
    "Promise",
    "PromiseItem",
    "PromisePart",
    "PromiseState",
]
