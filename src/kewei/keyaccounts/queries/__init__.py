"""Questions about key accounts, by topic; what the rooms above ask is offered here."""

from kewei.keyaccounts.queries.wishing import Wished, actions_waiting, wished

__all__ = ["Wished", "actions_waiting", "wished"]
