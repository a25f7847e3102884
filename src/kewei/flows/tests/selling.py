"""Files of distributors for tests: rows as people type them, taken in."""

from __future__ import annotations

from datetime import date

from tests import cast

from kewei.flows import actions, excel
from kewei.flows.actions.files import Taken
from kewei.products.models import Product
from kewei.terminals.models import Terminal

OCTOBER = date(2026, 10, 1)
SALES_HEAD = ["销售日期", "客户名称", "客户城市", "产品名称", "产品规格", "批号", "数量(盒)", "单位", "单价"]


def open_distributor(staff: cast.Cast, code: str = "D0001", name: str = "荆门九州医药有限公司") -> Terminal:
    """A distributor of Wang's, in Hubei."""
    return cast.open_terminal(code, name, "distributor", staff.wang, staff.hubei, province="湖北省", city="荆门市")


def open_product(code: str = "P0001", **card) -> Product:
    """Amoxicillin in boxes, at 12.80."""
    given = {"name": "阿莫西林胶囊", "spec": "0.25g×24粒", "unit": "盒", "per_case": 100, "listed_price_fen": 1280}
    return Product.objects.create(code=code, added_at=cast.MORNING, **(given | card))


def sold(
    name: str, quantity: object, *, day: str = "2026-10-05", city: str = "荆门市", batch: str = "B1", price: str = "12.80",
    product: str = "阿莫西林胶囊", spec: str = "0.25g×24粒", unit: str = "盒",
) -> list[object]:  # fmt: skip
    """A row under SALES_HEAD."""
    return [day, name, city, product, spec, batch, quantity, unit, price]


def csv(*rows: list[object], head: list[str] | None = None) -> bytes:
    """A file of these rows."""
    lines = [head or SALES_HEAD, *rows]
    return "\n".join(",".join(str(cell) for cell in line) for line in lines).encode()


def take_in(
    distributor: Terminal, content: bytes, by, *, name: str = "十月.csv", month: date | None = None, **given
) -> Taken:
    """Take a file in."""
    kind = given.pop("kind", "")
    return actions.take_in_file(
        distributor=distributor, sent=excel.read_file(content, name, kind=kind), month=month, by=by, now=cast.MORNING,
        **given,
    )  # fmt: skip
