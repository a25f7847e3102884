"""The demo's old customers: months counted, habits reckoned, and why some of those that fell silent did."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from kewei.insight import jobs
from kewei.insight.queries import habits
from kewei.people import queries as people
from kewei.sales import actions
from kewei.terminals.models import Terminal

TOLD = (
    ("price", "同类药便宜两成"), ("service", "两次送货迟到"), ("alike", "换了同成分的另一家"), ("habit", "科室换了主任，用药习惯变了"),
    ("defect", "一批外包装受潮"), ("other", "诊所歇业三个月"),
)  # fmt: skip


def reckon(*, today: date) -> datetime:
    """What the night would have made; answers when."""
    now = timezone.make_aware(datetime.combine(today, time(3)))
    actions.prepare_months(by=people.system(), now=now)
    jobs.reckon_habits(now=now)
    return now


def fill(*, today: date) -> None:
    """The night, and reasons for half of those past their alarm."""
    seller = people.person_by_login("wang")
    if seller is None:
        return
    now = reckon(today=today)
    lapsed, _count = habits.habits(seller, today, state=habits.LAPSED, limit=2 * len(TOLD))
    for row, (reason, note) in zip(lapsed[::2], TOLD, strict=False):
        terminal = Terminal.objects.get(pk=row.pk)
        actions.tell_loss(terminal=terminal, reason=reason, note=note, by=seller, now=now)
