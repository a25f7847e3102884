"""宣传材料: materials with their versions and what compliance said of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from kewei.campaigns.models import Material, MaterialVersion
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "campaigns.see"
WAITING, GOOD, REFUSED, OLD = "waiting", "good", "refused", "old"
STATES: dict[str, str] = {
    WAITING: N_("待审核"),
    GOOD: N_("可以使用"),
    REFUSED: N_("没有通过"),
    OLD: N_("已过期"),
}


@dataclass(frozen=True)
class VersionRow:
    """A version of a material; `agreed` None while nobody has judged it."""

    pk: int
    material_id: int
    name: str
    product_id: int
    product: str
    number: int
    says: str
    paper: int | None
    paper_name: str
    valid_until: date
    by_id: int
    by: str
    at: datetime
    agreed: bool | None
    note: str
    judged_by: str
    judged_at: datetime | None

    def state(self, today: date) -> str:
        """One of STATES on a day."""
        return state_of(self.agreed, self.valid_until, today)


def state_of(agreed: bool | None, valid_until: date, today: date) -> str:
    """One of STATES: what compliance said of a version, and whether it may still be shown on a day."""
    if agreed is None:
        return WAITING
    if not agreed:
        return REFUSED
    return GOOD if today <= valid_until else OLD


def material_for(person: Person, pk: int, verb: str = SEE) -> Material:
    """The material where this person may see it. Raises NotFound."""
    found = Material.objects.visible_to(person, verb).filter(pk=pk).select_related("product").first()
    if found is None:
        raise NotFound(noun=N_("宣传材料"))
    return found


def version_for(person: Person, pk: int, verb: str = SEE) -> MaterialVersion:
    """A version of a material. Raises NotFound."""
    rows = MaterialVersion.objects.visible_to(person, verb).filter(pk=pk)
    found = rows.select_related("material", "paper").first()
    if found is None:
        raise NotFound(noun=N_("材料版本"))
    return found


def versions_of(pk: int) -> list[VersionRow]:
    """Every version of a material, newest first, whoever asks."""
    return _rows(MaterialVersion.objects.filter(material=pk))


def list_versions(
    person: Person, *, waiting: bool = False, text: str = "", start: int = 0, limit: int = 50
) -> tuple[list[VersionRow], int]:
    """One page of versions, newest first, and how many; `waiting`: only those nobody has judged."""
    rows = MaterialVersion.objects.visible_to(person, SEE)
    if waiting:
        rows = rows.filter(opinion=None)
    if text := text.strip():
        rows = rows.filter(Q(material__name__icontains=text) | Q(material__product__name__icontains=text))
    return _rows(rows, start, limit), rows.count()


def of_product(product: int) -> list[VersionRow]:
    """Every version of every material about a product, newest first, whoever asks."""
    return _rows(MaterialVersion.objects.filter(material__product=product))


def next_number(material: int) -> int:
    """The number of the next version."""
    last = (
        MaterialVersion.objects.filter(material=material).order_by("-number").values_list("number", flat=True).first()
    )
    return (last or 0) + 1


_FIELDS = (
    "pk", "material", "material__name", "material__product", "material__product__name", "number", "says", "paper",
    "paper__filename", "valid_until", "by", "by__name", "at", "opinion__agreed", "opinion__note", "opinion__by__name",
    "opinion__at",
)  # fmt: skip


def _rows(found: QuerySet[MaterialVersion], start: int = 0, limit: int | None = None) -> list[VersionRow]:
    rows: Any = found.order_by("-pk").values_list(*_FIELDS)
    page: list[Any] = list(rows[start : start + limit] if limit is not None else rows)
    told = ((*row[:8], row[8] or "", *row[9:14], row[14] or "", row[15] or "", row[16]) for row in page)
    return [VersionRow(*row) for row in told]
