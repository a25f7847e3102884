"""特批权限: how much beyond the limit each role may let pass (domain 2.8 [INF])."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.credit.rules.applications import sales_for_judges
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.orders.rules.states import (
    BeyondAuthority,
    NoAuthority,
    ReleaseNeedsWords,
    ReleaseTooLong,
    SalesForReleaser,
)
from kewei.people.rules import ROLES


@dataclass(frozen=True, slots=True)
class Authority:
    """How many fen each role may release specially (None: any), and for how many days."""

    most_fen: dict[str, int | None]
    most_days: int

    def of(self, roles: Iterable[str]) -> tuple[str, int | None] | None:
        """The widest authority among roles: (role, fen or None for any); None where none has any."""
        have = [(role, self.most_fen[role]) for role in roles if role in self.most_fen]
        return max(have, key=lambda one: (one[1] is None, one[1] or 0), default=None)


def read_authority(body: Any) -> Authority:
    """Read a version. Raises BadPolicy."""
    policy = Authority(dict(body["most_fen"]), body["most_days"])
    if unknown := set(policy.most_fen) - set(ROLES):
        raise BadPolicy(reason=", ".join(sorted(unknown)))
    return policy


AUTHORITY = Policy(
    name="orders.authority",
    title=N_("订单特批权限"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.8 [INF]: sales cannot approve alone; amounts by level",
    body={
        "most_fen": {
            "manager": 5_000_000,
            "credit": 20_000_000,
            "credit_manager": 100_000_000,
            "finance_director": 500_000_000,
            "director": None,
        },
        "most_days": 30,
    },
    read=read_authority,
)


def check_authority(
    policy: Authority,
    roles: Iterable[str],
    wanted_fen: int,
    reason: str,
    today: date,
    expires_on: date,
    deputy_roles: Collection[str] | None = None,
) -> str:
    """The role by which an amount may be released; `deputy_roles` are the own posts of whoever stands in for `roles`.

    Raises ReleaseNeedsWords, ReleaseTooLong, NoAuthority, BeyondAuthority, SalesForReleaser.
    """
    if not reason.strip():
        raise ReleaseNeedsWords
    if not today <= expires_on <= today + timedelta(days=policy.most_days):
        raise ReleaseTooLong(most_days=policy.most_days)
    found = policy.of(roles)
    if found is None:
        raise NoAuthority
    role, most_fen = found
    if deputy_roles is not None and sales_for_judges(role, deputy_roles):
        raise SalesForReleaser(role=ROLES[role].name)
    if most_fen is not None and wanted_fen > most_fen:
        raise BeyondAuthority(most_fen=most_fen, wanted_fen=wanted_fen)
    return role
