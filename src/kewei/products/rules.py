"""The words of the catalogue, what a product is found by, and what a row of a file changes (domain 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kewei.kernel.columns import NotAChoice
from kewei.kernel.names import fold, pinyin_initials
from kewei.kernel.refusals import N_, Refused, refusal

# Classes that need a permission of their own on the customer's side; the scope of a licence uses the same codes.
SCOPE_CLASSES: dict[str, str] = {
    "general": N_("普通药品"),
    "biological": N_("生物制品"),
    "cold_chain": N_("冷链药品"),
    "narcotic_1": N_("麻醉药品、第一类精神药品"),
    "psychotropic_2": N_("第二类精神药品"),
    "toxic": N_("医疗用毒性药品"),
    "vaccine": N_("疫苗"),
    "hormone": N_("蛋白同化制剂、肽类激素"),
    "abortion": N_("终止妊娠药品"),
    "precursor": N_("药品类易制毒化学品"),
    "radioactive": N_("放射性药品"),
    "device": N_("医疗器械"),
    "other": N_("其他品类"),
}

# As files of companies call them.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "general": ("普通", "药品", "西药", "中成药", "中药", "化学药", "普药", "general"),
    "biological": ("生物制剂", "血液制品", "biological"),
    "cold_chain": ("冷链", "冷藏", "冷藏药品", "cold chain"),
    "narcotic_1": ("麻醉", "麻醉药品", "第一类精神药品", "麻醉一类精神", "麻精一", "一类精神", "narcotic"),
    "psychotropic_2": ("二类精神", "二类精神药品", "精二", "psychotropic"),
    "toxic": ("毒性", "毒性药品", "医用毒性药品", "toxic"),
    "vaccine": ("vaccine",),
    "hormone": ("蛋白同化制剂", "肽类激素", "蛋白同化制剂肽类激素", "蛋肽", "hormone"),
    "abortion": ("终止妊娠", "abortion"),
    "precursor": ("易制毒", "易制毒化学品", "precursor"),
    "radioactive": ("放射性", "radioactive"),
    "device": ("器械", "耗材", "device"),
    "other": ("其他", "其它", "other"),
}

_CLASS_OF = {fold(word): code for code, label in SCOPE_CLASSES.items() for word in (code, label, *_SYNONYMS[code])}

PRESCRIPTION: dict[str, str] = {
    "rx": N_("处方药"),
    "otc_a": N_("甲类非处方药"),
    "otc_b": N_("乙类非处方药"),
    "none": N_("不适用"),
}

# Products that must reach the patient: a credit block on them goes to an approver instead (domain 4.3 [INF]).
SUPPLIES: dict[str, str] = {
    "vbp": N_("集采中选"),
    "essential": N_("国家基本药物"),
    "emergency": N_("急救抢救"),
    "negotiated": N_("国谈品种"),
}
MUST_BE_SUPPLIED = ("vbp", "essential", "emergency")

LIFECYCLES: dict[str, str] = {
    "new": N_("新品"),
    "live": N_("在售"),
    "fading": N_("淘汰中"),
    "ended": N_("停售"),
}


@refusal
class ProductCodeTaken(Refused):
    code = "product_code_taken"
    says = N_("产品编码 {text} 已被使用")
    status = 409


@refusal
class NothingToChange(Refused):
    code = "product_nothing_to_change"
    says = N_("产品没有要修改的内容")


@refusal
class ProductRepeated(Refused):
    code = "product_repeated"
    says = N_("产品编码 {text} 在文件中重复，首次出现在第 {row} 行")


@refusal
class ProductsHaveFaults(Refused):
    code = "products_have_faults"
    says = N_("文件有 {count} 处问题，未导入。第 {row} 行：{first}")


class ProductRow(NamedTuple):
    """One row of a file of products: cleaned values, None where the cell was blank."""

    code: str
    name: str
    trade_name: str | None = None
    spec: str | None = None
    form: str | None = None
    unit: str | None = None
    per_case: int | None = None
    maker: str | None = None
    approval_no: str | None = None
    scope_class: str | None = None
    prescription: str | None = None
    cold_chain: bool | None = None
    storage: str | None = None
    lifecycle: str | None = None
    listed_price_fen: int | None = None
    supply: str | None = None
    tax_bp: int | None = None
    extra: Mapping[str, str] | None = None


FIELDS = ProductRow._fields[1:]


class ProductFacts(NamedTuple):
    """What an order is judged by; price in fen, tax in basis points."""

    pk: int
    code: str
    name: str
    spec: str
    unit: str
    per_case: int | None
    maker: str
    approval_no: str
    scope_class: str
    prescription: str
    cold_chain: bool
    lifecycle: str
    supply: str
    tax_bp: int | None
    listed_price_fen: int | None


def product_row(values: Mapping[str, Any]) -> ProductRow:
    """A row from values by column name; the listed price comes under `listed_price`, in fen."""
    known = {name: values[name] for name in ProductRow._fields if values.get(name) not in (None, "")}
    price = values.get("listed_price", values.get("listed_price_fen"))
    if price is not None:
        known["listed_price_fen"] = price
    if known.get("scope_class") == "cold_chain":
        known.setdefault("cold_chain", True)
    return ProductRow(**{**known, "extra": values.get("extra") or None})


def changes_of_row(row: ProductRow, before: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields a row changes, each with its former and its new value; blank cells change nothing."""
    wanted = {name: getattr(row, name) for name in FIELDS if name != "extra" and getattr(row, name) is not None}
    if row.extra:
        wanted["extra"] = {**before["extra"], **row.extra}
    return {name: (before[name], value) for name, value in wanted.items() if before[name] != value}


def read_scope_class(text: str) -> str:
    """The class a word of a file stands for: 冷链, 二类精神 … Raises NotAChoice."""
    found = _CLASS_OF.get(fold(text))
    if found is None:
        raise NotAChoice(text=text[:60], allowed=list(SCOPE_CLASSES.values()))
    return found


def search_text(code: str, name: str, trade_name: str, maker: str, approval_no: str) -> str:
    """Everything a product is found by in one folded text, with the pinyin initials of its names."""
    words = [fold(word) for word in (code, name, trade_name, maker, approval_no)]
    words += [pinyin_initials(name), pinyin_initials(trade_name)]
    return "|" + "|".join(dict.fromkeys(word for word in words if word)) + "|"
