"""What is decided about key accounts, by topic; every policy of the room."""

from typing import Any

from kewei.kernel.policies import Policy
from kewei.keyaccounts.rules.earning import IDENTIFY
from kewei.keyaccounts.rules.plans import PLANNING
from kewei.keyaccounts.rules.reviewing import REVIEWING

POLICIES: tuple[Policy[Any], ...] = (IDENTIFY, PLANNING, REVIEWING)
