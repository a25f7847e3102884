"""Files that came in and their layouts, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kewei.journal.rules import digest
from kewei.kernel.columns import heading_key
from kewei.kernel.refusals import N_, Refused, refusal

# A layout nobody named is kept under a name no person would type.
BY_ITSELF = "~"


@refusal
class AlreadyUndone(Refused):
    code = "intake_already_undone"
    says = N_("第 {intake} 号导入已经撤销过")
    status = 409


@dataclass(frozen=True)
class IntakeRow:
    """A past import: what file, what it made, by whom and when; and whether it was undone."""

    pk: int
    noun: str
    filename: str
    layout: str
    made: dict[str, Any]
    taken_by: str
    taken_at: datetime
    undone_by: str
    undone_at: datetime | None


@dataclass(frozen=True)
class LayoutRow:
    """A remembered layout: which heading is which column of ours, and how the file is written."""

    noun: str
    name: str
    signature: str
    mapping: dict[str, str | None]
    options: dict[str, Any]
    made_by: str
    made_at: datetime

    @property
    def by_itself(self) -> bool:
        """Remembered without anybody naming it."""
        return self.name.startswith(BY_ITSELF)


def signature(headings: Iterable[str]) -> str:
    """What two files of one programme have in common: their headings, folded, in any order."""
    return digest(sorted(heading_key(heading) for heading in headings))


def own_name(sign: str) -> str:
    """The name under which a layout nobody named is kept."""
    return f"{BY_ITSELF}{sign[:16]}"
