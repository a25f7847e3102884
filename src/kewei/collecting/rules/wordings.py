"""函件文字: what the letters say. A text is ours to edit, some of its sentences are not (domain 2.12–2.15, 4.6, 4.7).

A text is paragraphs, one a line. {…} names a field; 【…】 a sentence that has an effect in law: a kind lists those its
text must keep, and their words are fixed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kewei.kernel.refusals import N_, Refused, refusal

MOST_CHARACTERS = 4000

# Fields a text may use, and what they stand for.
FIELDS: dict[str, str] = {
    "客户": N_("客户全称"),
    "公司": N_("我公司全称"),
    "合同": N_("合同号（发票上登记的）"),
    "总额": N_("请求支付的本金"),
    "总额大写": N_("本金大写"),
    "笔数": N_("单据张数"),
    "付款期限": N_("最后付款日"),
    "截止日": N_("金额取自账面的日期"),
    "最早到期": N_("最早的到期日"),
    "最长逾期": N_("最长逾期天数"),
    "账户": N_("我公司收款账户"),
    "电话": N_("我公司电话"),
    "保证人": N_("保证人"),
    "保证期间": N_("保证期间截止日"),
    "资产": N_("抵债资产"),
    "抵偿金额": N_("抵偿金额"),
    "附注": N_("起草时填写的附注"),
}

# Sentences with an effect in law; their words may themselves hold fields.
FIXED: dict[str, str] = {
    # Turns a reminder into a demand that restarts limitation (民法典 195, 诉讼时效规定 8).
    "请求付款": "现请求贵单位于{付款期限}前支付上述货款本金人民币{总额}元（大写：{总额大写}）。",
    # Disputes go on by themselves; the undisputed part does not wait (款项条例 15).
    "争议部分": "另有人民币{争议额}元双方正在核对，不在本文件请求范围内；无争议部分请按期支付。",
    # What the contract says of lateness, worked out, or that the right to it stays.
    "逾期利息": "{利息句}",
    "保留权利": "本文件不视为对逾期付款违约责任、利息、担保权利及其他权利的放弃，也不视为对付款期限的延长。",
    "付款账户": "款项请汇入：{账户}。业务人员不代收款项。",
    # Acknowledges and agrees to perform (民法典 192, 195; 诉讼时效规定 14).
    "确认债务": "{客户}确认：截至{截止日}，欠付{公司}上列货款本金共计人民币{总额}元（大写：{总额大写}），并同意按本文件约定履行付款义务。",
    "加速到期": "任何一期逾期未付的，全部剩余款项视为立即到期，{公司}有权一并请求支付。",
    # Without it a time-barred debt is not revived by a signature alone (诉讼时效规定 19).
    "知悉时效": "{客户}知悉上列债务中部分或全部的诉讼时效期间可能已经届满，仍自愿确认债务并同意履行，不再以诉讼时效期间届满为由提出抗辩。",
    "主张保证": "现依法请求贵方在保证期间（至{保证期间}）内承担保证责任。",
    # An agreement of before the due date that gives us the asset is void (合同编通则解释 27, 28).
    "到期后订立": "双方确认：上列债务均已到期，本协议于债务履行期届满之后订立。",
    "交付后消灭": "抵债资产交付（依法须过户的，完成过户）并经验收合格后，"
    "上列债务在人民币{抵偿金额}元范围内消灭；在此之前，{公司}仍可请求履行原债务。",
    # A right, for evident reasons, with notice; openly conditional instead of baited (民法典 527, 528).
    "恢复供货": "付清上列逾期款项并完成对账后，我公司即恢复赊销供货；期间可按先款后货方式订货。",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A text: its title on paper and its paragraphs."""

    title: str
    body: str


_ACCOUNT = "【付款账户】\n如款项已经支付，请将付款凭证告知我公司（电话 {电话}），并请忽略本函。\n"

