"""Whose money it is and what it pays: proposals for the unmatched queue (docs/algorithms/matching-receipts.md)."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kewei.kernel.refusals import N_
from kewei.receivables.rules.allocation import OpenItem, Share, by_age, oldest_first
from kewei.receivables.rules.numbers import numbers_in_memo
from kewei.receivables.rules.subset import BUDGET, Verdict, find_subset


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that came in, or what is left of it: fen, and what the bank said about it."""

    fen: int
    on: date
    payer_name: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may have paid: names it goes by, registered other payers, open items, last statement sent."""

    customer_id: int
    code: str
    names: tuple[str, ...]
    payers: tuple[str, ...] = ()
    items: tuple[OpenItem, ...] = ()
    statement_on: date | None = None
    statement_fen: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a proposal is made: a stable code, its rank (0 is best) and one sentence as a msgid.

    `sure` says whether it may be applied without a person, where the payer is known too.
    """

    code: str
    rank: int
    says: str
    sure: bool = False


REASONS: dict[str, Reason] = {
    code: Reason(code, rank, says, sure)
    for rank, (code, says, sure) in enumerate(
        (
            ("named_exact", N_("附言写明发票，合计正好等于来款"), True),
            ("named", N_("附言写明发票"), False),
            ("one_invoice", N_("正好等于一张未清发票"), True),
            ("statement", N_("正好等于最近一期对账单余额"), True),
            ("all_due", N_("正好等于全部已到期发票"), True),
            ("all_open", N_("正好等于全部未清发票"), True),
            ("oldest_run", N_("正好等于最早到期的连续几张发票"), True),
            ("subset", N_("几张未清发票的合计正好等于来款"), False),
            ("oldest_first", N_("无相符金额，按到期先后核销"), False),
        )
    )
}


@dataclass(frozen=True, slots=True)
class Payer:
    """How a payer is connected with the customer: code, rank (0 is best), one sentence as a msgid."""

    code: str
    rank: int
    says: str


PAYERS: dict[str, Payer] = {
    code: Payer(code, rank, says)
    for rank, (code, says) in enumerate(
        (
            ("own", N_("付款人即该客户")),
            ("registered_named", N_("付款人是该客户登记的代付方，附言提到该客户")),
            ("registered", N_("付款人是该客户登记的代付方")),
            ("memo", N_("附言提到该客户，付款人未登记")),
            ("stranger", N_("付款人未登记")),
        )
    )
}

