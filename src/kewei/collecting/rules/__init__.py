"""What is decided about overdue money, by topic; every policy of the room."""

from kewei.collecting.rules import techniques
from kewei.kernel.policies import Policy

POLICIES: tuple[Policy, ...] = (techniques.TECHNIQUES,)
