"""我方承诺: what we promised a customer, so that it is kept or taken back in the open (domain 1F row 83)."""

from __future__ import annotations

from datetime import date

from kewei.kernel.refusals import N_, Refused, refusal

OPEN, DONE, DROPPED = "open", "done", "dropped"
STATES: dict[str, str] = {OPEN: N_("待兑现"), DONE: N_("已兑现"), DROPPED: N_("不再兑现")}
TONES: dict[str, str] = {OPEN: "info", DONE: "ok", DROPPED: "quiet"}
MOVES: dict[str, tuple[tuple[str, ...], str]] = {"do": ((OPEN,), DONE), "drop": ((OPEN,), DROPPED)}
# What was promised, and the reason code under which the customer holds money back until it is kept (domain 3.2).
KINDS: dict[str, tuple[str, str]] = {
    "rebate": (N_("返利、折让"), "C3"),
    "price": (N_("价格、补差"), "C2"),
    "replacement": (N_("换货、补货"), "B1"),
    "credit_note": (N_("红字发票"), "A4"),
    "paper": (N_("补交单据"), "A5"),
    "other": (N_("其他"), "H3"),
}


@refusal
class WrongOwnPromiseState(Refused):
    code = "wrong_own_promise_state"
    says = N_("这项我方承诺现为「{found}」，不能这样做")
    status = 409


@refusal
class OwnPromiseNeedsWords(Refused):
    code = "own_promise_needs_words"
    says = N_("请写明承诺了什么、结果如何")


@refusal
class UnknownOwnPromise(Refused):
    code = "unknown_own_promise"
    says = N_("没有「{text}」这种我方承诺")


@refusal
class OwnPromiseDays(Refused):
    code = "own_promise_days"
    says = N_("兑现日 {due_on} 早于承诺之日 {made_on}")


def check_move(verb: str, state: str) -> str:
    """The state a verb leads to. Raises WrongOwnPromiseState."""
    begins, ends = MOVES[verb]
    if state not in begins:
        raise WrongOwnPromiseState(found=STATES[state])
    return ends


def check_own_promise(kind: str, words: str, made_on: date, due_on: date) -> None:
    """Raises UnknownOwnPromise, OwnPromiseNeedsWords, OwnPromiseDays."""
    if kind not in KINDS:
        raise UnknownOwnPromise(text=kind[:40])
    if not words.strip():
        raise OwnPromiseNeedsWords
    if due_on < made_on:
        raise OwnPromiseDays(due_on=due_on, made_on=made_on)
