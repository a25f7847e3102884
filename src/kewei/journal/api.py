"""The journal as JSON, and what every API takes from it: doing a thing once for a key."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Router, Schema

from kewei.journal import actions, queries
from kewei.journal.rules import BadKey, KeyMissing
from kewei.people.paging import Key, KeyInPath, Limit, Page, Pk, Problem, Start, page

__all__ = [
    "KEYED", "KEY_WELCOME", "Key", "KeyInPath", "Limit", "Page", "Pk", "Problem", "Start", "keyed", "page", "router",
]  # fmt: skip


def _header(required: bool) -> dict:
    return {
        "parameters": [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": required,
                "schema": {"type": "string", "minLength": 1, "maxLength": 80},
                "description": "chosen by the caller, new for each thing wanted: "
                "the same key again answers the same and does nothing",
            }
        ]
    }


KEYED = _header(required=True)  # openapi_extra of an operation that posts money
KEY_WELCOME = _header(required=False)


def keyed(request, verb: str, body: Any, do: Callable[[], Any], *, required: bool = True) -> Any:
    """Do it once for the request's Idempotency-Key, in one transaction with it; the same key answers the same again.

    `body` is what was asked (JSON-able), `do` does it and returns a JSON-able answer.
    Raises KeyMissing, BadKey, KeyReused.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        if required:
            raise KeyMissing
        return do()
    if len(key) > 80 or not key.isprintable():
        raise BadKey(key=key[:80])
    return actions.once(
        key=f"api:{request.user.pk}:{key}", verb=verb, body=body, by=request.user, now=timezone.now(), do=do
    )


# --- the journal's own ------------------------------------------------------------------------------------------------

router = Router(tags=["journal"])


class FactOut(Schema):
    """A fact: its number in the chain, its name (room.what_happened), who, when, about what."""

    seq: int
    name: str
    at: datetime
    by: str
    subject: str
    terminal: int | None
    detail: dict[str, Any]


@router.get("/facts", response=Page[FactOut])
def facts(request, room: str = "", name: str = "", terminal: Pk | None = None, start: Start = 0, limit: Limit = 50):
    """Facts, newest first: everything with journal.see, else what was told about the terminals one sees."""
    asked = {"room": room, "name": name, "terminal": terminal}
    rows = queries.facts(request.user, **asked, start=start, limit=limit)
    return page(request, [vars(row) for row in rows], queries.count_facts(request.user, **asked), start, limit)
