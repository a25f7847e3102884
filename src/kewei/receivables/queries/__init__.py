"""Questions about receivables. The first argument is always the person who asks; what they may not see is not there."""

from kewei.receivables.queries.ageing import AXES, BY, ageing

__all__ = ["AXES", "BY", "ageing"]
