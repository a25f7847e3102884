"""Questions about membership, by topic; the first argument is the person who asks."""

from kewei.membership.queries.checks import findings

__all__ = ["findings"]
