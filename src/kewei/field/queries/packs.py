"""What is to lie on somebody's phone: their own terminals, a week of stops with brief and checklist, the products."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

# A phone is for one's own round: whoever sees a whole company takes along the first so many.
MOST_TERMINALS, MOST_PRODUCTS = 600, 300


def pack_of(person: Person, today: date, now: datetime) -> dict[str, dict[str, Any]]:
    """Rows by kind and key for this person's phone; nothing of terminals they do not see, no money for an MR."""
    return {
        "me": {"me": {"name": person.name, "roles": sorted({held.role for held in person.held})}},
        "terminals": _terminals(person),
        "products": _products(person),
    }


def _terminals(person: Person) -> dict[str, Any]:
    rows, _count = terminals.list_terminals(person, limit=MOST_TERMINALS)
    return {
        str(row.pk): {
            "code": row.code, "name": row.name, "kind": row.kind, "city": row.city, "district": row.district,
            "address": row.address,
        }
        for row in rows
    }  # fmt: skip


def _products(person: Person) -> dict[str, Any]:
    if not person.may("products.see"):
        return {}
    rows, _count = products.list_products(person, limit=MOST_PRODUCTS)
    return {str(row.pk): {"name": row.name, "spec": row.spec, "unit": row.unit} for row in rows}
