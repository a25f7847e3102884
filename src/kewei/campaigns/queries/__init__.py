"""Questions about campaigns, by topic; what rooms above ask."""

from kewei.campaigns.queries.lists import Wished, wished

__all__ = ["Wished", "wished"]