# Payers whose money may be applied by rule; anybody else's waits for a person (domain 4.9: buyer or registered payer).
KNOWN = {"own", "registered_named", "registered"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to apply the money: to whom, to which invoices, why, and what is left over, fen.

    `rivals` says that other invoices of this customer would fit as well.
    """

    customer_id: int
    reason: Reason
    payer: Payer
    shares: tuple[Share, ...]
    left_fen: int
    rivals: bool = False
    numbers: tuple[str, ...] = field(default=(), compare=False)

    @property
    def sure(self) -> bool:
        """Whether a rule may apply it: known payer, telling reason, no rivals, no fen left over."""
        return self.payer.code in KNOWN and self.reason.sure and not self.rivals and self.left_fen == 0


def propose(
    money: Incoming, candidates: Iterable[Candidate], *, limit: int = 10, budget: int = BUDGET
) -> list[Proposal]:
    """Ranked ways to apply `money`, best first: known payers before strangers, telling reasons before weak ones.

    For a customer whom neither the payer's name nor the memo points at, only reasons that could not easily be chance
    are given: a named invoice, one equal invoice, the balance of the statement. The same question has the same answer.
    """
    proposals = [
        proposal
        for candidate in candidates
        for proposal in _for_candidate(money, candidate, payer_of(money, candidate), budget)
    ]
    proposals.sort(key=_rank)
    return proposals[:limit]


def apply_by_rule(proposals: Sequence[Proposal]) -> Proposal | None:
    """The proposal that may be applied without a person: sure, and no other sure one disagrees with it.

    Invoices named in the memo outweigh equal sums. A registered payer of many customers (an insurance fund) pays the
    one its memo mentions.
    """
    sure = [proposal for proposal in proposals if proposal.sure]
    for outweighs in (lambda p: p.reason.code == "named_exact", lambda p: p.payer.code == "registered_named"):
        sure = [proposal for proposal in sure if outweighs(proposal)] or sure
    return sure[0] if len(sure) == 1 else None


def payer_of(money: Incoming, candidate: Candidate) -> Payer:
    """How the payer of `money` is connected with the customer."""
    payer, memo = plain_name(money.payer_name), plain_name(money.memo)
    names = {plain_name(name) for name in candidate.names} - {""}
    if payer and payer in names:
        return PAYERS["own"]
    # Two signs are in too many memos to mean anybody.
    mentioned = any(len(name) > 2 and name in memo for name in names)
    if payer and payer in {plain_name(name) for name in candidate.payers}:
        return PAYERS["registered_named" if mentioned else "registered"]
    return PAYERS["memo" if mentioned else "stranger"]


def plain_name(name: str) -> str:
    """A name for comparing: full-width made half-width, upper case, letters and digits only."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).upper() if sign.isalnum())


def _rank(proposal: Proposal) -> tuple[bool, int, bool, int, int, tuple[int, ...]]:
    stranger = proposal.payer.code == "stranger" and not proposal.reason.code.startswith("named")
    return (
        stranger,
        proposal.reason.rank,
        proposal.rivals,
        proposal.payer.rank,
        proposal.customer_id,
        tuple(share.item_id for share in proposal.shares),
    )


_Found = tuple[Sequence[OpenItem], bool]  # the invoices, and whether others would fit as well


def _for_candidate(money: Incoming, candidate: Candidate, payer: Payer, budget: int) -> list[Proposal]:
    items = by_age(candidate.items)
    if not items or money.fen <= 0:
        return []
    seen: set[frozenset[int]] = set()
    proposals: list[Proposal] = []
    for code, find in _FINDERS.items():
        if payer.code == "stranger" and code not in _FOR_STRANGERS:
            continue
        if code in _LAST_RESORTS and proposals:
            continue
        chosen, rivals = find(money, candidate, items, budget)
        ids = frozenset(item.item_id for item in chosen)
        if not ids or ids in seen:
            continue
        seen.add(ids)
        proposals.append(_proposal(money, candidate, payer, code, chosen, rivals))
    return proposals


def _proposal(
    money: Incoming, candidate: Candidate, payer: Payer, code: str, chosen: Sequence[OpenItem], rivals: bool
) -> Proposal:
    shares, left_fen = oldest_first(money.fen, chosen)
    settled = {share.item_id for share in shares}
    if code == "named" and left_fen == 0 and sum(item.open_fen for item in chosen) == money.fen:
        code = "named_exact"
    return Proposal(
        customer_id=candidate.customer_id,
        reason=REASONS[code],
        payer=payer,
        shares=tuple(shares),
        left_fen=left_fen,
        rivals=rivals,
        numbers=tuple(item.number for item in by_age(chosen) if item.item_id in settled),
    )


def _named(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    mentioned = set(numbers_in_memo(money.memo, [item.number for item in items]))
    return [item for item in items if item.number in mentioned], False


def _one_invoice(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    same = [item for item in items if item.open_fen == money.fen]
    return same[:1], len(same) > 1


def _statement(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    if candidate.statement_on is None or candidate.statement_fen != money.fen:
        return [], False
    stated = [item for item in items if item.on <= candidate.statement_on]
    return (stated if sum(item.open_fen for item in stated) == money.fen else []), False


def _all_due(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    due = [item for item in items if item.due_date <= money.on]
    return (due if sum(item.open_fen for item in due) == money.fen else []), False


def _all_open(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    return (items if sum(item.open_fen for item in items) == money.fen else []), False


def _oldest_run(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    left_fen = money.fen
    for place, item in enumerate(items):
        left_fen -= item.open_fen
        if left_fen <= 0:
            return (items[: place + 1] if left_fen == 0 else []), False
    return [], False


def _subset(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    found = find_subset(money.fen, [item.open_fen for item in items], budget)
    return [items[position] for position in found.positions], found.verdict is not Verdict.ONLY


def _oldest_first(money: Incoming, candidate: Candidate, items: list[OpenItem], budget: int) -> _Found:
    return items, False


_FINDERS: dict[str, Callable[[Incoming, Candidate, list[OpenItem], int], _Found]] = {
    "named": _named,
    "one_invoice": _one_invoice,
    "statement": _statement,
    "all_due": _all_due,
    "all_open": _all_open,
    "oldest_run": _oldest_run,
    "subset": _subset,
    "oldest_first": _oldest_first,
}

_FOR_STRANGERS = {"named", "one_invoice", "statement"}
# Looked for only where nothing better was found: the first is dear, the second always finds something.
_LAST_RESORTS = {"subset", "oldest_first"}
