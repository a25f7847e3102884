"""关口: the one decision every order passes, at entry, release, delivery and invoice (domain 3.5, 4.1, 4.3, 4.11).

The decision is a table (`TABLE`): a case is reduced to words (`describe`), and for every question exactly one row answers.
The table is checked by program for gaps and overlaps, shown to quality on a page, and is what runs.
docs/algorithms/gate.md has it with worked orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.credit.rules.exposure import Standing
from kewei.kernel import deciding
from kewei.kernel.deciding import When, when
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.terminals.rules import papers
from kewei.terminals.rules.papers import BLOCK, RECORD, WARN, PaperPolicies, Papers

PASS = "pass"  # noqa: S105
ENTRY, RELEASE, DELIVERY, INVOICE = "entry", "release", "delivery", "invoice"
MOMENTS: dict[str, str] = {
    ENTRY: N_("下单"),
    RELEASE: N_("放行"),
    DELIVERY: N_("发货"),
    INVOICE: N_("开票"),
}
PAYMENTS: dict[str, str] = {
    "credit": N_("赊销"),
    "prepaid": N_("预付"),
    "cash": N_("现款"),
}


# --- what is judged ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line as the gate sees it; quantity in thousandths, prices and sums in fen."""

    place: int
    product: int
    code: str
    name: str
    scope_class: str
    prescription: str
    cold_chain: bool
    lifecycle: str
    supply: str
    quantity_milli: int
    price_fen: int | None
    floor_fen: int | None
    fen: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the gate looks at. `standing` leaves out what this order itself holds; `wanted_fen` is what it adds.

    `waived` are the rules a special release in force lets pass, `waived_fen` how far beyond the limit it goes.
    """

    moment: str
    day: date
    terminal: int
    payment: str
    papers: Papers
    lines: tuple[CaseLine, ...]
    standing: Standing
    wanted_fen: int
    waived: tuple[str, ...] = ()
    waived_fen: int = 0


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Tolerances of the gate. Days by grade; tolerance above the limit in basis points by grade."""

    overdue_days: dict[str, int]
    tolerance_bp: dict[str, int]
    released_by_itself: tuple[str, ...]
    new_months: int
    new_prepaid_orders: int
    must_be_supplied: tuple[str, ...]
    never_for_cash: tuple[str, ...]
    final_red_lines: tuple[str, ...]
    final_holds: tuple[str, ...]
    reserve_days: int


def read_gate_policy(body: Any) -> GatePolicy:
    """Read a version. Raises BadPolicy."""
    given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in body.items()}
    policy = GatePolicy(**given)
    if set(policy.overdue_days) != {"A", "B", "C", "D"} or set(policy.tolerance_bp) != {"A", "B", "C", "D"}:
        raise BadPolicy(reason="A B C D")
    if policy.reserve_days < 1:
        raise BadPolicy(reason="reserve_days ≥ 1")
    return policy


GATE = Policy(
    name="orders.gate",
    title=N_("订单关口的容忍度"),
    keeper="orders.policy",
    since=date(2026, 11, 1),
    source="domain 3.5 [INF]: overdue A 15, B 7, C 0; 2.7 [INF]: 5 % tolerance for A, A/B released by themselves, "
    "first 3 orders prepaid; 4.1 [S29]: no cash for special drugs; 4.3 [INF]: supply duty",
    body={
        "overdue_days": {"A": 15, "B": 7, "C": 0, "D": 0},
        "tolerance_bp": {"A": 500, "B": 0, "C": 0, "D": 0},
        "released_by_itself": ["A", "B"],
        "new_months": 3,
        "new_prepaid_orders": 3,
        "must_be_supplied": ["vbp", "essential", "emergency"],
        "never_for_cash": ["narcotic_1", "psychotropic_2", "precursor", "toxic"],
        "final_red_lines": ["licence", "bill_default"],
        "final_holds": ["bill_default", "legal"],
        "reserve_days": 7,
    },
    read=read_gate_policy,
)


