"""集团视图: the members of a chain or a hospital alliance side by side, each with what it buys, owes and may owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kewei.credit.queries.briefs import lent_among
from kewei.keyaccounts.queries import plans
from kewei.keyaccounts.queries.earning import members_of, period
from kewei.keyaccounts.queries.plans import PlanRow
from kewei.keyaccounts.rules.earning import concentration, share_bp
from kewei.people.models import Person
from kewei.receivables.queries import items
from kewei.sales import queries as sales
from kewei.terminals import queries as terminals
from kewei.terminals.queries.briefs import brief_cards, seen_among

SEE = "keyaccounts.see"
MONTHS = 12


@dataclass(frozen=True)
class Member:
    """A member of a group; fen. `limit_fen` None where no limit is in force; `plan` its own open plan."""

    pk: int
    code: str
    name: str
    kind: str
    owner_name: str
    head: bool
    sales_fen: int
    before_fen: int
    share_bp: int
    owed_fen: int
    overdue_fen: int
    limit_fen: int | None
    headroom_fen: int
    plan: PlanRow | None


@dataclass(frozen=True)
class Group:
    """A group as far as somebody sees it: members by what they buy; `unseen` how many more there are. HHI among members."""

    head: int
    name: str
    first: date
    last: date
    members: tuple[Member, ...]
    unseen: int
    hhi: int
    plan: PlanRow | None

    @property
    def sales_fen(self) -> int:
        """What the members together bought in the period, fen."""
        return sum(one.sales_fen for one in self.members)

    @property
    def before_fen(self) -> int:
        """The same of the period before, fen."""
        return sum(one.before_fen for one in self.members)

    @property
    def owed_fen(self) -> int:
        """What they owe together, fen."""
        return sum(one.owed_fen for one in self.members)

    @property
    def overdue_fen(self) -> int:
        """Of it past due, fen."""
        return sum(one.overdue_fen for one in self.members)


def group(person: Person, terminal_id: int, day: date) -> Group:
    """集团视图  The group a terminal belongs to, over the twelve whole months before a day. Raises NotFound.

    About twenty statements for any number of members.
    """
    terminal = terminals.terminal_for(person, terminal_id, SEE)
    head = terminals.group_heads([terminal.pk])[terminal.pk]
    everybody = members_of(head, True)
    ids = seen_among(person, everybody, SEE)
    first, last = period(day, MONTHS)
    sold = sales.sold_between(first, last, ids)
    before = sales.sold_between(*period(first, MONTHS), ids)
    owed, lent = items.figures(person, ids, day), lent_among(ids, day)
    cards = brief_cards({*ids, head})
    rows, _ = plans.list_plans(person, day, limit=None)
    open_plans = {row.terminal_id: row for row in rows if row.terminal_id in set(ids)}
    whole = sum(max(0, fen) for fen in sold.values())
    members = [
        Member(
            pk, cards[pk].code, cards[pk].name, cards[pk].kind, cards[pk].owner_name, pk == head, sold.get(pk, 0),
            before.get(pk, 0), share_bp(sold.get(pk, 0), whole),
            max(0, owed[pk].balance_fen + owed[pk].unapplied_fen) if pk in owed else 0,
            owed[pk].overdue_fen if pk in owed else 0, lent[pk].limit_fen, lent[pk].headroom_fen, open_plans.get(pk),
        )
        for pk in ids
    ]  # fmt: skip
    members.sort(key=lambda one: (-one.sales_fen, one.code))
    return Group(
        head, cards[head].name if head in set(ids) else "", first, last, tuple(members), len(everybody) - len(ids),
        concentration(sold.values()), open_plans.get(head),
    )  # fmt: skip
