"""Services to an institution, and what it tells of its stock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.membership import facts
from kewei.membership.models import Service, StockTold
from kewei.membership.queries import programmes, services
from kewei.membership.rules.services import ServiceDone, check_outcome, check_service
from kewei.membership.rules.usage import check_stock
from kewei.people.models import Person

SERVE = "membership.serve"


@action
def ask_service(
    *, terminal: Any, kind: str, words: str, due_on: date, owner: Person | None = None, programme: int | None = None,
    by: Person, now: datetime,
) -> Service:  # fmt: skip
    """提出服务  Licence help, training, recall help: for nothing and tied to nothing. Raises ServiceSaysLittle, ServiceTied."""
    by.must(SERVE, terminal)
    check_service(kind, words)
    kept = programmes.programme_for(by, programme, SERVE) if programme else None
    made = Service.objects.create(
        terminal=terminal, programme=kept, kind=kind, words=words.strip()[:300], due_on=due_on, owner=owner or by,
        asked_by=by, asked_at=now,
    )  # fmt: skip
    record(facts.SERVICE_ASKED, made, by=by, at=now, terminal=terminal.pk, kind=kind, due_on=due_on)
    return made


@action
def finish_service(*, service: int, outcome: str, by: Person, now: datetime) -> Service:
    """完成服务  What came of it. Raises NotFound, ServiceDone, ServiceSaysLittle."""
    by.must(SERVE)
    kept = services.service_for(by, service, SERVE, lock=True)
    if kept.done_at is not None:
        raise ServiceDone
    check_outcome(outcome)
    kept.done_by, kept.done_at, kept.outcome = by, now, outcome.strip()[:300]
    kept.save(update_fields=["done_by", "done_at", "outcome"])
    record(facts.SERVICE_DONE, kept, by=by, at=now, terminal=kept.terminal_id, kind=kept.kind)
    return kept


@action
def tell_stock(
    *, terminal: Any, product: Any, units: int, near_units: int = 0, near_on: date | None = None, batch: str = "",
    on: date | None = None, intake: Any = None, by: Person, now: datetime,
) -> StockTold:  # fmt: skip
    """登记终端库存  What lies on the shelf on a day, and what of it expires soon; the usage card reckons from it.

    Raises BadStock.
    """
    by.must(SERVE, terminal)
    day = on or localdate(now)
    check_stock(units, near_units, day, localdate(now))
    made = StockTold.objects.create(
        terminal=terminal, product=product, on=day, units=units, near_units=near_units,
        near_on=near_on if near_units else None, batch=batch.strip()[:40], intake=intake, by=by, at=now,
    )  # fmt: skip
    record(facts.STOCK_TOLD, made, by=by, at=now, terminal=terminal.pk, product=product.pk, units=units)
    return made
