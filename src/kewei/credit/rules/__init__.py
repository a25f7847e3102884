"""What is decided about credit, by topic; every policy of the room."""

from kewei.credit.rules.bills import BILLS
from kewei.credit.rules.limits import LIMIT

POLICIES = (LIMIT, BILLS)
