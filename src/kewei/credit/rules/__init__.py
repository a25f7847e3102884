"""What is decided about credit, by topic; every policy of the room."""

from kewei.credit.rules.bills import BILLS
from kewei.credit.rules.limits import LIMIT
from kewei.credit.rules.sheets import POLICIES as SCORING

POLICIES = (LIMIT, BILLS, *SCORING)
