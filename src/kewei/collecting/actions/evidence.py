"""证据: adding files to invoices, taking them off, and noting what was handed out (domain 4.6, 4.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kewei.collecting import facts
from kewei.collecting.models import EvidencePack, EvidencePaper
from kewei.collecting.queries import evidence
from kewei.collecting.rules.evidence import PAPER_KINDS, PackNeedsRecipient, UnknownPaper
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables

CONTACT, LETTER = "collecting.contact", "collecting.letter"


@action
def add_evidence(
    *, entry: int, kind: str, attachment: Any, on: date | None = None, note: str = "", by: Person, now: datetime
) -> EvidencePaper:
    """补充证据  A file that proves one part of an invoice. Raises NotFound, UnknownPaper."""
    by.must(CONTACT)
    if kind not in PAPER_KINDS:
        raise UnknownPaper(kind=kind)
    card = evidence.evidence_of(by, entry, now.date())
    kept = EvidencePaper.objects.create(
        terminal_id=card.terminal_id, entry_id=entry, kind=kind, attachment=attachment, on=on, note=note.strip()[:200],
        added_by=by, added_at=now,
    )  # fmt: skip
    record(
        facts.EVIDENCE_ADDED, kept, by=by, at=now, terminal=card.terminal_id, entry=entry, kind=kind,
        digest=attachment.digest,
    )  # fmt: skip
    return kept


@action
def end_evidence(*, paper: Any, by: Person, now: datetime) -> EvidencePaper:
    """撤下证据  The file stays kept, but proves nothing from now on. Raises NotFound."""
    by.must(CONTACT)
    kept = evidence.paper_for(by, paper if isinstance(paper, int) else paper.pk, CONTACT)
    if kept.ended_at is None:
        kept.ended_by, kept.ended_at = by, now
        kept.save(update_fields=["ended_by", "ended_at"])
        record(
            facts.EVIDENCE_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, entry=kept.entry_id, kind=kept.kind
        )
    return kept


@action
def note_pack(
    *, terminal: Any, items: Sequence[int], recipient: str, files: int, digest: str, by: Person, now: datetime
) -> EvidencePack:
    """交出证据包  What was handed to whom: the sharing record the law asks for. Raises NotFound, PackNeedsRecipient."""
    by.must(LETTER, terminal)
    if not recipient.strip():
        raise PackNeedsRecipient
    documents = receivables.documents(items)
    if any(row.terminal_id != terminal.pk for row in documents.values()) or len(documents) < len(set(items)):
        raise NotFound(noun=N_("单据"))
    kept = EvidencePack.objects.create(
        terminal=terminal, items=sorted(documents), fen=sum(row.open_fen for row in documents.values()),
        recipient=recipient.strip()[:120], files=files, digest=digest, by=by, at=now,
    )  # fmt: skip
    record(
        facts.EVIDENCE_PACKED, kept, by=by, at=now, terminal=terminal.pk, count=len(documents), files=files,
        recipient=kept.recipient, digest=digest,
    )  # fmt: skip
    return kept
