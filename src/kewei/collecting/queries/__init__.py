"""What can be asked about overdue money, by topic."""

from kewei.collecting.queries.checks import findings
from kewei.collecting.queries.disputes import disputed_fen
from kewei.collecting.queries.learning import pay_chance
from kewei.collecting.queries.promises import open_by_item

__all__ = [
    "disputed_fen",
    "findings",
    "open_by_item",
    "pay_chance",
]