@dataclass(frozen=True, slots=True)
class GatePolicies:
    """The versions a case is judged by."""

    gate: GatePolicy
    papers: PaperPolicies


# --- the table --------------------------------------------------------------------------------------------------------

# What a case is reduced to: each word and the values it can take.
WORDS: dict[str, tuple[str, ...]] = {
    "moment": (ENTRY, RELEASE, DELIVERY, INVOICE),
    "payment": ("credit", "prepaid", "cash"),
    "supply": ("all", "some", "none"),
    "limit": ("none", "in_force"),
    "grade": ("A", "B", "C", "D", "none"),
    "room": ("within", "tolerated", "over"),
    "group": ("within", "over"),
    "parts": ("within", "over"),
    "overdue": ("tolerated", "beyond"),
    "holds": ("none", "waivable", "final"),
    "red_lines": ("none", "waivable", "final"),
    "trade": ("new", "known"),
    "special_class": ("no", "yes"),
    "price": ("fits", "below_floor", "unknown"),
    "lifecycle": ("on_sale", "new", "ended"),
}
BEFORE = (ENTRY, RELEASE, DELIVERY)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: for a question, when these words have these values, the level and who may let it pass.

    `rule` names the sentence; `asks` that somebody must approve a warning; `waivable` that a special release may
    overrule it.
    """

    question: str
    when: When
    level: str
    rule: str = ""
    asks: bool = False
    waivable: bool = False
    source: str = ""

    def fits(self, words: Mapping[str, str]) -> bool:
        """Whether the row answers for these words."""
        return deciding.fits(self, words)


QUESTIONS: dict[str, str] = {
    "cash": N_("特殊药品不得现金结算"),
    "lifecycle": N_("产品在售"),
    "price": N_("价格不低于底价"),
    "limit": N_("有生效中的授信额度"),
    "grade": N_("信用等级"),
    "room": N_("占用 + 本单 ≤ 额度"),
    "group": N_("集团占用 + 本单 ≤ 集团额度"),
    "parts": N_("分项占用 ≤ 分项额度"),
    "overdue": N_("逾期天数在容忍之内"),
    "holds": N_("没有停止赊销"),
    "red_lines": N_("没有信用红线"),
    "trade": N_("新客户前几单预付"),
}


def _credit(
    question: str, rule: str, source: str, waivable: bool, free: dict[str, Any], caught: dict[str, Any]
) -> Iterator[Row]:
    """A credit rule: it asks only about credit, gives way to the duty to supply, and only records once goods are out."""
    yield Row(question, when(payment=("prepaid", "cash")), PASS)
    yield Row(question, when(payment="credit", **free), PASS)
    caught = {"payment": "credit", **caught}
    yield Row(question, when(moment=BEFORE, supply=("some", "none"), **caught), BLOCK, rule, False, waivable, source)
    yield Row(question, when(moment=BEFORE, supply="all", **caught), WARN, rule, True, True, f"{source}; 4.3")
    yield Row(question, when(moment=INVOICE, **caught), RECORD, rule, source=source)


TABLE: tuple[Row, ...] = (
    Row("cash", when(payment="cash", special_class="yes"), BLOCK, "special_for_cash", source="domain 4.1 [S29]"),
    Row("cash", when(payment="cash", special_class="no"), PASS),
    Row("cash", when(payment=("credit", "prepaid")), PASS),
    Row("lifecycle", when(lifecycle="on_sale"), PASS),
    Row("lifecycle", when(lifecycle="new"), WARN, "product_new", source="domain 4.11"),
    Row("lifecycle", when(moment=(ENTRY,), lifecycle="ended"), BLOCK, "product_ended", source="domain 1A row 10"),
    Row("lifecycle", when(moment=(RELEASE, DELIVERY, INVOICE), lifecycle="ended"), RECORD, "product_ended"),
    Row("price", when(price="fits"), PASS),
    Row("price", when(moment=(ENTRY, RELEASE), price="below_floor"), WARN, "below_floor", True, True, "domain 4.11"),
    Row("price", when(moment=(DELIVERY, INVOICE), price="below_floor"), RECORD, "below_floor"),
    Row("price", when(price="unknown"), BLOCK, "price_unknown", source="domain 4.9"),
    *_credit("limit", "no_limit", "domain 3.5", False, {"limit": "in_force"}, {"limit": "none"}),
    *_credit("grade", "grade_d", "domain 2.7", False, {"grade": ("A", "B", "C", "none")}, {"grade": "D"}),
    Row("room", when(payment=("prepaid", "cash")), PASS),
    Row("room", when(payment="credit", limit="none"), PASS),
    Row("room", when(payment="credit", limit="in_force", room="within"), PASS),
    Row("room", when(payment="credit", limit="in_force", room="tolerated"), WARN, "limit_touched", source="domain 4.11"),
    Row(
        "room",
        when(payment="credit", limit="in_force", room="over", moment=BEFORE, supply=("some", "none")),
        BLOCK, "over_limit", False, True, "domain 3.5",
    ),
    Row(
        "room",
        when(payment="credit", limit="in_force", room="over", moment=BEFORE, supply="all"),
        WARN, "over_limit", True, True, "domain 3.5; 4.3",
    ),
    Row("room", when(payment="credit", limit="in_force", room="over", moment=INVOICE), RECORD, "over_limit"),
    *_credit("group", "over_group_limit", "domain 3.5", True, {"group": "within"}, {"group": "over"}),
    *_credit("parts", "over_part_limit", "domain 3.5", True, {"parts": "within"}, {"parts": "over"}),
    *_credit("overdue", "overdue", "domain 3.5 [INF]", True, {"overdue": "tolerated"}, {"overdue": "beyond"}),
    *_credit("trade", "new_customer", "domain 2.7 [S38]", True, {"trade": "known"}, {"trade": "new"}),
    Row("holds", when(payment=("prepaid", "cash")), PASS),
    Row("holds", when(payment="credit", holds="none"), PASS),
    Row("holds", when(payment="credit", holds=("waivable", "final"), moment=INVOICE), RECORD, "on_hold"),
    Row("holds", when(payment="credit", holds="final", moment=BEFORE), BLOCK, "on_hold", source="domain 2.8"),
    Row(
        "holds", when(payment="credit", holds="waivable", moment=BEFORE, supply=("some", "none")),
        BLOCK, "on_hold", False, True, "domain 2.13",
    ),
    Row(
        "holds", when(payment="credit", holds="waivable", moment=BEFORE, supply="all"),
        WARN, "on_hold", True, True, "domain 4.3",
    ),
    Row("red_lines", when(payment=("prepaid", "cash")), PASS),
    Row("red_lines", when(payment="credit", red_lines="none"), PASS),
    Row("red_lines", when(payment="credit", red_lines=("waivable", "final"), moment=INVOICE), RECORD, "red_line"),
    Row("red_lines", when(payment="credit", red_lines="final", moment=BEFORE), BLOCK, "red_line", source="domain 2.8"),
    Row(
        "red_lines", when(payment="credit", red_lines="waivable", moment=BEFORE, supply=("some", "none")),
        BLOCK, "red_line", False, True, "domain 2.7",
    ),
    Row(
        "red_lines", when(payment="credit", red_lines="waivable", moment=BEFORE, supply="all"),
        WARN, "red_line", True, True, "domain 4.3",
    ),
)  # fmt: skip


def doubts(table: Iterable[Row] = TABLE) -> list[tuple[str, dict[str, str], int]]:
    """The gaps and overlaps of the table: see kernel.deciding."""
    return deciding.doubts(table, WORDS)


# --- the decision -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule says: how grave, of which line (0: the whole order), with which numbers (name, value as text)."""

    rule: str
    level: str
    place: int = 0
    numbers: tuple[tuple[str, str], ...] = ()
    asks: bool = False
    waivable: bool = False
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer: block, warn (somebody must approve) or pass, with every rule that had something to say."""

    outcome: str
    lines: tuple[Line, ...]
    over_fen: int = 0

    @property
    def blocking(self) -> tuple[Line, ...]:
        """What stands in the way."""
        return tuple(line for line in self.lines if line.level == BLOCK and not line.waived)

    @property
    def asking(self) -> tuple[Line, ...]:
        """Warnings that need somebody's approval and have none."""
        return tuple(line for line in self.lines if line.level == WARN and line.asks and not line.waived)

    @property
    def final(self) -> tuple[Line, ...]:
        """What nobody can let pass."""
        return tuple(line for line in self.blocking if not line.waivable)