SHIPPED: dict[str, Wording] = {
    "due_notice": Wording(
        "到期提示",
        "感谢贵单位一直以来的支持。下列货款共 {笔数} 笔即将到期，最早到期日为 {最早到期}，合计人民币 {总额} 元，敬请按期安排支付。\n"
        "如发票、验收或平台确认等手续尚未齐备，请尽早告知，我公司将配合办理。\n"
        "【付款账户】",
    ),
    "reminder": Wording(
        "付款提示函",
        "截至 {截止日}，贵单位下列货款共 {笔数} 笔已超过约定的付款期限，最早到期日为 {最早到期}。\n"
        "【请求付款】\n【争议部分】\n"
        + _ACCOUNT
        + "如付款手续有困难，请与我公司联系，我们愿意协助办理验收、对账和平台确认。\n"
        "【保留权利】",
    ),
    "demand": Wording(
        "催款函",
        "我公司依约向贵单位供应药品（合同号：{合同}），贵单位已收货并收到发票。"
        "截至 {截止日}，下列货款共 {笔数} 笔逾期未付，最长已逾期 {最长逾期} 天。\n"
        "【请求付款】\n【争议部分】\n【逾期利息】\n"
        + _ACCOUNT
        + "逾期仍未支付的，我公司将暂停赊销供货，并依合同和法律规定主张权利。\n"
        "【保留权利】",
    ),
    "final": Wording(
        "催款函（最后通知）",
        "我公司此前已发函请求贵单位支付逾期货款，至今未获清偿。截至 {截止日}，下列货款共 {笔数} 笔逾期未付，最长已逾期 {最长逾期} 天。\n"
        "【请求付款】\n【争议部分】\n【逾期利息】\n"
        + _ACCOUNT
        + "上述期限届满仍未支付的，我公司将委托律师依法处理，包括申请支付令、仲裁或诉讼、申请财产保全，并请求担保人承担责任。"
        "由此产生的费用依法由贵单位承担。\n"
        "【保留权利】",
    ),
    "lawyer": Wording(
        "律师函（稿）",
        "本律师受 {公司} 委托，就贵单位拖欠货款一事，郑重致函如下。\n"
        "根据委托人提供的合同（合同号：{合同}）、发票、随货同行单及签收记录，截至 {截止日}，"
        "贵单位下列货款共 {笔数} 笔逾期未付，最长已逾期 {最长逾期} 天。贵单位的行为已构成违约。\n"
        "【请求付款】\n【争议部分】\n【逾期利息】\n【付款账户】\n"
        "上述期限届满仍未支付的，委托人将依法提起诉讼或申请仲裁，并请求支付逾期付款损失。望贵单位妥善处理。\n"
        "【保留权利】",
    ),
    "hold": Wording(
        "暂停赊销通知函",
        "截至 {截止日}，贵单位下列货款共 {笔数} 笔逾期未付，最长已逾期 {最长逾期} 天。"
        "依据合同和法律规定，自本函送达之日起，我公司暂停对贵单位的赊销供货。{附注}\n"
        "【请求付款】\n【争议部分】\n【恢复供货】\n【付款账户】\n【保留权利】",
    ),
    "guarantee": Wording(
        "保证责任通知函",
        "贵方为 {客户} 对我公司的债务提供保证。截至 {截止日}，"
        "{客户} 下列货款共 {笔数} 笔逾期未付，本金合计人民币 {总额} 元（大写：{总额大写}）。\n"
        "【主张保证】\n【付款账户】\n保证方式为一般保证的，我公司将同时依法对债务人提起诉讼或申请仲裁。\n【保留权利】",
    ),
    "promise": Wording(
        "付款承诺书",
        "致 {公司}：\n【确认债务】\n我单位承诺按下列日期和金额支付，款项汇入贵公司账户：{账户}。\n{附注}\n【保留权利】",
    ),
    "instalments": Wording(
        "分期还款协议",
        "甲方（债权人）：{公司}\n乙方（债务人）：{客户}\n【确认债务】\n乙方按下列分期计划付款，款项汇入甲方账户：{账户}。\n"
        "【加速到期】\n{附注}\n【保留权利】\n本协议自双方盖章之日起生效，一式两份，双方各执一份。",
    ),
    "reconfirm": Wording(
        "重新确认及还款协议",
        "甲方（债权人）：{公司}\n乙方（债务人）：{客户}\n【确认债务】\n【知悉时效】\n乙方按下列计划付款，款项汇入甲方账户：{账户}。\n"
        "【加速到期】\n{附注}\n本协议自双方盖章之日起生效，一式两份，双方各执一份。",
    ),
    "offset": Wording(
        "以物抵债协议",
        "甲方（债权人）：{公司}\n乙方（债务人）：{客户}\n【确认债务】\n【到期后订立】\n"
        "乙方以其有权处分、未设抵押且未被查封的下列资产抵偿债务：{资产}；双方确认抵偿金额为人民币 {抵偿金额} 元。乙方依法开具发票。\n"
        "【交付后消灭】\n抵偿金额不足清偿的部分，乙方仍应支付；超过的部分由甲方退还。"
        "\n{附注}\n本协议自双方盖章之日起生效，一式两份，双方各执一份。",
    ),
}

