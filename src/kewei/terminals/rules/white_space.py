"""公开名录: lists of terminals nobody has been to yet, from which the pool of every territory is filled (domain 1B row 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.divisions import Place


@refusal
class NowhereToPut(Refused):
    code = "white_space_nowhere"
    says = N_("「{place}」不在任何区域内，导入人也没有所辖区域")
    next_step = N_("请先为该省或市建立销售区域")


class ListRow(NamedTuple):
    """A row of a list, as read."""

    code: str
    name: str
    kind: str = ""
    grade: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    credit_code: str = ""
    licence_number: str = ""
    beds: int | None = None
    latitude: int | None = None
    longitude: int | None = None


@dataclass
class ListPlan:
    """What importing a list would do: prospects to open with their places, how many are here already, every fault."""

    new: list[tuple[ListRow, Place]] = field(default_factory=list)
    known: int = 0
    faults: list[tuple[int, str, Refused]] = field(default_factory=list)


def list_row(values: Mapping[str, Any]) -> ListRow:
    """Values by column name as a row; blanks are what they are without a value."""
    return ListRow(**{name: values[name] for name in ListRow._fields if values.get(name) not in (None, "")})


# By what a name ends in; files of hospitals call a village room a hospital.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("社区卫生服务中心", "primary_care"),
    ("社区卫生服务站", "primary_care"),
    ("卫生院", "primary_care"),
    ("卫生室", "primary_care"),
    ("卫生站", "primary_care"),
    ("卫生所", "primary_care"),
    ("疾病预防控制中心", "cdc"),
    ("门诊部", "clinic"),
    ("诊所", "clinic"),
    ("医务室", "clinic"),
    ("药房", "pharmacy"),
    ("药店", "pharmacy"),
)


def kind_by_name(name: str, given: str) -> str:
    """The kind a name's ending gives away, else the one the list gives, else a hospital or other.

    A clinic listed as a hospital is a clinic; what a list calls a pharmacy stays one.
    """
    folded = fold(name)
    told = next((kind for ending, kind in _ENDINGS if folded.endswith(ending)), "")
    if told and given in ("", "public_hospital", "other"):
        return told
    return given or ("public_hospital" if "医院" in folded else "other")