def decide(case: Case, policies: GatePolicies) -> Decision:
    """Ask every question of the table, and what papers and scope say; the gravest answer is the outcome."""
    lines = [*_paper_lines(case, policies), *_table_lines(case, policies.gate)]
    lines.sort(key=lambda line: ((BLOCK, WARN, RECORD).index(line.level), line.place, line.rule))
    decision = Decision(PASS, tuple(lines), over_fen(case))
    outcome = BLOCK if decision.blocking else WARN if decision.asking else PASS
    return Decision(outcome, decision.lines, decision.over_fen)


def _paper_lines(case: Case, policies: GatePolicies) -> Iterator[Line]:
    """Papers and scope: they bind whoever pays how, and are never waived; once goods are out they are only recorded."""
    for finding in papers.paper_findings(case.papers, case.day, policies.papers):
        yield Line(finding.rule, _late(case, finding.level), 0, finding.numbers)
    for line in case.lines:
        found = papers.scope_findings(
            case.papers, line.scope_class, line.prescription, line.cold_chain, case.day, policies.papers
        )
        for finding in found:
            yield Line(finding.rule, _late(case, finding.level), line.place, (("product", line.name), *finding.numbers))


def _late(case: Case, level: str) -> str:
    return RECORD if case.moment == INVOICE else level


