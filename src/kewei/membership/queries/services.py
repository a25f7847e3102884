"""Services asked for and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Service
from kewei.membership.queries.programmes import SEE
from kewei.people.models import Person


@dataclass(frozen=True)
class ServiceRow:
    """A service in a list."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    kind: str
    words: str
    due_on: date
    owner: str
    asked_at: datetime
    done_at: datetime | None
    outcome: str


_FIELDS = (
    "pk", "terminal", "terminal__code", "terminal__name", "kind", "words", "due_on", "owner__name", "asked_at",
    "done_at", "outcome",
)  # fmt: skip


def list_services(
    person: Person,
    *,
    kind: str = "",
    terminal: int | None = None,
    state: str = "open",
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ServiceRow], int]:
    """Services, open ones by the day they are due, and how many there are; two queries. `state`: open, done or all."""
    rows = Service.objects.visible_to(person, SEE)
    if state in ("open", "done"):
        rows = rows.filter(done_at__isnull=state == "open")
    if text:
        rows = rows.filter(Q(terminal__name__icontains=text) | Q(words__icontains=text))
    rows = rows.filter(**{name: value for name, value in {"kind": kind, "terminal": terminal}.items() if value})
    page = rows.order_by(F("done_at").desc(nulls_first=True), "due_on", "pk").values_list(*_FIELDS)
    page = page[start : start + limit] if limit is not None else page[start:]
    return [ServiceRow(*row) for row in page], rows.count()


def service_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Service:
    """The service if the person may see the terminal. Raises NotFound."""
    rows = Service.objects.visible_to(person, verb).filter(pk=pk)
    if lock:
        rows = Service.objects.select_for_update().filter(pk__in=rows.values("pk"))
    found = rows.first()
    if found is None:
        raise NotFound(noun=N_("服务"))
    return found


def service(person: Person, pk: int) -> ServiceRow:
    """One service. Raises NotFound."""
    row = Service.objects.visible_to(person, SEE).filter(pk=pk).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(noun=N_("服务"))
    return ServiceRow(*row)
