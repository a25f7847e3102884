"""What is decided about overdue money, by topic; every policy of the room."""

from typing import Any

from kewei.collecting.rules.contacting import CONTACT
from kewei.collecting.rules.evidence import EVIDENCE
from kewei.collecting.rules.ladder import LADDER
from kewei.collecting.rules.letters import LETTERS
from kewei.collecting.rules.promises import PROMISES
from kewei.collecting.rules.reasons import REASONS
from kewei.collecting.rules.recovery import CURVES
from kewei.collecting.rules.rolling import LOSS
from kewei.collecting.rules.techniques import TECHNIQUES
from kewei.collecting.rules.words import WORDS
from kewei.kernel.policies import Policy

POLICIES: tuple[Policy[Any], ...] = (
    CURVES,
    EVIDENCE,
    LETTERS,
    LADDER,
    CONTACT,
    WORDS,
    LOSS,
    PROMISES,
    REASONS,
    TECHNIQUES,
)
