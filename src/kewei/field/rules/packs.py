"""What lies on a phone: rows by kind and key, and what of it changed since the phone last asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kewei.kernel.ids import digest

# kind -> key -> row (JSON-able).
Pack = Mapping[str, Mapping[str, Any]]
Digests = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Change:
    """What a phone must put down and what it must let go; `whole` tells it to let go of everything first."""

    whole: bool
    rows: dict[str, dict[str, Any]]
    gone: list[tuple[str, str]]


def digest_of(row: Any) -> str:
    """Sixteen characters that differ where rows differ."""
    return digest(row)[:16]


def digests(pack: Pack) -> dict[str, dict[str, str]]:
    """Of every row its digest."""
    return {kind: {key: digest_of(row) for key, row in rows.items()} for kind, rows in pack.items()}


def what_changed(pack: Pack, now: Digests, held: Digests | None) -> Change:
    """From what a phone holds to what it ought to hold; `held` None where that is not known."""
    if held is None:
        return Change(True, {kind: dict(rows) for kind, rows in pack.items()}, [])
    rows = {
        kind: {key: row for key, row in of_kind.items() if held.get(kind, {}).get(key) != now[kind][key]}
        for kind, of_kind in pack.items()
    }
    gone = [(kind, key) for kind, keys in held.items() for key in keys if key not in pack.get(kind, {})]
    return Change(False, {kind: of_kind for kind, of_kind in rows.items() if of_kind}, sorted(gone))
