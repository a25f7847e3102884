"""What is decided about campaigns, by topic."""

from kewei.campaigns.rules.holding_out import HOLD_OUT
from kewei.campaigns.rules.reasons import REASONS
from kewei.campaigns.rules.results import RESULT

POLICIES = (REASONS, HOLD_OUT, RESULT)
