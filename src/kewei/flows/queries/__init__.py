"""Questions about sell-through, by topic. The first argument is the person who asks; only their distributors' rows exist."""

from kewei.flows.queries.checks import findings

__all__ = ["findings"]
