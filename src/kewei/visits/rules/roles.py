"""The role a visit is made in: an MR's visit stays an MR's, a seller's a seller's (domain 4.4)."""

from __future__ import annotations

from collections.abc import Collection

from kewei.visits.rules.purposes import MONEY

MEDICAL = "medical"
# Where a person holds several posts, the first of these; medical stands with no other post that sells (people.rules).
_IN_ORDER = (MEDICAL, "representative", "manager", "credit", "director")


def role_of(roles: Collection[str]) -> str:
    """The role somebody with these posts visits in; '' where none of them visits."""
    return next((role for role in _IN_ORDER if role in roles), "")


def blocked(purposes: Collection[str], role: str) -> list[str]:
    """Those of the purposes that this role may not come for."""
    return [purpose for purpose in purposes if role == MEDICAL and purpose in MONEY]
