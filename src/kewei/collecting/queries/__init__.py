"""What can be asked about overdue money, by topic."""

from kewei.collecting.queries.disputes import disputed_fen
from kewei.collecting.queries.learning import pay_chance
from kewei.collecting.queries.promises import open_by_item

__all__ = ["disputed_fen", "open_by_item", "pay_chance"]
