"""Orders as JSON: the same shape for the API and for `--json` of the commands. Money is whole fen in *_fen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kewei.kernel.refusals import Translate
from kewei.orders.queries.orders import OrderRow
from kewei.orders.queries.prices import PriceCard
from kewei.orders.rules.gate import Case, Decision, Line
from kewei.orders.rules.says import refusal_of


def order(row: OrderRow) -> dict[str, Any]:
    """An order of a list."""
    return {
        "id": row.pk, "number": row.number, "customer_code": row.terminal_code, "customer_name": row.terminal_name,
        "placed_at": row.placed_at.isoformat(), "placed_by": row.placed_by, "payment": row.payment,
        "total_fen": row.total_fen, "state": row.state, "state_at": row.state_at.isoformat(),
        "customer_ref": row.customer_ref, "blocked_by": list(row.blocked_by),
    }  # fmt: skip


def checked(decision: Decision, case: Case, translate: Translate) -> dict[str, Any]:
    """The gate's answer about an order not placed; headroom as it is before the order."""
    stands = case.standing
    return {
        "outcome": decision.outcome,
        "total_fen": case.wanted_fen,
        "headroom_fen": stands.headroom_fen,
        "limit_fen": stands.granted_fen if stands.limit_fen is not None else None,
        "over_fen": decision.over_fen,
        "said": said(decision.lines, translate),
    }


def said(lines: Iterable[Line], translate: Translate) -> list[dict[str, Any]]:
    """What every rule says."""
    return [_line(line, translate) for line in lines]


def _line(line: Line, translate: Translate) -> dict[str, Any]:
    no = refusal_of(line)
    return {
        "rule": line.rule, "level": line.level, "line": line.place, "asks": line.asks, "waivable": line.waivable,
        "waived": line.waived, "numbers": no.numbers, "sentence": no.sentence(translate),
    }  # fmt: skip


def price(card: PriceCard) -> dict[str, Any]:
    """A price of the book."""
    return {
        "id": card.pk, "product_code": card.product_code, "product_name": card.product_name,
        "customer_kind": card.customer_kind, "customer_name": card.terminal_name, "price_fen": card.price_fen,
        "floor_fen": card.floor_fen, "since": card.since.isoformat(),
        "until": card.until.isoformat() if card.until else None, "source": card.source, "set_by": card.set_by,
        "ended_at": card.ended_at.isoformat() if card.ended_at else None,
    }  # fmt: skip
