"""What is decided about sell-through, by topic."""

from kewei.flows.rules.months import MONTH
from kewei.flows.rules.sampling import SAMPLE

POLICIES = [MONTH, SAMPLE]