def _table_lines(case: Case, policy: GatePolicy) -> Iterator[Line]:
    words = describe(case, policy)
    for question in QUESTIONS:
        if question in _PER_LINE:
            for line in case.lines:
                yield from _answer(question, {**words, **_of_line(line, policy)}, case, policy, line)
        else:
            yield from _answer(question, words, case, policy, None)


_PER_LINE = ("cash", "lifecycle", "price")


def _answer(
    question: str, words: Mapping[str, str], case: Case, policy: GatePolicy, line: CaseLine | None
) -> Iterator[Line]:
    row = next(row for row in _BY_QUESTION[question] if row.fits(words))
    if row.level == PASS:
        return
    numbers = _numbers(row.rule, case, policy, line)
    waived = row.waivable and row.rule in case.waived and over_fen(case) <= case.waived_fen
    yield Line(row.rule, row.level, line.place if line else 0, numbers, row.asks, row.waivable, waived)


_BY_QUESTION: dict[str, tuple[Row, ...]] = {
    question: tuple(row for row in TABLE if row.question == question) for question in QUESTIONS
}


def describe(case: Case, policy: GatePolicy) -> dict[str, str]:
    """A case in the words of the table, for the questions about the whole order."""
    stands = case.standing
    supplied = [line.supply in policy.must_be_supplied for line in case.lines]
    grade = stands.grade or "none"
    return {
        "moment": case.moment,
        "payment": case.payment,
        "supply": "all" if supplied and all(supplied) else "some" if any(supplied) else "none",
        "limit": "none" if stands.limit_fen is None else "in_force",
        "grade": grade,
        "room": _room(case, policy),
        "group": "over" if _group_over(case) else "within",
        "parts": "over" if stands.parts_over(case.wanted_fen) else "within",
        "overdue": "beyond" if stands.overdue_days > policy.overdue_days.get(grade, 0) else "tolerated",
        "holds": _kept([reason for reason, _note in stands.holds], policy.final_holds),
        "red_lines": _kept(stands.red_lines, policy.final_red_lines),
        "trade": "new" if _is_new(stands, policy) else "known",
    }


