"""What is decided about visits, by topic; every policy of the room."""

from typing import Any

from kewei.kernel.policies import Policy
from kewei.visits.rules import wishes

POLICIES: tuple[Policy[Any], ...] = (*wishes.POLICIES,)
