"""The register: every document in the order in which it was posted."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.receivables import rules
from kewei.receivables.models import Entry
from kewei.receivables.queries.items import find_documents, known_documents
from kewei.receivables.queries.scope import SEE

MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A document as the register lists it; fen. `live` is False once it is reversed, and for a reversal."""

    entry_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    side: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int
    live: bool


def documents(
    person: Any,
    q: str = "",
    kind: str | None = None,
    terminal: int | None = None,
    first: date | None = None,
    last: date | None = None,
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[RegisterRow], int | None]:
    """One page of documents, what was posted last first; how many there are is not counted (None): it would be dear.

    `q` is how the number begins (from two signs on, MOST_FOUND at most); `first` and `last` bound the documents' own dates, both included.
    """
    rows = Entry.objects.visible_to(person, SEE)
    if len(q.strip()) > 1:
        rows = rows.filter(pk__in=[found.entry_id for found in find_documents(person, q, MOST_FOUND)])
    if kind is not None:
        rows = rows.filter(kind=kind)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if first is not None:
        rows = rows.filter(on__gte=first)
    if last is not None:
        rows = rows.filter(on__lte=last)
    fields = (
        "pk", "terminal_id", "terminal__code", "terminal__name", "kind", "side", "number", "on", "due_date",
        "total_fen", "item__open_fen", "item__live",
    )  # fmt: skip
    found = rows.order_by("-pk").values_list(*fields)
    page = found[start : start + limit] if limit is not None else found[start:]
    return [RegisterRow(*row) for row in page], None


def invoice_named(terminal_id: int, number: str) -> int:
    """The live invoice of a customer with this number, whoever asks. Raises UnknownOriginal."""
    for known in known_documents("invoice", [number]):
        if known.terminal_id == terminal_id:
            return known.entry_id
    raise rules.UnknownOriginal(invoice_numbers=[number])
