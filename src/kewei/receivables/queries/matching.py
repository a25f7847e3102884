"""Proposals for money that waits to be applied."""

from typing import Any

from kewei.kernel.refusals import N_, NotFound
from kewei.receivables import rules
from kewei.receivables.models import CREDIT, Entry, Item
from kewei.receivables.queries import ledger
from kewei.receivables.queries.scope import SEE
from kewei.terminals import queries as terminals


def proposals(person: Any, receipt: Any, limit: int = 5) -> list[rules.Offer]:
    """Ways to apply what is left of a receipt or note to its customer's open invoices, best first.

    `receipt` is the entry or its key. Empty where nothing is left or nothing is owed. Raises NotFound.
    """
    key = ledger.key_of(receipt)
    entry = Entry.objects.visible_to(person, SEE).select_related("item", "receipt_detail").filter(pk=key).first()
    if entry is None or entry.side != CREDIT:
        raise NotFound(noun=N_("收款"))
    owed = Item.objects.still_open().of_side(1).filter(terminal=entry.terminal_id, live=True)
    items = tuple(ledger.as_open_items(owed))
    detail = getattr(entry, "receipt_detail", None)
    card = terminals.card(person, entry.terminal_id, entry.on)
    money = rules.Incoming(
        fen=entry.item.open_fen, on=entry.on, payer_name=detail.payer_name if detail else "",
        memo=f"{detail.reference} {detail.memo}".strip() if detail else "",
    )  # fmt: skip
    candidate = rules.Candidate(
        customer_id=entry.terminal_id, code=card.code, items=items,
        names=tuple(name for name in (card.name, card.short_name, *(alias.name for alias in card.aliases)) if name),
        payers=card.settlement.payers if card.settlement else (),
    )  # fmt: skip
    numbers = {item.item_id: item.number for item in items}
    return [
        rules.Offer(
            proposal=found, terminal_id=entry.terminal_id, applies=True,
            shares=tuple((share.item_id, numbers[share.item_id], share.fen) for share in found.shares),
        )
        for found in rules.propose(money, [candidate], limit=limit)
    ]  # fmt: skip
