"""What is decided about sell-through, by topic."""

from kewei.flows.rules.months import MONTH

POLICIES = [MONTH]
