"""Carrying out an agreed write-off, and taking money that came back after all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.models import Exit, Recovery, WriteOff
from kewei.collecting.queries import exits, write_offs
from kewei.collecting.rules.exits import OFF_LEDGER
from kewei.collecting.rules.write_offs import AlreadyPosted, check_posting, findings
from kewei.credit import actions as credit
from kewei.credit.queries import holds
from kewei.journal.actions import action, record
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.receivables import actions as receivables
from kewei.receivables.rules.write_offs import NotAWriteOff

POST = "receivables.write_off"


@action
def post_write_off(
    *, decision: Any, evidence: Sequence[tuple[str, str]], papers: Sequence[Any] = (), by: Person, now: datetime
) -> WriteOff:
    """核销入账  Take what an agreed exit gives up off the books, the oldest overdue invoices first; the claim goes on.

    `evidence` are (kind, note) of rules.write_offs.EVIDENCE, `papers` attachments that show it. By somebody who neither
    proposed nor decided. Credit is held, because what is off the books is owed all the same. Raises NotFound,
    AlreadyPosted and what check_posting raises.
    """
    by.must(POST)
    kept = exits.exit_for(by, decision if isinstance(decision, int) else decision.pk, POST)
    kept = Exit.objects.select_for_update(of=("self",)).select_related("terminal").get(pk=kept.pk)
    done = WriteOff.objects.filter(decision=kept).select_related("entry").first()
    if done is not None:
        raise AlreadyPosted(number=done.entry.number)
    day, policy = localdate(now), write_offs.policy(localdate(now))
    shares, items = write_offs.proposed(kept, day)
    asked = write_offs.decided(kept, shares, items, day)
    told = [(kind, note.strip()[:200]) for kind, note in evidence]
    check_posting(asked, by.pk, told, policy.value)
    pursued = OFF_LEDGER in kept.steps
    noted = [[one.level, one.code, one.numbers] for one in findings(asked, papers, pursued)]
    entry = receivables.write_off(
        terminal=kept.terminal, shares=[(share.item_id, share.fen) for share in shares], reason=kept.why[:200],
        fields={"decision": kept.pk, "evidence": told, "policy": policy.label}, by=by, now=now,
    )  # fmt: skip
    made = WriteOff.objects.create(
        decision=kept, terminal_id=kept.terminal_id, entry=entry, fen=entry.total_fen,
        items=[[share.item_id, share.fen] for share in shares], evidence=[list(one) for one in told],
        papers=[paper.pk for paper in papers], findings=noted, policy=policy.label, pursued=pursued, by=by, at=now,
    )  # fmt: skip
    if not holds.live_holds([kept.terminal_id]).get(kept.terminal_id):
        credit.place_hold(
            terminal=kept.terminal, reason="legal", note=f"{entry.number} {kept.why}"[:200], by=people.system(), now=now
        )
    record(
        facts.WRITE_OFF_POSTED, made, by=by, at=now, terminal=kept.terminal_id, decision=kept.pk, number=entry.number,
        fen=made.fen, evidence=[kind for kind, _note in told], pursued=pursued,
    )  # fmt: skip
    return made


@action
def recover_write_off(*, write_off: Any, receipt: Any, fen: int | None = None, by: Person, now: datetime) -> Recovery:
    """核销收回  Money that came after all pays what had been written off, as far as it goes; the rest stays written off.

    Raises NotFound, NotAWriteOff where nothing is left of it, and what receivables' recover_written_off raises.
    """
    by.must(POST)
    kept = write_offs.write_off_for(by, write_off if isinstance(write_off, int) else write_off.pk, POST)
    kept = WriteOff.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    entry = write_offs.current_entry(kept)
    if entry is None:
        raise NotAWriteOff(number=kept.entry.number)
    before = kept.fen - sum(Recovery.objects.filter(write_off=kept).values_list("fen", flat=True))
    rest = receivables.recover_written_off(write_off=entry, receipt=receipt, fen=fen, by=by, now=now)
    came = before - (rest.total_fen if rest else 0)
    made = Recovery.objects.create(
        write_off=kept,
        receipt_id=receipt if isinstance(receipt, int) else receipt.pk,
        fen=came,
        rest=rest,
        by=by,
        at=now,
    )
    record(
        facts.WRITE_OFF_CAME_BACK, made, by=by, at=now, terminal=kept.terminal_id, write_off=kept.pk, fen=came,
        left_fen=before - came,
    )  # fmt: skip
    return made
