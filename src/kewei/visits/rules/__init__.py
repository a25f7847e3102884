"""What is decided about visits, by topic; every policy of the room."""

from typing import Any

from kewei.kernel.policies import Policy

POLICIES: tuple[Policy[Any], ...] = ()
