"""票据占用: until when a bill taken as payment still counts as exposure (domain 2.16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.receivables.rules.bills import BILL_KINDS

# From receipt on a bill no longer counts; or it counts until it is due; or until it is cleared.
UNTIL = ("receipt", "due", "cleared")


@dataclass(frozen=True, slots=True)
class BillPolicy:
    """Until when each kind of bill counts."""

    until: dict[str, str]

    def kinds(self, until: str) -> tuple[str, ...]:
        """The kinds that count until then, sorted."""
        return tuple(sorted(kind for kind, end in self.until.items() if end == until))


def read_bill_policy(body: Any) -> BillPolicy:
    """Read a version. Raises BadPolicy."""
    until = body.get("until") if isinstance(body, dict) else None
    # A kind nobody thought of would count for nothing: every kind must be there.
    if not isinstance(until, dict) or set(until) != set(BILL_KINDS) or not set(until.values()) <= set(UNTIL):
        raise BadPolicy(reason=f"{', '.join(BILL_KINDS)}: {' / '.join(UNTIL)}")
    return BillPolicy(dict(until))


BILLS = Policy(
    name="credit.bills",
    title=N_("票据占用额度到何时"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.16: commercial bills stay until cleared [S49]; bank bills released at receipt [INF]",
    body={
        "until": {
            "bank": "receipt",
            "finance_company": "cleared",
            "commercial": "cleared",
            "supply_chain": "cleared",
            "unnamed": "due",
        }
    },
    read=read_bill_policy,
)
