"""Noting that the ledger was checked, so that a silent night is told from a night without a check."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kewei.journal.actions import action, record
from kewei.receivables import facts


@action
def note_check(*, found: Mapping[str, int], by: Any, now: datetime) -> None:
    """核对账目  Note how many findings of each sort the check of the whole ledger had; none, where all is well."""
    by.must("journal.check")
    record(facts.LEDGER_CHECKED, "receivables", by=by, at=now, count=sum(found.values()), findings=dict(found))
