"""The columns of a file of products."""

from __future__ import annotations

from kewei.kernel import columns
from kewei.kernel.columns import Column, NotAChoice
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import Cell
from kewei.products import rules


@refusal
class BadPerCase(Refused):
    code = "bad_per_case"
    says = N_("「{text}」不是件装量，请填大于零的整数")


def per_case(cell: Cell) -> int:
    """How many units a case holds."""
    words = columns.plain_text(cell)
    if not words.isdecimal() or not 0 < int(words) <= 10**6:
        raise BadPerCase(text=words[:20])
    return int(words)


def scope_class(cell: Cell) -> str:
    """The licence scope class, in the words of files."""
    return rules.read_scope_class(columns.plain_text(cell))


def _by_label(words: dict[str, str]) -> columns.Reader:
    return columns.choice({label: code for code, label in words.items()})


def _label(words: dict[str, str]):
    return lambda code: words.get(code, code or "")


def _percent(cell: Cell) -> int:
    """13, 13% or 0.13, in basis points; VAT rates are whole percents."""
    words = columns.plain_text(cell).replace("％", "%").strip()
    number = words.removesuffix("%")
    if number.startswith("0.") and number[2:].isdigit() and len(number) <= 4:
        return int(number[2:].ljust(2, "0")) * 100
    if number.isdigit() and int(number) <= 100:
        return int(number) * 100
    raise NotAChoice(text=words[:20], allowed=["13%", "9%", "6%", "3%", "0%"])


COLUMNS: list[Column] = [
    Column(
        "code", "产品编码", "Product code", columns.code, example="P0001", required=True,
        aliases=("商品编码", "货号", "产品编号", "物料编码", "药品编码", "product_code", "sku"),
    ),
    Column(
        "name", "通用名", "Generic name", columns.text(120), example="阿莫西林胶囊", required=True,
        aliases=("产品名称", "药品名称", "品名", "名称", "商品名称", "product name"),
    ),
    Column("trade_name", "商品名", "Trade name", columns.text(80), example="阿莫仙", aliases=("品牌",)),
    Column(
        "spec", "规格", "Spec", columns.text(80), example="0.25g×24粒",
        aliases=("产品规格", "包装规格", "specification"),
    ),
    Column("form", "剂型", "Form", columns.text(40), example="胶囊剂", aliases=("dosage form",)),
    Column("unit", "单位", "Unit", columns.text(20), example="盒", aliases=("计量单位", "包装单位")),
    Column("per_case", "件装量", "Per case", per_case, example=400, aliases=("件装", "装箱量", "件装数")),
    Column(
        "maker", "生产企业", "Maker", columns.text(120), example="某某制药有限公司",
        aliases=("生产厂家", "厂家", "上市许可持有人", "manufacturer"),
    ),
    Column(
        "approval_no", "批准文号", "Approval number", columns.text(60), example="国药准字H00000000", aliases=("国药准字",),
    ),
    Column(
        "scope_class", "类别", "Class", scope_class, example="普通药品",
        aliases=("经营类别", "药品类别", "管理类别"), show=_label(rules.SCOPE_CLASSES),
        help=N_("决定客户证照须有哪一项经营范围；留空为普通药品"),
    ),
    Column(
        "prescription", "处方类别", "Prescription", _by_label(rules.PRESCRIPTION), example="处方药",
        aliases=("处方分类", "rx/otc"), show=_label(rules.PRESCRIPTION),
    ),
    Column(
        "cold_chain", "冷链", "Cold chain", columns.yes_no, example="否", aliases=("是否冷链", "冷藏"),
        show=lambda cold: "是" if cold else "否",
    ),
    Column(
        "storage", "贮藏条件", "Storage", columns.text(80), example="遮光，密封，不超过20℃",
        aliases=("贮藏", "储存条件", "储运条件", "贮存条件", "storage condition"), help=N_("照说明书「贮藏」项；印在随货同行单上"),
    ),
    Column(
        "lifecycle", "生命周期", "Lifecycle", _by_label(rules.LIFECYCLES), example="在售", aliases=("状态", "销售状态"),
        show=_label(rules.LIFECYCLES),
    ),
    Column(
        "supply", "保供类别", "Supply duty", _by_label(rules.SUPPLIES), example="集采中选", aliases=("集采", "保供", "supply"),
        show=_label(rules.SUPPLIES), help=N_("集采中选、基药、急救药被信用拦截时转人工批准，不直接拒绝"),
    ),
    Column(
        "tax_bp", "税率", "Tax rate", _percent, example="13%", aliases=("增值税率", "vat"),
        show=lambda bp: "" if bp is None else f"{bp // 100}%",
    ),
    Column(
        "listed_price", "挂网价", "Listed price", columns.money_or_nought, example="12.80",
        aliases=("挂网价格", "中标价", "单价"), show=lambda fen: "" if fen is None else yuan_plain(fen),
    ),
]  # fmt: skip
