"""What the gate says in words: each rule is a refusal of its own, with its numbers, alike through every door."""

from __future__ import annotations

from kewei.credit.rules.exposure import PARTS
from kewei.credit.rules.holds import REASONS
from kewei.credit.rules.redlines import RED_LINES
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.orders.rules.gate import Line
from kewei.terminals.rules.licences import LICENCE_KINDS, SCOPE_CLASSES
from kewei.terminals.rules.papers import SAYS as PAPERS_SAY
from kewei.terminals.rules.words import KINDS

SAYS: dict[str, str] = {
    "special_for_cash": N_("{product} 属特殊管理药品，不得现金结算：请改为银行转账"),
    "product_ended": N_("{product} 已停售"),
    "product_new": N_("{product} 是新品，请确认客户已建档用药"),
    "below_floor": N_("{product} 价格 {price_fen} 元低于底价 {floor_fen} 元，须有权人批准"),
    "price_unknown": N_("{product} 没有价格：请在价格本登记或在订单上填写"),
    "no_limit": N_("客户没有生效中的授信额度，不能赊销 {wanted_fen} 元：请先申请授信，或改为预付"),
    "grade_d": N_("客户信用等级为 D，只能预付或现款"),
    "over_limit": N_("授信额度还剩 {left_fen} 元，此单 {wanted_fen} 元（额度 {limit_fen} 元）"),
    "limit_touched": N_("此单 {wanted_fen} 元超过剩余额度 {left_fen} 元，仍在容忍之内（额度 {limit_fen} 元）"),
    "over_group_limit": N_("集团额度还剩 {left_fen} 元，此单 {wanted_fen} 元（集团额度 {limit_fen} 元）"),
    "over_part_limit": N_("{part}的分项额度为 {limit_fen} 元，加上此单将为 {after_fen} 元"),
    "overdue": N_("最老的发票已逾期 {days} 天（容忍 {tolerated_days} 天），逾期 {overdue_fen} 元：请先回款"),
    "on_hold": N_("客户已停止赊销：{holds}"),
    "red_line": N_("触及信用红线：{lines}"),
    "new_customer": N_("新客户前 {orders} 单须预付（往来满 {months} 个月后免），现已付清 {paid} 单"),
}

# What each rule is called, for reports and the table on the page.
NAMES: dict[str, str] = {
    "special_for_cash": N_("特殊药品现金结算"),
    "product_ended": N_("产品停售"),
    "product_new": N_("新品"),
    "below_floor": N_("低于底价"),
    "price_unknown": N_("没有价格"),
    "no_limit": N_("没有额度"),
    "grade_d": N_("D 级客户"),
    "over_limit": N_("超过额度"),
    "limit_touched": N_("触及额度"),
    "over_group_limit": N_("超过集团额度"),
    "over_part_limit": N_("超过分项额度"),
    "overdue": N_("逾期"),
    "on_hold": N_("停止赊销"),
    "red_line": N_("信用红线"),
    "new_customer": N_("新客户预付"),
    "closed": N_("客户停用"),
    "veto": N_("质管否决"),
    "veto_class": N_("质管否决品类"),
    "paper_missing": N_("缺证照"),
    "paper_expired": N_("证照过期"),
    "paper_suspended": N_("证照暂停吊销"),
    "paper_undated": N_("证照无有效期"),
    "paper_ending": N_("证照将到期"),
    "paper_unverified": N_("证照未核验"),
    "buyer_missing": N_("无采购授权人"),
    "scope_class": N_("品类不可售"),
    "scope_paper": N_("缺专项许可"),
    "scope_code": N_("超经营范围"),
    "scope_rx": N_("不含处方药"),
    "scope_rx_unsaid": N_("处方药范围未登记"),
    "scope_unclear": N_("品类未定"),
    "cold_chain": N_("冷链确认"),
    "branch": N_("门店直购"),
}


def _kinds() -> dict[str, type[Refused]]:
    made = {}
    for rule, says in {**PAPERS_SAY, **SAYS}.items():
        name = "".join(part.title() for part in rule.split("_"))
        made[rule] = refusal(
            type(f"Gate{name}", (Refused,), {"code": f"gate_{rule}", "says": says, "__module__": __name__})
        )
    return made


KINDS_OF_NO = _kinds()

# Which numbers are codes, and the words they stand for.
_WORDS: dict[str, dict[str, str]] = {
    "paper": LICENCE_KINDS,
    "papers": LICENCE_KINDS,
    "scope_class": SCOPE_CLASSES,
    "kind": KINDS,
    "part": {name: words for name, (_sign, words) in PARTS.items()},
    "holds": REASONS,
    "lines": RED_LINES,
}


def refusal_of(line: Line) -> Refused:
    """A line of a decision as the refusal every door shows: code, numbers and sentence."""
    return KINDS_OF_NO[line.rule](**{name: _value(name, text) for name, text in line.numbers})


def _value(name: str, text: str):
    if name.endswith(("_fen", "days", "orders", "paid", "months")):
        return int(text)
    words = _WORDS.get(name)
    if words is None:
        return text
    known = [words.get(part, part) for part in text.split("/")]
    return known if len(known) > 1 else known[0]
