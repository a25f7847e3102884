"""Whose rows a person may see, as plain keys."""

from collections.abc import Collection
from typing import Any

from kewei.receivables.models import Entry

SEE = "receivables.see"


def visible_terminals(person: Any, verb: str = SEE) -> list[int] | None:
    """Keys of the terminals whose accounts this person may see; None where that is all of them."""
    if person.reach(verb).everything:
        return None
    terminals: Any = Entry._meta.get_field("terminal").related_model
    return list(terminals.objects.visible_to(person, verb).values_list("pk", flat=True))


def seen_among(person: Any, terminal_ids: Collection[int], verb: str = SEE) -> list[int]:
    """Those of the given terminals whose accounts this person may see."""
    if person.reach(verb).everything:
        return list(terminal_ids)
    terminals: Any = Entry._meta.get_field("terminal").related_model
    return list(terminals.objects.visible_to(person, verb).filter(pk__in=terminal_ids).values_list("pk", flat=True))