_ASKS = ("请求付款", "付款账户", "保留权利")
REQUIRED: dict[str, tuple[str, ...]] = {
    "due_notice": ("付款账户",),
    "reminder": (*_ASKS, "争议部分"),
    "demand": (*_ASKS, "争议部分", "逾期利息"),
    "final": (*_ASKS, "争议部分", "逾期利息"),
    "lawyer": (*_ASKS, "争议部分", "逾期利息"),
    "hold": (*_ASKS, "争议部分", "恢复供货"),
    "guarantee": ("主张保证", "付款账户", "保留权利"),
    "promise": ("确认债务",),
    "instalments": ("确认债务", "加速到期"),
    "reconfirm": ("确认债务", "知悉时效"),
    "offset": ("确认债务", "到期后订立", "交付后消灭"),
}


@refusal
class WordingLacks(Refused):
    code = "wording_lacks"
    says = N_("必须保留的句子不见了：{missing}")
    next_step = N_("这些句子有法律效果，请把【{missing}】放回正文，每句一次")


@refusal
class WordingUnknown(Refused):
    code = "wording_unknown"
    says = N_("不认识的字段：{names}")


@refusal
class WordingLength(Refused):
    code = "wording_length"
    says = N_("请填写标题和正文；正文不超过 {most} 字")


_MARK = re.compile(r"\{([^{}\n]*)\}|【([^【】\n]*)】")


def check_wording(kind: str, wording: Wording) -> None:
    """A text for a kind of letter keeps its sentences and knows its fields; its words are for rules.words to check.

    Raises WordingLength, WordingUnknown, WordingLacks.
    """
    if not wording.title.strip() or not wording.body.strip() or len(wording.body) > MOST_CHARACTERS:
        raise WordingLength(most=MOST_CHARACTERS)
    fields = [field or fixed for field, fixed in _MARK.findall(wording.body)]
    unknown = [name for name in fields if name not in FIELDS and name not in FIXED]
    if unknown:
        raise WordingUnknown(names=sorted(set(unknown)))
    fixed = [name for _field, name in _MARK.findall(wording.body) if name]
    missing = [name for name in REQUIRED[kind] if fixed.count(name) != 1]
    if missing:
        raise WordingLacks(missing=missing)


def paragraphs(wording: Wording, values: Mapping[str, str]) -> list[str]:
    """The text with its fields and fixed sentences filled in; a paragraph in which nothing is left is left out.

    A fixed sentence one of whose fields is empty is left out: no disputed amount, no sentence about it.
    """

    def field(match: re.Match[str]) -> str:
        name, fixed = match.groups()
        if fixed is None:
            return values.get(name, "")
        inside = [inner for inner, _ in _MARK.findall(FIXED[fixed])]
        if any(not values.get(inner) for inner in inside):
            return ""
        return _MARK.sub(field, FIXED[fixed])

    filled = (_MARK.sub(field, line).strip() for line in wording.body.splitlines())
    return [line for line in filled if line]
