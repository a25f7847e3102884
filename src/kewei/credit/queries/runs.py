"""Long work somebody asked for: how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from kewei.credit.models import Run
from kewei.credit.queries.grades import Mover
from kewei.kernel.refusals import N_, NotFound

REGRADE, PREVIEW = "regrade", "preview"
SCORE, POLICY = "credit.score", "credit.policy"


@dataclass(frozen=True)
class RunRow:
    """A run: `counts` are (from, to, customers), `moved` the first who would move; without `finished_at` it goes on."""

    pk: int
    kind: str
    policy: str
    body: Any
    as_of: date
    total: int
    done: int
    counts: tuple[tuple[str, str, int], ...]
    moved: tuple[Mover, ...]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    error: str


def run_for(person: Any, pk: int) -> RunRow:
    """A regrade, for whoever scores; a preview, for who asked for it and keeps policies still. Raises NotFound."""
    allowed = Q(kind=REGRADE) if person.may(SCORE) else Q(pk__in=[])
    if person.may(POLICY):
        allowed |= Q(kind=PREVIEW, asked_by=person)
    found = Run.objects.filter(allowed, pk=pk).select_related("asked_by").first()
    if found is None:
        raise NotFound(noun=N_("后台任务"))
    counts = [(*change.split(">"), customers) for change, customers in sorted(found.counts.items())]
    moved = tuple(Mover(**{**one, "as_of": date.fromisoformat(one["as_of"])}) for one in found.moved)
    return RunRow(
        found.pk, found.kind, found.policy, found.body, found.as_of, found.total, found.done, tuple(counts), moved,
        found.asked_by.name, found.asked_at, found.finished_at, found.error,
    )  # fmt: skip


def regrade_under_way() -> int | None:
    """The key of the regrade that goes on, None where none does; whoever asks."""
    return Run.objects.filter(kind=REGRADE, finished_at=None).values_list("pk", flat=True).first()


def next_under_way() -> int | None:
    """The oldest run that goes on, None where none does; whoever asks."""
    return Run.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True).first()
