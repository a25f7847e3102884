"""账务核销: an uncollectable invoice leaves the books, not the world (domain 3.7, 4.11; docs/algorithms/write_off.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.receivables.rules.allocation import OpenItem, Share, by_age
from kewei.receivables.rules.refusals import NothingToAllocate


@refusal
class WriteOffIsWhole(Refused):
    code = "write_off_is_whole"
    says = N_("{number} 是账务核销，不能拆开撤销")
    next_step = N_("请冲销整笔账务核销，或在款项收回时登记「核销收回」")
    status = 409


@refusal
class WrittenOffMeanwhile(Refused):
    code = "written_off_meanwhile"
    says = N_("发票上有账务核销 {number}")
    next_step = N_("请先冲销这笔账务核销")
    status = 409


@refusal
class NotAWriteOff(Refused):
    code = "not_a_write_off"
    says = N_("{number} 不是有效的账务核销")


@refusal
class WriteOffNeedsWords(Refused):
    code = "write_off_needs_words"
    says = N_("账务核销须写明理由")


@refusal
class RecoveredMoreThanWrittenOff(Refused):
    code = "recovered_more_than_written_off"
    says = N_("核销 {number} 只有 {written_off_fen} 元，收回 {wanted_fen} 元超出")


def oldest_first(fen: int, items: Sequence[OpenItem]) -> list[Share]:
    """Which invoices so much is written off of, by due date; less where there is not so much open."""
    shares, left = [], fen
    for item in by_age(items):
        if left <= 0:
            break
        taken = min(left, item.open_fen)
        shares.append(Share(item.item_id, taken))
        left -= taken
    return shares


def recovered(written_off: Iterable[tuple[int, int]], fen: int) -> tuple[list[Share], list[Share]]:
    """What money that came back settles, and what stays written off.

    `written_off` are (item, fen) in the order in which they are to be paid. Nothing is made or lost: both together are
    what was written off. Raises NothingToAllocate.
    """
    settled, left = [], fen
    stays = []
    for item, off in written_off:
        taken = min(left, off)
        if taken:
            settled.append(Share(item, taken))
        if off > taken:
            stays.append(Share(item, off - taken))
        left -= taken
    if not settled:
        raise NothingToAllocate
    return settled, stays
