"""What is decided about overdue money, by topic; every policy of the room."""

from kewei.kernel.policies import Policy

POLICIES: tuple[Policy, ...] = ()
