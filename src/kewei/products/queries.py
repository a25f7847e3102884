"""Questions about products. The first argument is the person who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, ForeignObjectRel, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from kewei.journal.bulk import ask, chunks, marks
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.products import rules
from kewei.products.models import ImportedProduct, Product

NOUN = N_("产品")

ORDERS: dict[str, tuple[str, str]] = {
    "code": ("code", "pk"),
    "name": ("name", "code"),
    "maker": ("maker", "code"),
    "scope_class": ("scope_class", "code"),
    "listed_price": ("listed_price_fen", "code"),
    "added_at": ("added_at", "pk"),
}


@dataclass(frozen=True)
class ProductCard:
    """A product as shown in lists and on its card; the price is in fen."""

    pk: int
    code: str
    name: str
    trade_name: str
    spec: str
    form: str
    unit: str
    per_case: int | None
    maker: str
    approval_no: str
    scope_class: str
    prescription: str
    cold_chain: bool
    storage: str
    lifecycle: str
    listed_price_fen: int | None
    supply: str
    tax_bp: int | None
    extra: dict[str, str]
    added_at: datetime


_FIELDS = tuple(ProductCard.__dataclass_fields__)


def product_for(person: Person, pk: int) -> Product:
    """The product, if this person may see products. Raises NotFound."""
    found = Product.objects.visible_to(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def card(person: Person, pk: int) -> ProductCard:
    """A product as plain values. Raises NotFound."""
    row = Product.objects.visible_to(person).filter(pk=pk).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(noun=NOUN)
    return ProductCard(*row)


def list_products(
    person: Person,
    *,
    text: str = "",
    scope_class: str = "",
    lifecycle: str = "",
    supply: str = "",
    order: str = "code",
    start: int = 0,
    limit: int = 50,
) -> tuple[list[ProductCard], int]:
    """One page of the catalogue, and how many products there are; two queries.

    `order` is a key of ORDERS, with a minus before it for the other way round.
    """
    rows = _filtered(person, text, scope_class, lifecycle, supply)
    count = rows.count()
    page = rows.order_by(*_order(order)).values_list(*_FIELDS)[start : start + limit]
    return [ProductCard(*row) for row in page], count


def export_rows(person: Person, **filters: Any) -> Iterator[ProductCard]:
    """Every product with the filters of list_products, streamed."""
    order = filters.pop("order", "code")
    wanted = {"text": "", "scope_class": "", "lifecycle": "", "supply": ""} | filters
    rows = _filtered(person, *wanted.values()).order_by(*_order(order)).values_list(*_FIELDS)
    return (ProductCard(*row) for row in rows.iterator(chunk_size=5000))


def search(person: Person, text: str, limit: int = 20) -> list[ProductCard]:
    """Products whose code, name, trade name, maker, approval number or pinyin initials contain the text; best first."""
    wanted = fold(text)
    if not wanted:
        return []
    rows = _filtered(person, text, "", "").values_list("search", *_FIELDS)[:200]
    best = sorted(rows, key=lambda row: (f"|{wanted}|" not in row[0], f"|{wanted}" not in row[0], row[2]))
    return [ProductCard(*row[1:]) for row in best[:limit]]


def by_codes(person: Person, codes: Iterable[str]) -> dict[str, int]:
    """Primary keys of the products with these codes; codes nobody has are left out."""
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(codes)):
        found.update(Product.objects.visible_to(person).filter(code__in=chunk).values_list("code", "pk"))
    return found


def named(pks: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(code, name with spec) of products by primary key, whoever asks."""
    found: dict[int, tuple[str, str]] = {}
    for chunk in chunks(pks):
        for pk, code, name, spec in Product.objects.filter(pk__in=chunk).values_list("pk", "code", "name", "spec"):
            found[pk] = (code, f"{name} {spec}".strip())
    return found


def facts_of(pks: Iterable[int]) -> dict[int, rules.ProductFacts]:
    """What orders are judged by, for these products, whoever asks; one query per five thousand."""
    found: dict[int, rules.ProductFacts] = {}
    # Written out: every order asks this, and putting the statement together took longer than answering it.
    columns = ", ".join(("id", *rules.ProductFacts._fields[1:]))
    for chunk in chunks(pks):
        keys = list(chunk)
        statement = f"SELECT {columns} FROM {Product._meta.db_table} WHERE id IN ({marks(len(keys))})"  # noqa: S608
        for row in ask(statement, keys):
            facts = rules.ProductFacts(*row)
            found[row[0]] = facts._replace(cold_chain=bool(facts.cold_chain))
    return found


def import_faults(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> list[tuple[int, str, Exception]]:
    """What is wrong with a file of products beyond single cells: (row number, column, refusal), in file order."""
    seen: dict[str, int] = {}
    faults: list[tuple[int, str, Exception]] = []
    for number, values in rows:
        code = values["code"]
        if code in seen:
            faults.append((number, "code", rules.ProductRepeated(text=code, row=seen[code])))
        seen.setdefault(code, number)
    return faults


def known(codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Products with these codes as they stand: their primary key and fields, by code."""
    found: dict[str, dict[str, Any]] = {}
    for chunk in chunks(dict.fromkeys(codes)):
        for row in Product.objects.filter(code__in=chunk).values("pk", "code", *rules.FIELDS):
            found[row["code"]] = row
    return found


def in_use(pks: Iterable[int]) -> set[int]:
    """Which products anything refers to, whatever room it is in."""
    used: set[int] = set()
    for chunk in chunks(pks):
        # Most rooms give their keys no name on our side (related_name "+"), which hides them from related_objects.
        for relation in Product._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel):
                continue
            if relation.related_model is not ImportedProduct:
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": chunk})
                used.update(rows.values_list(relation.field.name, flat=True).distinct())
    return used


def _filtered(person: Person, text: str, scope_class: str, lifecycle: str, supply: str = "") -> QuerySet[Product]:
    rows = Product.objects.visible_to(person)
    for n, word in enumerate(fold(text.replace("\x00", "")).split()):
        at = StrIndex(F("search"), Value(word, output_field=TextField()))
        rows = rows.annotate(**{f"at_{n}": at}).filter(**{f"at_{n}__gt": 0})
    if scope_class:
        rows = rows.filter(scope_class=scope_class)
    if lifecycle:
        rows = rows.filter(lifecycle=lifecycle)
    if supply:
        rows = rows.filter(supply=supply)
    return rows


def _order(order: str) -> list[str]:
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return [sign + field for field in ORDERS.get(name, ORDERS["code"])]
