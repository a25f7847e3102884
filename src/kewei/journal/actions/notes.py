"""Notes of what was read or taken out: no data changes, but the audit trail shall know."""

from datetime import datetime
from typing import Any

from kewei.journal import facts
from kewei.journal.actions.frame import action, record


@action
def note_export(*, noun: str, rows: int, by, now: datetime, verb: str = "", **detail: Any) -> None:
    """导出  Note that `rows` rows of a noun left the house as a file. Needs `verb`, else <noun>.export."""
    by.must(verb or f"{noun}.export")
    record(facts.EXPORTED, noun, by=by, at=now, rows=rows, **detail)


@action
def note_read(*, what: str, verb: str, by, now: datetime, terminal: int | None = None, **detail: Any) -> None:
    """查看敏感信息  Note that somebody looked at an identity number, a bank account and the like. Needs `verb`."""
    by.must(verb)
    record(facts.SENSITIVE_READ, what, by=by, at=now, terminal=terminal, **detail)
