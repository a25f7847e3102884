"""The columns of a file of customers: template, import, export, API and form share this list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import Cell
from kewei.terminals import rules
from kewei.terminals.rules import near
from kewei.terminals.rules.prospects import ESTIMATE_BASES, PAPER_CHECKS, PAYS_BY, SOURCES


@refusal
class BadBeds(Refused):
    code = "bad_beds"
    says = N_("「{text}」不是床位数，请填 0 至 99999 的整数")


def kind(cell: Cell) -> str:
    """The kind of terminal, in the words of files."""
    return rules.read_kind(columns.plain_text(cell))


def word(words: rules.Words) -> columns.Reader:
    """One of a table of words, by label or code."""
    return lambda cell: rules.read_word(words, columns.plain_text(cell))


def label(words: rules.Words) -> Any:
    """A code as its Chinese label, for files."""
    return lambda code: words.get(code, code or "")


def credit_code(cell: Cell) -> str:
    """A unified social credit code, check digit and all."""
    return rules.read_credit_code(columns.code(cell))


def beds(cell: Cell) -> int:
    """A number of beds."""
    words = columns.plain_text(cell)
    if not words.isdecimal() or len(words) > 5:
        raise BadBeds(text=words[:20])
    return int(words)


CUSTOMER_CODE = Column(
    "code",
    "客户编码",
    "Customer code",
    columns.code,
    example="T0001",
    required=True,
    aliases=("customer_code", "终端编码", "客户编号", "客户代码", "终端代码", "编码", "customer", "terminal_code"),
)

COLUMNS: list[Column] = [
    CUSTOMER_CODE,
    Column(
        "name", "名称", "Name", columns.text(120), example="荆门市第一人民医院", required=True,
        aliases=("客户名称", "终端名称", "机构名称", "单位名称", "法定名称", "机构全称", "customer name"),
    ),
    Column(
        "kind", "终端类型", "Kind", kind, example="公立医院", aliases=("类型", "客户类型", "机构类型", "type"),
        show=label(rules.KINDS), help=N_("公立医院、民营医院、基层医疗、诊所、单体药店、连锁总部、连锁门店、批发企业、其他"),
    ),
    Column(
        "credit_code", "统一社会信用代码", "Credit code", credit_code, example="12420800MB0000001D",
        aliases=("信用代码", "社会信用代码", "税号", "纳税人识别号", "credit code"), help=N_("18 位，含校验位"),
    ),
    Column("province", "省", "Province", columns.text(30), example="湖北省", aliases=("省份", "所在省")),
    Column("city", "市", "City", columns.text(30), example="荆门市", aliases=("城市", "地市", "所在市")),
    Column("district", "区县", "District", columns.text(30), example="东宝区", aliases=("区", "县", "县区", "区/县", "县/区")),
    Column("address", "地址", "Address", columns.text(200), example="象山大道67号", aliases=("注册地址", "详细地址", "客户地址")),
    Column(
        "owner", "负责人", "Owner", columns.text(40), example="wang",
        aliases=("业务员", "销售负责人", "负责人登录名", "客户负责人", "sales rep"), help=N_("负责人的登录名"),
    ),
    Column("short_name", "简称", "Short name", columns.text(60), example="荆门一医", aliases=("客户简称",)),
    Column(
        "aliases", "别名", "Aliases", columns.many(sep=";；、", read=columns.text(120)), example="荆门市人民医院",
        aliases=("曾用名", "曾用名/别名", "俗称", "former_names"), show=lambda names: ";".join(names),
        help=N_("几个名称用分号 ; 隔开"),
    ),
    Column("grade", "医院等级", "Grade", word(rules.GRADES), example="三级甲等", aliases=("等级", "国家等级"), show=label(rules.GRADES)),
    Column("beds", "床位", "Beds", beds, example=800, aliases=("床位数", "总床位数")),
    Column(
        "ownership", "企业性质", "Ownership", word(rules.OWNERSHIPS), example="公立", aliases=("性质", "医院性质"),
        show=label(rules.OWNERSHIPS),
    ),
    Column("size", "企业规模", "Size", word(rules.SIZES), example="中型", aliases=("规模", "规模类型"), show=label(rules.SIZES)),
    Column(
        "group_code", "上级机构编码", "Group code", columns.code, example="T0100",
        aliases=("总部编码", "上级编码", "连锁总部编码", "所属集团编码"), help=N_("连锁总部或医联体牵头单位的客户编码"),
    ),
    Column("note", "备注", "Note", columns.text(2000), aliases=("说明", "remark")),
]  # fmt: skip


@refusal
class BadDegrees(Refused):
    code = "bad_degrees"
    says = N_("「{text}」不是经纬度，请填十进制度数，如 31.035412")


def degrees(most: int) -> columns.Reader:
    """Decimal degrees up to `most` either way, in millionths."""

    def read(cell: Cell) -> int:
        text = columns.plain_text(cell)
        found = near.read_degrees(text, most)
        if found is None:
            raise BadDegrees(text=text[:20])
        return found

    return read


# A list of terminals nobody has been to: columns of the customer card, so that nothing is typed again later.
_BY_NAME = {column.name: column for column in COLUMNS}
LISTED: list[Column] = [
    replace(CUSTOMER_CODE, aliases=(*CUSTOMER_CODE.aliases, "id", "名录编号", "序号")),
    *(_BY_NAME[name] for name in ("name", "kind", "grade", "province", "city", "district", "address", "credit_code", "beds")),
    Column(
        "licence_number", "执业许可登记号", "Practice licence", columns.text(60), example="PDY42082200001",
        aliases=("登记号", "许可证号", "备案号"),
    ),
    Column("latitude", "纬度", "Latitude", degrees(90), example="31.035412", aliases=("lat",), show=near.degrees_text),
    Column("longitude", "经度", "Longitude", degrees(180), example="112.199427", aliases=("lon", "lng"), show=near.degrees_text),
]  # fmt: skip


@refusal
class BadCount(Refused):
    code = "bad_count"
    says = N_("「{text}」不是数目，请填 0 至 {most} 的整数")


def count(most: int = 10_000_000) -> columns.Reader:
    """A whole number from nought."""

    def read(cell: Cell) -> int:
        words = columns.plain_text(cell).replace(",", "")
        if not words.isdecimal() or int(words) > most:
            raise BadCount(text=words[:20], most=most)
        return int(words)

    return read


# What a prospect's card holds beyond the customer card (domain 2.1): form, template, import, export and API alike.
PROSPECTS: list[Column] = [
    Column("source", "信息来源", "Source", word(SOURCES), example="走访", required=True, show=label(SOURCES)),
    Column("licence_number", "执业许可登记号", "Practice licence", columns.text(60), example="PDY42082200001"),
    Column("paper_check", "证照初查", "First check of papers", word(PAPER_CHECKS), example="有效", show=label(PAPER_CHECKS)),
    Column("scope_text", "经营范围或诊疗科目摘要", "Scope in short", columns.text(500), example="内科、外科、妇产科"),
    Column("outpatients", "月门诊量", "Outpatients a month", count(), example=12000),
    Column("floor_area", "营业面积（平方米）", "Floor area in m²", count(), example=120),
    Column("stores", "门店数", "Shops", count(99_999), example=35),
    Column("yearly_fen", "年采购额（元）", "Bought a year", columns.money_or_nought, example="3600000.00"),
    Column("estimate_fen", "本品类月需求（元）", "Monthly demand", columns.money_or_nought, example="80000.00"),
    Column("estimate_units", "本品类月需求（数量）", "Monthly demand in units", count(), example=2400),
    Column("estimate_basis", "需求依据", "Basis of the demand", word(ESTIMATE_BASES), example="自报", show=label(ESTIMATE_BASES)),
    Column("estimate_on", "估计日", "Estimated on", columns.day, example="2026-11-20"),
    Column("rivals", "现用竞品、供应商", "Competitors and suppliers now", columns.text(500), example="甲药业，经某医药公司"),
    Column("buying_process", "决策与采购流程", "How it decides and buys", columns.text(1000), example="药事会每季度一次，科室申请"),
    Column("pays_by", "预计结算方式", "Expected way of paying", word(PAYS_BY), example="账期", show=label(PAYS_BY)),
    Column("pays_after_days", "预计账期（天）", "Expected term in days", count(999), example=60),
    Column("first_order_fen", "预计首单金额（元）", "First order expected", columns.money_or_nought, example="50000.00"),
    Column("first_order_on", "预计首单日期", "First order expected on", columns.day, example="2026-12-20"),
    Column("obstacles", "障碍与对策", "Obstacles and answers", columns.text(1000), example="已有独家协议到年底，先谈明年"),
]  # fmt: skip

LICENCES: list[Column] = [
    replace(CUSTOMER_CODE, name="customer_code"),
    Column(
        "paper", "证照种类", "Licence", word(rules.LICENCE_KINDS), example="医疗机构执业许可证", required=True,
        aliases=("证照类型", "证照名称", "资质名称", "资质类型", "kind"), show=label(rules.LICENCE_KINDS),
        help=N_("营业执照、药品经营许可证（批发）、医疗机构执业许可证、诊所备案凭证等"),
    ),
    Column(
        "number", "证号", "Number", columns.text(60), example="PDY100011420800A1001", required=True,
        aliases=("证照编号", "证书编号", "许可证号", "备案号", "licence number"),
    ),
    Column("issuer", "发证机关", "Issuer", columns.text(100), example="荆门市卫生健康委员会", aliases=("核发机关", "发证部门")),
    Column("issued_on", "发证日", "Issued on", columns.day, example="2024-01-02", aliases=("发证日期",)),
    Column("valid_from", "有效期起", "Valid from", columns.day, example="2024-01-02", aliases=("有效期自", "生效日期")),
    Column(
        "valid_to", "有效期至", "Valid to", columns.day, example="2029-01-01",
        aliases=("有效期止", "到期日", "失效日期", "有效期"), help=N_("长期有效的留空，并在「长期有效」填是"),
    ),
    Column(
        "long_term", "长期有效", "No end", columns.yes_no, example="否", aliases=("长期",),
        show=lambda value: "是" if value else "否",
    ),
    Column(
        "verify_by", "校验到期", "Verify by", columns.day, example="2027-01-01", aliases=("年检到期", "校验有效期"),
        help=N_("医疗机构：床位不足 100 张每年，其余每三年"),
    ),
    Column(
        "inspected_on", "上次校验日", "Last inspected", columns.day, example="2026-01-01", aliases=("校验日期", "年检日期"),
        help=N_("登记机关最近一次校验；没有校验到期的由此算出"),
    ),
    Column(
        "scope", "经营范围", "Scope", columns.many(sep=";；", read=word(rules.SCOPE_CODES)), example="普通药品;生物制品",
        aliases=("诊疗科目", "范围"), show=lambda codes: ";".join(rules.SCOPE_CODES.get(code, code) for code in codes),
        help=N_("几个范围用分号 ; 隔开"),
    ),
    Column("warehouse", "仓库地址", "Warehouse", columns.text(200), example="荆门市东宝区仓储路1号", aliases=("库房地址",)),
    Column(
        "verified_how", "核验方式", "Verified how", word(rules.VERIFIED_HOW), example="官网核验", show=label(rules.VERIFIED_HOW),
        help=N_("只有质管可以填写"),
    ),
    Column("verified_on", "核验日", "Verified on", columns.day, example="2026-06-01", aliases=("核验日期",)),
]  # fmt: skip
