"""Which product a distributor's goods are, where name, spec and unit leave no doubt (domain 5.5 product mapping)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kewei.kernel.names import fold

# Units that hold a case of packs.
CASES = {"箱", "件", "case", "carton"}


class GoodsAsked(NamedTuple):
    """Goods as a distributor writes them."""

    name: str
    spec: str
    unit: str
    code: str


class Known(NamedTuple):
    """A product of the catalogue; `per_case` packs make a case."""

    pk: int
    code: str
    name: str
    trade_name: str
    spec: str
    unit: str
    per_case: int | None


def place_goods_alike(asked: Sequence[GoodsAsked], known: Sequence[Known]) -> list[tuple[int, int, int] | None]:
    """(product, times, per) for each of the goods, in order; None where people must say.

    The name (or trade name) and the spec are the same, letters and digits counted, and only one product is; or the code
    is our own and the name too. A unit that holds a case counts per case; another unit than the product's is for people.
    """
    by_text: dict[tuple[str, str], set[int]] = {}
    by_code = {fold(one.code): one for one in known}
    products = {one.pk: one for one in known}
    for one in known:
        for name in filter(None, (one.name, one.trade_name)):
            by_text.setdefault((bare(name), bare(one.spec)), set()).add(one.pk)
            by_text.setdefault((bare(name + one.spec), ""), set()).add(one.pk)
    return [_place(goods, by_text, by_code, products) for goods in asked]


def _place(
    goods: GoodsAsked,
    by_text: dict[tuple[str, str], set[int]],
    by_code: dict[str, Known],
    products: dict[int, Known],
) -> tuple[int, int, int] | None:
    found = by_text.get((bare(goods.name), bare(goods.spec)), set())
    mine = by_code.get(fold(goods.code)) if goods.code else None
    if mine is not None and (mine.pk in found or (not found and not goods.spec and _same_name(goods, mine))):
        found = {mine.pk}
    if len(found) != 1:
        return None
    product = products[next(iter(found))]
    factor = _factor(fold(goods.unit), product)
    return None if factor is None else (product.pk, *factor)


def _same_name(goods: GoodsAsked, known: Known) -> bool:
    return bare(goods.name) in {bare(known.name), bare(known.trade_name)}


def _factor(unit: str, product: Known) -> tuple[int, int] | None:
    if not unit or not product.unit or unit == fold(product.unit):
        return (1, 1)
    if unit in CASES and product.per_case:
        return (product.per_case, 1)
    return None


def bare(text: str) -> str:
    """A text without what typing adds: width, case, spaces, signs; * and × are the same."""
    return "".join(c for c in fold(text).replace("*", "x").replace("×", "x") if c.isalnum() or c in ".%")
