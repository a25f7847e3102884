"""争议: what a customer says is wrong with an invoice, and what we find (domain 2.17, 3.2; docs/algorithms/promises.md).

A dispute pauses the dunning of its own amount and of nothing else; it does not pause limitation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kewei.collecting.rules.reasons import Reason
from kewei.kernel.refusals import N_, Refused, refusal

OPEN, WORKING, UPHELD, CREDITED = "open", "working", "upheld", "credited"
REJECTED, WITHDRAWN = "rejected", "withdrawn"
STATES: dict[str, str] = {
    OPEN: N_("待处理"),
    WORKING: N_("处理中"),
    UPHELD: N_("成立，待冲账"),
    CREDITED: N_("已冲账"),
    REJECTED: N_("不成立"),
    WITHDRAWN: N_("已撤回"),
}
TONES: dict[str, str] = {
    OPEN: "warn",
    WORKING: "info",
    UPHELD: "warn",
    CREDITED: "ok",
    REJECTED: "quiet",
    WITHDRAWN: "quiet",
}
# verb -> the states it may start from, and where it leads.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "take": ((OPEN,), WORKING),
    "uphold": ((OPEN, WORKING), UPHELD),
    "reject": ((OPEN, WORKING), REJECTED),
    "withdraw": ((OPEN, WORKING), WITHDRAWN),
    "credit": ((UPHELD,), CREDITED),
}
# Whose amount is not dunned: what is being looked at, and what we owe a red letter for.
LIVE = (OPEN, WORKING, UPHELD)
# Only what is wrong with papers, goods, prices or the account can be disputed; the rest are reasons, not disputes.
FAMILIES = ("A", "B", "C", "D")


@refusal
class WrongDisputeState(Refused):
    code = "wrong_dispute_state"
    says = N_("这项争议现为「{found}」，不能这样做")
    status = 409


@refusal
class NotDisputable(Refused):
    code = "not_disputable"
    says = N_("「{reason}」不是争议：它是逾期原因，不暂停催收")


@refusal
class DisputeAboveOpen(Refused):
    code = "dispute_above_open"
    says = N_("争议 {wanted_fen} 元须大于零，且不超过发票未付、未争议的 {open_fen} 元")


@refusal
class UpheldAboveDispute(Refused):
    code = "upheld_above_dispute"
    says = N_("成立的金额 {wanted_fen} 元须大于零，且不超过争议的 {disputed_fen} 元")


@refusal
class DisputeNeedsWords(Refused):
    code = "dispute_needs_words"
    says = N_("请写明争议的内容或处理结论")


@refusal
class NotItsRedLetter(Refused):
    code = "not_its_red_letter"
    says = N_("{number} 不是冲减这张发票的有效红字发票")


@refusal
class RedLetterTooSmall(Refused):
    code = "red_letter_too_small"
    says = N_("红字发票冲减了 {credited_fen} 元，少于成立的 {upheld_fen} 元")


def check_move(verb: str, state: str) -> str:
    """The state a verb leads to. Raises WrongDisputeState."""
    begins, ends = MOVES[verb]
    if state not in begins:
        raise WrongDisputeState(found=STATES[state])
    return ends


def check_dispute(reason: Reason, fen: int, free_fen: int, words: str) -> None:
    """A known fault, in words, of what is open and not disputed already.

    Raises NotDisputable, DisputeAboveOpen, DisputeNeedsWords.
    """
    if reason.code[0] not in FAMILIES:
        raise NotDisputable(reason=reason.name)
    if not 0 < fen <= free_fen:
        raise DisputeAboveOpen(wanted_fen=fen, open_fen=max(0, free_fen))
    if not words.strip():
        raise DisputeNeedsWords


def check_upheld(upheld_fen: int, disputed_fen: int) -> None:
    """Raises UpheldAboveDispute."""
    if not 0 < upheld_fen <= disputed_fen:
        raise UpheldAboveDispute(wanted_fen=upheld_fen, disputed_fen=disputed_fen)


def answer_by(reason: Reason, raised_on: date) -> date | None:
    """The day by which we answer; None where the reason has no target."""
    return None if reason.days is None else raised_on + timedelta(days=reason.days)


def paused_fen(state: str, fen: int, upheld_fen: int) -> int:
    """What one dispute keeps from being dunned: all of it while looked at, then what we owe a red letter for."""
    if state in (OPEN, WORKING):
        return fen
    return upheld_fen if state == UPHELD else 0


def undisputed_fen(open_fen: int, paused: Iterable[int]) -> int:
    """What must be paid in any case (款项条例 15): dunning goes on for it."""
    return max(0, open_fen - sum(paused))
