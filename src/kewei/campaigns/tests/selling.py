"""A county of clinics that buy a product, or could; for tests of campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests import cast

from kewei.campaigns import actions
from kewei.campaigns.models import Campaign
from kewei.campaigns.rules.states import CHECKS, Given
from kewei.products.models import Product
from kewei.products.rules import search_text
from kewei.sales.models import SaleLine
from kewei.terminals.models import Licence, Potential, Terminal

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


@dataclass
class County:
    """The cast, a product, and clinics of Wang's by what they are good for."""

    staff: cast.Cast
    product: Product
    clinics: list[Terminal]

    @property
    def hubei(self) -> int:
        return self.staff.hubei.pk


def product(code: str = "P001", name: str = "阿莫西林胶囊", scope_class: str = "general") -> Product:
    """Something to sell."""
    return Product.objects.create(
        code=code, name=name, unit="盒", scope_class=scope_class, listed_price_fen=12_00,
        search=search_text(code, name, "", "", ""), added_at=NOW,
    )  # fmt: skip


def sell(terminal: Any, what: Product, day: date, boxes: int) -> None:
    """A purchase of so many boxes."""
    SaleLine.objects.create(
        terminal=terminal, product=what, day=day, quantity_milli=boxes * 1000, fen=boxes * 12_00, source="import"
    )


def sell_monthly(terminal: Any, what: Product, boxes: int, months: int = 12, until: date = date(2026, 11, 20)) -> None:
    """A purchase of so many boxes every thirty days."""
    for n in range(months):
        sell(terminal, what, until - timedelta(days=30 * n), boxes)


def license_to(terminal: Any, until: date = date(2028, 1, 1)) -> None:
    """A clinic's licence."""
    Licence.objects.create(
        terminal=terminal, kind="medical", number=f"L{terminal.pk}", valid_to=until, verified_on=TODAY, recorded_at=NOW
    )


def judge(terminal: Any, klass: str, staff: Any) -> None:
    """A class of potential."""
    Potential.objects.create(
        terminal=terminal, potential=klass, basis="told", policy="terminals.potential@0", since=TODAY, set_by=staff.li,
        set_at=NOW,
    )  # fmt: skip


def county(clinics: int = 30, buying: int = 10) -> County:
    """Wang's clinics in one city: the first `buying` buy 40 boxes a month, the rest are of class A and buy none."""
    staff, what = cast.assemble(), product()
    made = []
    for n in range(clinics):
        clinic = cast.open_terminal(
            f"C{n:04}", f"荆州第{n}诊所", "clinic", staff.wang, staff.hubei, province="湖北省", city="荆州市"
        )
        license_to(clinic)
        if n < buying:
            sell_monthly(clinic, what, 40)
        else:
            judge(clinic, "A", staff)
        made.append(clinic)
    return County(staff, what, made)


def given(**more: Any) -> Given:
    """A campaign for December."""
    usual: dict[str, Any] = {
        "name": "十二月阿莫西林", "month": FIRST, "first_on": FIRST, "last_on": LAST, "goal": "每家每月多用 10 盒",
        "goal_milli": 10_000, "cap_fen": 500_000,
    }  # fmt: skip
    return Given(**(usual | more))


def proposed(here: County, now: Any = NOW, **more: Any) -> Campaign:
    """Li proposes it for Hubei."""
    return actions.propose_campaign(
        product=here.product.pk, given=given(**more), territory=here.hubei, by=here.staff.li, now=now
    )


def approved(here: County, size: int = 20, held: int | None = 10, seed: int = 7, **more: Any) -> Campaign:
    """Composed, handed in, agreed to by legal."""
    campaign = proposed(here, **more)
    actions.compose_list(campaign=campaign.pk, size=size, held=held, seed=seed, by=here.staff.li, now=NOW)
    actions.hand_in(campaign=campaign.pk, by=here.staff.li, now=NOW)
    return actions.give_opinion(campaign=campaign.pk, agreed=True, checks=list(CHECKS), by=here.staff.he, now=NOW)


def running(here: County, **more: Any) -> Campaign:
    """Started."""
    campaign = approved(here, **more)
    return actions.start_campaign(campaign=campaign.pk, by=here.staff.li, now=NOW)
