"""What growth, recovery and forecasts are computed from, by topic; pure. Every policy of the room."""

from typing import Any

from kewei.insight.rules.keeping import SEGMENTING
from kewei.insight.rules.quiet import QUIET
from kewei.kernel.policies import Policy

POLICIES: tuple[Policy[Any], ...] = (SEGMENTING, QUIET)
