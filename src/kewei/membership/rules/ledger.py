"""积分与券的账: every movement is a set of legs that sum to nought; what is owed lies in lots that end oldest first.

Points and coupons are two units of one ledger: points are counted, coupons are fen. docs/algorithms/points.md has the
worked table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kewei.kernel.calendar import add_years, month_end
from kewei.kernel.refusals import N_, Refused, refusal

POINTS, FEN = "points", "fen"
UNITS: dict[str, str] = {POINTS: N_("积分"), FEN: N_("价格券")}
# What we owe members, what it cost us to promise it, what they have used, what has ended unused.
LIABILITY, EXPENSE, REDEEMED, EXPIRED = "liability", "expense", "redeemed", "expired"
ACCOUNTS: dict[str, str] = {
    LIABILITY: N_("应付权益"),
    EXPENSE: N_("权益费用"),
    REDEEMED: N_("已使用"),
    EXPIRED: N_("已失效"),
}
EARN, TAKE_BACK, ADJUST, ISSUE, GRANT, REDEEM, EXPIRE, REVERSE = (
    "earn", "take_back", "adjust", "issue", "grant", "redeem", "expire", "reverse",
)  # fmt: skip
MOVEMENTS: dict[str, str] = {
    EARN: N_("按进货、回款积分"),
    TAKE_BACK: N_("退货、退款扣回"),
    ADJUST: N_("手工调整"),
    ISSUE: N_("积分换券"),
    GRANT: N_("批准的价格优惠"),
    REDEEM: N_("使用"),
    EXPIRE: N_("到期失效"),
    REVERSE: N_("冲销"),
}
# The most points one movement moves: a slip of the keyboard beyond it.
MOST = 10**12
MONTHS_OF_YEAR = 12


@refusal
class NotEnough(Refused):
    code = "membership_not_enough"
    says = N_("可用的只有 {left}，要用 {wanted}")
    next_step = N_("已到期的不能使用；请减少数量，或等下月积分入账")


@refusal
class BadAmount(Refused):
    code = "membership_bad_amount"
    says = N_("数量 {wanted} 不对：须在 1 与 {most} 之间")


@refusal
class AlreadyReversed(Refused):
    code = "membership_already_reversed"
    says = N_("第 {number} 号变动已经冲销，或本身就是冲销")
    status = 409


@refusal
class LotUsed(Refused):
    code = "membership_lot_used"
    says = N_("这一批 {amount} 只剩 {left} 未用，不能整笔冲销")
    next_step = N_("先冲销使用的那一笔；或用负数调整扣回剩余")
    status = 409


@refusal
class ExpiryStands(Refused):
    code = "membership_expiry_stands"
    says = N_("到期失效不能冲销：到期日是规则定的")
    next_step = N_("确有理由的，请另作一笔手工调整并写明原因")


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of something once earned: whole points, or fen of a coupon, until a day (inclusive)."""

    pk: int
    expires_on: date
    left: int


@dataclass(frozen=True, slots=True)
class Share:
    """So much taken from a lot."""

    lot: int
    amount: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a movement: an account, a unit, a signed amount, and the lot where the account is what we owe."""

    account: str
    unit: str
    amount: int
    lot: int | None = None


def check_amount(wanted: int) -> None:
    """Refuse amounts outside 1..MOST. Raises BadAmount."""
    if not 0 < wanted <= MOST:
        raise BadAmount(wanted=wanted, most=MOST)


def usable(lots: Iterable[Lot], on: date) -> int:
    """What may be used on a day: what is left of lots that have not ended before it."""
    return sum(lot.left for lot in lots if lot.expires_on >= on)


def take_oldest_first(wanted: int, lots: Sequence[Lot], on: date) -> list[Share]:
    """Take from the lots that end soonest, of those not ended on the day; the older lot first where two end together.

    Raises BadAmount, NotEnough(left, wanted).
    """
    check_amount(wanted)
    live = sorted((lot for lot in lots if lot.left and lot.expires_on >= on), key=lambda lot: (lot.expires_on, lot.pk))
    left = sum(lot.left for lot in live)
    if left < wanted:
        raise NotEnough(left=left, wanted=wanted)
    shares, open_ = [], wanted
    for lot in live:
        if not open_:
            break
        taken = min(open_, lot.left)
        shares.append(Share(lot.pk, taken))
        open_ -= taken
    return shares


def take_up_to(wanted: int, lots: Sequence[Lot], on: date) -> list[Share]:
    """As much of `wanted` as there is, oldest first; nothing where nothing is left. For taking back after a return."""
    there = min(wanted, usable(lots, on))
    return take_oldest_first(there, lots, on) if there > 0 else []


def ended(lots: Iterable[Lot], today: date) -> list[Share]:
    """What has ended unused before a day, soonest ended first."""
    over = sorted(
        (lot for lot in lots if lot.left and lot.expires_on < today), key=lambda lot: (lot.expires_on, lot.pk)
    )
    return [Share(lot.pk, lot.left) for lot in over]


def promised(unit: str, lot: int, amount: int) -> list[Leg]:
    """The legs by which something becomes owed: an expense and a liability of a new lot."""
    return [Leg(LIABILITY, unit, amount, lot), Leg(EXPENSE, unit, -amount)]


def given_up(unit: str, shares: Sequence[Share], account: str) -> list[Leg]:
    """The legs by which shares of lots are no longer owed: used, ended, or taken back from the expense."""
    total = sum(share.amount for share in shares)
    return [*(Leg(LIABILITY, unit, -share.amount, share.lot) for share in shares), Leg(account, unit, total)]


def turned_round(legs: Iterable[Leg]) -> list[Leg]:
    """The legs of the reversal of a movement."""
    return [Leg(leg.account, leg.unit, -leg.amount, leg.lot) for leg in legs]


def balanced(legs: Iterable[Leg]) -> bool:
    """Whether the legs sum to nought in each unit."""
    sums: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        sums[leg.unit] += leg.amount
    return not any(sums.values())


def replay(legs: Iterable[Leg]) -> tuple[dict[tuple[str, str], int], dict[int, int]]:
    """Balances by (account, unit), and what is left by lot, from the legs alone."""
    accounts: defaultdict[tuple[str, str], int] = defaultdict(int)
    lots: defaultdict[int, int] = defaultdict(int)
    for leg in legs:
        accounts[leg.account, leg.unit] += leg.amount
        if leg.lot is not None:
            lots[leg.lot] += leg.amount
    return dict(accounts), dict(lots)


# --- earning ----------------------------------------------------------------------------------------------------------


def points_of(fen: int, fen_per_point: int, times_bp: int = 10_000) -> int:
    """Points for net money of a month, rounded down: 12,345.00 yuan at one point per 100 yuan, 1.2 times -> 148.

    Nought where more came back than was bought.
    """
    return max(0, fen) * times_bp // (10_000 * fen_per_point)


def end_of(earned_on: date, valid_months: int) -> date:
    """The last day of points earned on a day: the end of the month so many months later."""
    months = earned_on.month - 1 + valid_months
    first = add_years(earned_on.replace(day=1), months // MONTHS_OF_YEAR)
    return month_end(first.replace(month=months % MONTHS_OF_YEAR + 1))


def worth_fen(points: int, point_fen: int) -> int:
    """What points are worth on an invoice, in fen."""
    return points * point_fen
