"""Two years of trade for the demo: invoices, red-letter notes and receipts by habit. Pure; a seed decides."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from kewei.config.demo.cards import PRODUCTS, SEED, Card
from kewei.kernel.calendar import add_working_days, month_end, next_working_day


@dataclass
class Invoice:
    """An invoice with its lines (product index, quantity, fen) and what of it is still open while the story runs."""

    card: int
    number: str
    on: date
    due: date
    fen: int
    lines: list[tuple[int, int, int]]
    open_fen: int = 0


@dataclass
class Receipt:
    """A receipt and the invoices it names; the last weeks' name none, and wait in the queue."""

    card: int
    number: str
    on: date
    fen: int
    invoices: tuple[str, ...]
    memo: str = ""


@dataclass
class RedLetter:
    """A red-letter note on an invoice."""

    card: int
    number: str
    on: date
    fen: int
    original: str
    reason: str


@dataclass
class Month:
    """Everything of one calendar month."""

    last: date
    invoices: list[Invoice] = field(default_factory=list)
    red_letters: list[RedLetter] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)


REASONS = ("退货：近效期", "价格差异补差", "破损退回")


def history(cards: list[Card], today: date, months: int = 24) -> list[Month]:
    """The story month by month up to yesterday, oldest first."""
    random = Random(SEED + 1)  # noqa: S311
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    numbers = _Numbers()
    ahead: dict[tuple[int, int], Month] = {}
    day = first
    while day <= today:
        ahead[(day.year, day.month)] = Month(min(month_end(day), today - timedelta(days=1)))
        day = month_end(day) + timedelta(days=1)
    for index, card in enumerate(cards):
        _trade_of(random, index, card, ahead, today, numbers)
    return [ahead[key] for key in sorted(ahead)]


class _Numbers:
    """Document numbers as they look in life: 20 digits for invoices (domain 4.9)."""

    def __init__(self):
        self.next = defaultdict(int)

    def invoice(self, on: date) -> str:
        self.next["invoice"] += 1
        return f"{on:%y}422000{self.next['invoice']:012d}"

    def other(self, kind: str, on: date) -> str:
        self.next[kind] += 1
        return f"{kind}{on:%Y%m}{self.next[kind]:05d}"


def _trade_of(random: Random, index: int, card: Card, ahead: dict, today: date, numbers: _Numbers) -> None:
    """One customer's orders and payments. Some begin late; the silent ones stop buying and paying."""
    months = sorted(ahead)
    begins = random.choice([0, 0, 0, 0, 3, 8, 14])
    silent_from = random.randint(14, 20) if card.habit == "silent" else 999
    for place, key in enumerate(months):
        if place < begins or place >= silent_from:
            continue
        season = 1.25 if key[1] in (1, 11, 12) else 0.8 if key[1] in (2, 7) else 1.0
        for _ in range(random.randint(*card.orders)):
            on = next_working_day(date(key[0], key[1], random.randint(1, 25)))
            if on >= today:
                continue
            invoice = _invoice(random, index, card, on, season, numbers)
            ahead[(on.year, on.month)].invoices.append(invoice)
            _settle(random, index, card, invoice, ahead, today, numbers)


def _invoice(random: Random, index: int, card: Card, on: date, season: float, numbers: _Numbers) -> Invoice:
    orders = sum(card.orders) / 2 or 1
    wanted = card.monthly_fen * season * random.uniform(0.6, 1.4) / orders
    lines = []
    for product in random.sample(range(len(PRODUCTS)), k=random.randint(1, 4)):
        quantity = max(1, round(wanted / 3 / PRODUCTS[product][5]))
        lines.append((product, quantity, quantity * PRODUCTS[product][5]))
    fen = sum(line[2] for line in lines)
    return Invoice(index, numbers.invoice(on), on, on + timedelta(days=card.term), fen, lines, fen)


def _settle(
    random: Random, index: int, card: Card, invoice: Invoice, ahead: dict, today: date, numbers: _Numbers
) -> None:
    """What became of an invoice: perhaps a red-letter note, then money by the customer's habit."""
    if random.random() < 0.02:
        on = add_working_days(invoice.on, random.randint(3, 12))
        fen = max(100, invoice.fen // random.choice((10, 5, 3)))
        if on < today:
            note = RedLetter(index, numbers.other("HZ", on), on, fen, invoice.number, random.choice(REASONS))
            ahead[(on.year, on.month)].red_letters.append(note)
            invoice.open_fen -= fen
    for days, share in _habit(random, card.habit, card.term):
        on = next_working_day(invoice.on + timedelta(days=days))
        fen = min(invoice.open_fen, round(invoice.fen * share)) if share < 1 else invoice.open_fen
        if on >= today or fen <= 0:
            continue
        recent = (today - on).days <= 14 and random.random() < 0.35
        memo = f"货款 {invoice.number[-8:]}" if recent and random.random() < 0.5 else ""
        named = () if recent else (invoice.number,)
        receipt = Receipt(index, numbers.other("SK", on), on, fen, named, memo or ("货款" if recent else ""))
        ahead[(on.year, on.month)].receipts.append(receipt)
        invoice.open_fen -= fen


def _habit(random: Random, habit: str, term: int) -> list[tuple[int, float]]:
    """(days after the invoice, share of it) of each payment; none where the customer is stuck."""
    if habit == "prompt":
        return [(max(1, term + random.randint(-6, 3)), 1)]
    if habit == "late":
        return [(term + random.randint(5, 55), 1)]
    if habit == "parts":
        half = random.choice((0.3, 0.5, 0.6))
        later = [(term + random.randint(40, 120), 1)] if random.random() < 0.7 else []
        return [(term + random.randint(0, 20), half), *later]
    if habit == "run":  # public hospitals settle in runs; collection averages some 150 days (domain 3.4)
        return [(random.randint(110, 175), 1)]
    if habit == "run_late":
        return [(random.randint(150, 260), 1)]
    if habit == "silent":
        return [(term + random.randint(0, 40), 1)] if random.random() < 0.6 else []
    return [(term + random.randint(60, 200), 1)] if random.random() < 0.45 else []
