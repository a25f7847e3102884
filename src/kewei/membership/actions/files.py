"""Benefits, adjusted points and stock from files: each row as by hand, so that the table of conduct is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.journal.models import Intake
from kewei.kernel.refusals import N_, Refused
from kewei.membership import facts
from kewei.membership.actions.benefits import want_benefit, withdraw_benefit
from kewei.membership.actions.points import adjust_points, reverse_movement
from kewei.membership.actions.services import tell_stock
from kewei.membership.models import Benefit, Movement, StockTold
from kewei.membership.queries.files import plan_adjustments, plan_benefits, plan_stock
from kewei.membership.rules.benefits import WAITING, WITHDRAWN
from kewei.membership.rules.files import FiledBenefitMoved, check_faults
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

POST, WANT, SERVE = "membership.post", "membership.want", "membership.serve"
UNDONE = N_("撤销导入")
Progress = Callable[[int, int], None]


@action
def import_adjustments(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入积分调整  Every row as a movement of its own; answers {"movement_ids"} for an undo.

    All or nothing: raises MembershipFileFault where plan_adjustments finds any, or where points are not there to take.
    """
    by.must(POST)
    plan = plan_adjustments(by, enumerate(rows, 1))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    for number, member, row in sorted(plan.drafts, key=lambda one: (one[1], one[0])):
        try:
            one = adjust_points(enrolment=member, points=row.points, why=row.why, intake=intake, by=by, now=now)
        except Refused as why:
            check_faults([(number, "points", why)])
        made.append(one.pk)
        tell(len(made), len(plan.drafts))
    record(facts.POINTS_IMPORTED, intake, by=by, at=now, count=len(made))
    return {"movement_ids": made}


@action
def undo_import_adjustments(
    *, intake: Intake, movement_ids: Sequence[int], by: Person, now: datetime
) -> dict[str, int]:
    """撤销积分调整导入  Reverse every movement of the file that is not reversed yet. Raises LotUsed."""
    by.must(POST)
    rows = Movement.objects.filter(pk__in=list(movement_ids), reversed_by=None).order_by("-pk")
    keys = list(rows.values_list("pk", flat=True))
    for pk in keys:
        reverse_movement(movement=pk, why=UNDONE, by=by, now=now)
    done = {"reversed": len(keys), "left": len(movement_ids) - len(keys)}
    record(facts.POINTS_TAKEN_BACK, intake, by=by, at=now, **done)
    return done


@action
def import_benefits(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入会员权益  Propose every benefit of a file; they wait for approval as by hand. Answers {"benefit_ids"}.

    All or nothing: raises MembershipFileFault where plan_benefits finds any, what is blocked included.
    """
    by.must(WANT)
    plan = plan_benefits(by, enumerate(rows, 1), localdate(now))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    made: list[int] = []
    for _number, member, row in plan.drafts:
        one = want_benefit(
            enrolment=member, kind=row.kind, words=row.words, ground=row.ground, fen=row.fen, channel=row.channel,
            recipient=row.recipient, tied=row.tied, near_tender=row.near_tender, evidence=row.evidence, intake=intake,
            by=by, now=now,
        )  # fmt: skip
        made.append(one.pk)
        tell(len(made), len(plan.drafts))
    record(facts.BENEFITS_IMPORTED, intake, by=by, at=now, count=len(made))
    return {"benefit_ids": made}


@action
def undo_import_benefits(*, intake: Intake, benefit_ids: Sequence[int], by: Person, now: datetime) -> dict[str, int]:
    """撤销会员权益导入  Withdraw those nobody has decided on. Raises FiledBenefitMoved where some have been."""
    by.must(WANT)
    rows = Benefit.objects.filter(pk__in=list(benefit_ids))
    moved = rows.exclude(state__in=[WAITING, WITHDRAWN]).count()
    if moved:
        raise FiledBenefitMoved(count=moved)
    keys = list(rows.filter(state=WAITING).order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        withdraw_benefit(benefit=pk, by=by, now=now)
    done = {"withdrawn": len(keys), "left": len(benefit_ids) - len(keys)}
    record(facts.BENEFITS_TAKEN_BACK, intake, by=by, at=now, **done)
    return done


@action
def import_stock(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, list[int]]:
    """导入终端库存  Tell every count of a file as by hand; what was told so already is left. Answers {"stock_ids"}.

    All or nothing: raises MembershipFileFault where plan_stock finds any.
    """
    by.must(SERVE)
    plan = plan_stock(by, enumerate(rows, 1), localdate(now))
    check_faults(plan.faults)
    tell = progress or (lambda done, of: None)
    shops = {shop: terminals.terminal_for(by, shop, SERVE) for shop in {shop for _number, shop, _draft in plan.drafts}}
    goods = {pk: products.product_for(by, pk) for pk in {product for _number, _shop, (product, _row) in plan.drafts}}
    made: list[int] = []
    for _number, shop, (product, row) in plan.drafts:
        one = tell_stock(
            terminal=shops[shop], product=goods[product], units=row.units, near_units=row.near_units, near_on=row.near_on,
            batch=row.batch, on=row.on, intake=intake, by=by, now=now,
        )  # fmt: skip
        made.append(one.pk)
        tell(len(made), len(plan.drafts))
    record(facts.STOCK_IMPORTED, intake, by=by, at=now, count=len(made))
    return {"stock_ids": made}


@action
def undo_import_stock(*, intake: Intake, stock_ids: Sequence[int], by: Person, now: datetime) -> dict[str, int]:
    """撤销终端库存导入  Take every count of the file back; what was counted before it counts again."""
    by.must(SERVE)
    rows = list(StockTold.objects.filter(pk__in=list(stock_ids), taken_back_by=None).order_by("pk"))
    StockTold.objects.bulk_create(
        StockTold(
            terminal_id=row.terminal_id, product_id=row.product_id, on=row.on, units=0, takes_back=row, by=by, at=now
        )
        for row in rows
    )
    done = {"taken_back": len(rows), "left": len(stock_ids) - len(rows)}
    record(facts.STOCK_IMPORT_UNDONE, intake, by=by, at=now, **done)
    return done
