"""Files that were not taken in: kept with their reason until somebody says what their columns are, or sets them aside."""

from __future__ import annotations

import hashlib
from datetime import datetime

from kewei.flows import facts
from kewei.flows.models import Unread
from kewei.flows.queries import unread as queries
from kewei.journal.actions import action, record
from kewei.kernel.refusals import Refused
from kewei.people.models import Person
from kewei.terminals.models import Terminal

TAKE_IN = "flows.take_in"


@action
def keep_unread(
    *, distributor: Terminal, filename: str, content: bytes, why: Refused, by: Person, now: datetime
) -> Unread:
    """留待说明  Keep a file whose columns nobody knows, with what is the matter; the same bytes wait once."""
    by.must(TAKE_IN, distributor)
    digest = hashlib.sha256(content).hexdigest()
    if known := queries.waiting_with(distributor.pk, digest):
        return known
    kept = Unread.objects.create(
        distributor=distributor, filename=filename[:200], digest=digest, content=content, code=why.code,
        numbers=why.numbers, brought_by=by, brought_at=now,
    )  # fmt: skip
    record(facts.UNREAD_KEPT, kept, by=by, at=now, terminal=distributor.pk, digest=digest, code=why.code)
    return kept


@action
def close_unread(*, unread: Unread, by: Person, now: datetime, file: int | None = None) -> None:
    """说明完毕  It was taken in as `file`, or is set aside; its bytes are let go, the file itself keeps its rows."""
    kept = queries.unread_for(by, unread.pk)
    by.must(TAKE_IN, kept.distributor)
    Unread.objects.filter(pk=kept.pk).update(closed_at=now, file=file, content=b"")
    record(
        facts.UNREAD_CLOSED, kept, by=by, at=now, terminal=kept.distributor_id, digest=kept.digest, file=file
    )  # fmt: skip
