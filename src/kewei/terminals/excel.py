"""The columns of a file of customers: template, import, export, API and form share this list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.kernel.sheets import Cell
from kewei.terminals import rules


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