def _of_line(line: CaseLine, policy: GatePolicy) -> dict[str, str]:
    below = line.price_fen is not None and line.floor_fen is not None and line.price_fen < line.floor_fen
    return {
        "special_class": "yes" if line.scope_class in policy.never_for_cash else "no",
        "price": "unknown" if line.price_fen is None else "below_floor" if below else "fits",
        "lifecycle": {"new": "new", "ended": "ended"}.get(line.lifecycle, "on_sale"),
    }


def _room(case: Case, policy: GatePolicy) -> str:
    left_fen = case.standing.own_headroom_fen
    if case.wanted_fen <= left_fen:
        return "within"
    more_fen = case.standing.granted_fen * policy.tolerance_bp.get(case.standing.grade, 0) // 10_000
    return "tolerated" if case.wanted_fen <= left_fen + more_fen else "over"


def _group_over(case: Case) -> bool:
    stands = case.standing
    return stands.group_limit_fen is not None and stands.group_exposure_fen + case.wanted_fen > stands.group_limit_fen


def _is_new(stands: Standing, policy: GatePolicy) -> bool:
    young = stands.months_traded is None or stands.months_traded < policy.new_months
    return young and stands.orders_paid < policy.new_prepaid_orders


def _kept(codes: Iterable[str], final: tuple[str, ...]) -> str:
    codes = list(codes)
    return "none" if not codes else "final" if set(codes) & set(final) else "waivable"


def over_fen(case: Case) -> int:
    """How far an order goes beyond what its own and its group's limits leave, fen; nought where it fits."""
    if case.payment != "credit":
        return 0
    stands = case.standing
    over = [case.wanted_fen - (stands.own_headroom_fen if stands.limit_fen is not None else 0)]
    if stands.group_limit_fen is not None:
        over.append(stands.group_exposure_fen + case.wanted_fen - stands.group_limit_fen)
    return max(0, *over)


def _numbers(rule: str, case: Case, policy: GatePolicy, line: CaseLine | None) -> tuple[tuple[str, str], ...]:
    """The numbers of a sentence, as text; fen are named so."""
    stands = case.standing
    numbers: dict[str, Any] = {}
    if rule in ("over_limit", "limit_touched"):
        numbers = {
            "left_fen": max(0, stands.own_headroom_fen),
            "wanted_fen": case.wanted_fen,
            "limit_fen": stands.granted_fen,
        }
    elif rule == "no_limit":
        numbers = {"wanted_fen": case.wanted_fen}
    elif rule == "over_group_limit":
        left_fen = max(0, (stands.group_limit_fen or 0) - stands.group_exposure_fen)
        numbers = {"left_fen": left_fen, "wanted_fen": case.wanted_fen, "limit_fen": stands.group_limit_fen}
    elif rule == "over_part_limit":
        part, limit_fen, after_fen = stands.parts_over(case.wanted_fen)[0]
        numbers = {"part": part, "limit_fen": limit_fen, "after_fen": after_fen}
    elif rule == "overdue":
        tolerated = policy.overdue_days.get(stands.grade, 0)
        numbers = {"days": stands.overdue_days, "tolerated_days": tolerated, "overdue_fen": stands.overdue_fen}
    elif rule == "on_hold":
        numbers = {"holds": "/".join(reason for reason, _note in stands.holds)}
    elif rule == "red_line":
        numbers = {"lines": "/".join(stands.red_lines)}
    elif rule == "new_customer":
        numbers = {"orders": policy.new_prepaid_orders, "paid": stands.orders_paid, "months": policy.new_months}
    if line is not None:
        numbers = {"product": line.name, **numbers}
        if rule == "below_floor":
            numbers |= {"price_fen": line.price_fen, "floor_fen": line.floor_fen}
    return tuple((name, str(value)) for name, value in numbers.items())
