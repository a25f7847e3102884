"""Facts as lines of a timeline: what happened, in words, with the numbers that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kewei.journal import following
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_

# What a fact's details are called. Others are for programs and are not shown.
DETAILS: dict[str, str] = {
    "number": N_("单据号"),
    "total_fen": N_("金额"),
    "fen": N_("金额"),
    "on": N_("日期"),
    "due_date": N_("到期日"),
    "reason": N_("原因"),
    "name": N_("名称"),
    "code": N_("编码"),
    "valid_to": N_("有效期至"),
    "filename": N_("文件"),
    "rows": N_("行数"),
    "count": N_("笔数"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, what, by whom, and its details as (name, value)."""

    at: datetime
    says: str
    by: str
    details: tuple[tuple[str, str], ...]


def told(moment: Any) -> Line:
    """A fact of the journal in the reader's language."""
    return Line(moment.at, _(following.says().get(moment.name, moment.name)), moment.by, tuple(_details(moment.detail)))


def _details(detail: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in detail.items():
        if key in DETAILS and value not in (None, "", [], {}) and not isinstance(value, dict | list):
            yield _(DETAILS[key]), yuan(value) if key.endswith("fen") else str(value)
