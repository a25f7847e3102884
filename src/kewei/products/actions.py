"""What can be done with products: add, change, import, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks, insert, next_ids, update
from kewei.journal.models import Intake
from kewei.journal.rules import digest
from kewei.people.models import Person
from kewei.products import facts, queries, rules
from kewei.products.models import ImportedProduct, Product


@action
def add_product(*, code: str, name: str, by: Person, now: datetime, **card: Any) -> Product:
    """添加产品 A new product of the catalogue; `card` takes the fields of rules.FIELDS. Raises ProductCodeTaken."""
    by.must("products.edit")
    row = rules.ProductRow(code=code, name=name, **card)
    try:
        with transaction.atomic():
            product = Product.objects.create(added_at=now, **_fields_of(row))
    except IntegrityError as clash:
        raise rules.ProductCodeTaken(text=code) from clash
    told = {field: value for field, value in card.items() if value}
    record(facts.PRODUCT_ADDED, product, by=by, at=now, code=code, name=name, **told)
    return product


@action
def change_product(*, product: Product, by: Person, now: datetime, **changes: Any) -> Product:
    """修改产品 Change the given fields; the fact keeps former and new values. Raises NothingToChange."""
    by.must("products.edit")
    unknown = changes.keys() - set(rules.FIELDS)
    if unknown:
        raise TypeError(f"no such field of a product: {sorted(unknown)}")
    kept = Product.objects.select_for_update().get(pk=product.pk)
    before = {name: getattr(kept, name) for name in changes}
    changed = {name: (before[name], value) for name, value in changes.items() if before[name] != value}
    if not changed:
        raise rules.NothingToChange
    for name, (_, value) in changed.items():
        setattr(kept, name, value)
    kept.search = rules.search_text(kept.code, kept.name, kept.trade_name, kept.maker, kept.approval_no)
    kept.save(update_fields=[*changed, "search"])
    record(facts.PRODUCT_CHANGED, kept, by=by, at=now, changes={name: list(pair) for name, pair in changed.items()})
    return kept


@action
def import_products(
    *,
    rows: Iterable[Mapping[str, Any]],
    intake: Intake,
    by: Person,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """导入产品 Add every new code, change known ones where a cell is not blank.

    `rows` are values by column name, cleaned by the columns. Answers {"created", "changed", "unchanged"}.
    Raises ProductsHaveFaults.
    """
    by.must("products.edit")
    listed = [rules.product_row(values) for values in rows]
    _check([row._asdict() for row in listed], by)
    known = queries.known(row.code for row in listed)
    new = [row for row in listed if row.code not in known]
    pairs = [(row, known[row.code], rules.changes_of_row(row, known[row.code])) for row in listed if row.code in known]
    changed = [(row, before, changes) for row, before, changes in pairs if changes]
    keys = next_ids(Product, len(new))
    fields = ("id", "added_at", "search", "code", *rules.FIELDS)
    insert(Product, fields, ((pk, now, *_values(_fields_of(row))) for pk, row in zip(keys, new, strict=True)))
    afters = ({**before, **{n: pair[1] for n, pair in changes.items()}} for _, before, changes in changed)
    update(Product, ("search", *rules.FIELDS), (_after(after) for after in afters))
    told: list[tuple[int, bool, dict]] = [(pk, True, {}) for pk in keys]
    told += [(before["pk"], False, {n: list(p) for n, p in changes.items()}) for _, before, changes in changed]
    insert(ImportedProduct, ("intake_id", "product_id", "created", "changes"), ((intake.pk, *row) for row in told))
    if progress:
        progress(len(listed), len(listed))
    made = {"created": len(new), "changed": len(changed), "unchanged": len(pairs) - len(changed)}
    record(facts.PRODUCTS_IMPORTED, intake, by=by, at=now, **made, rows=digest([list(row) for row in listed]))
    return made


@action
def undo_import_products(*, intake: Intake, by: Person, now: datetime) -> dict[str, int]:
    """撤销产品导入 Take an import back: unused new products go, used ones are marked 停售, changed fields go back.

    A field somebody has changed since stays. Answers {"removed", "ended", "restored"}.
    """
    by.must("products.edit")
    touched = list(ImportedProduct.objects.filter(intake=intake).values_list("product", "created", "changes"))
    created = [pk for pk, new, _ in touched if new]
    used = queries.in_use(created)
    unused = [pk for pk in created if pk not in used]
    for chunk in chunks(unused, 2_000):
        ImportedProduct.objects.filter(product__in=chunk).delete()
        Product.objects.filter(pk__in=chunk).delete()
    for chunk in chunks(sorted(used)):
        Product.objects.filter(pk__in=chunk).update(lifecycle="ended")
    changed = {pk: changes for pk, new, changes in touched if not new}
    for chunk in chunks(changed):
        rows = Product.objects.filter(pk__in=chunk).values("pk", "code", *rules.FIELDS)
        update(Product, ("search", *rules.FIELDS), (_after(_former(row, changed[row["pk"]])) for row in rows))
    done = {"removed": len(unused), "ended": len(used), "restored": len(changed)}
    record(facts.PRODUCTS_IMPORT_UNDONE, intake, by=by, at=now, **done, products=digest(sorted(unused)))
    return done


def _check(rows: list[dict[str, Any]], by: Person) -> None:
    faults = queries.import_faults(by, enumerate(rows, 1))
    if faults:
        number, _, first = faults[0]
        raise rules.ProductsHaveFaults(count=len(faults), row=number, first=first)


def _fields_of(row: rules.ProductRow) -> dict[str, Any]:
    """Every column of a new product: blank cells are empty, and it is general goods on sale where nothing is said."""
    blank = dict.fromkeys(
        ("trade_name", "spec", "form", "unit", "maker", "approval_no", "prescription", "supply", "storage"), ""
    )
    given = {name: value for name, value in row._asdict().items() if value is not None}
    card = {
        **blank, "per_case": None, "listed_price_fen": None, "tax_bp": None, "cold_chain": False, "scope_class": "general",
        "lifecycle": "live", "extra": {}, **given,
    }  # fmt: skip
    search = rules.search_text(card["code"], card["name"], card["trade_name"], card["maker"], card["approval_no"])
    return {**card, "search": search}


def _values(card: dict[str, Any]) -> list[Any]:
    return [card["search"], card["code"], *(card[name] for name in rules.FIELDS)]


def _after(card: dict[str, Any]) -> list[Any]:
    search = rules.search_text(card["code"], card["name"], card["trade_name"], card["maker"], card["approval_no"])
    return [search, *(card[name] for name in rules.FIELDS), card["pk"]]


def _former(row: dict[str, Any], changes: dict[str, list[Any]]) -> dict[str, Any]:
    back = {name: before for name, (before, after) in changes.items() if row[name] == after}
    return {**row, **back}
