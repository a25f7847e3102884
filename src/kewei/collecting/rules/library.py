"""催收办法库 as shipped: the deck's techniques as data, and what of it is not done (domain 1E–1G, 2.13, 4.3–4.7).

Numbers are [INF]: minutes and fen from what such work costs, effects from our judgement until the company's own ledger
teaches better ones. `rows` of a technique are the numbers of the deck's lines in domain 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.refusals import N_


@dataclass(frozen=True, slots=True)
class Shipped:
    """Rows with the day from which they hold and where they come from."""

    since: date
    source: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NotDone:
    """A technique of the deck that is not built: why, and what is done instead (codes of techniques)."""

    row: int
    says: str
    why: str
    instead: tuple[str, ...]


# ⛔ rows of the deck. They are no policy: a version cannot bring them back.
NOT_DONE: dict[str, NotDone] = {
    "pester": NotDone(
        73, N_("死缠烂打、滚刀肉"), N_("反复骚扰可构成寻衅滋事（刑法第 293 条）：联系有次数、时间和对象的上限"),
        ("say_it", "part_payments", "first_demand"),
    ),
    "know_privately": NotDone(
        76, N_("掌握客户的一切资料"), N_("只收集催收所必需的经营资料，不记家庭、爱好等私人信息（个人信息保护法）"),
        ("know_finances", "watch_signs"),
    ),
    "favours": NotDone(
        92, N_("靠人情、送礼、宴请"), N_("给个人的好处是商业贿赂（反不正当竞争法）：只登记联系，不送任何东西"),
        ("third_party", "help_sell"),
    ),
    "debt_hunters": NotDone(
        95, N_("聘请讨债能手"), N_("非律师的讨债人不得委托：后果由委托人共同承担"), ("lawyer_letter", "court"),
    ),
    "follow": NotDone(
        99, N_("跟踪纠缠讨账"), N_("跟踪、滋扰、限制自由是犯罪（刑法第 238、293 条）"), ("visit", "first_demand", "court"),
    ),
    "bait": NotDone(
        100, N_("钓鱼法：用假订单骗取货款或货物"), N_("以虚假意思表示骗取款物有诈骗风险；可以公开地附条件供货"),
        ("supply_on_payment",),
    ),
    "debt_company": NotDone(
        101, N_("委托追债公司"), N_("国家自 1993 年起禁止讨债公司，委托合同无效"),
        ("lawyer_letter", "court", "factor_or_insure"),
    ),
    "day_and_night": NotDone(
        104, N_("不分昼夜"), N_("联系只在 8:30–20:00，节假日不打电话；语气有坚定有礼的范本"), ("say_it", "visit"),
    ),
}  # fmt: skip

_PRIVATE = ["private_hospital", "clinic", "pharmacy", "chain", "distributor", "other"]
_TRADE = ["pharmacy", "chain", "distributor"]
_LATE = 100_000


def _row(
    code: str, name: str, rows: list[int], channel: str, stages: tuple[int, int], days: tuple[int, int],
    who: tuple[str, str], cost: tuple[int, int], effect_bp: int, script: str, evidence: list[str],
    segments: list[str] | None = None, reasons: list[str] | None = None, needs: list[str] | None = None,
    paper: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code, "name": name, "rows": rows, "channel": channel, "stages": list(stages), "days": list(days),
        "role": who[0], "verb": f"collecting.{who[1]}", "minutes": cost[0], "fen": cost[1], "effect_bp": effect_bp,
        "script": script, "evidence": evidence, "segments": segments or [], "reasons": reasons or [],
        "needs": needs or [], "paper": paper,
    }  # fmt: skip


_SIGNED = N_("盖章或有权人签字的对账单")
_ARRIVED = N_("送达回执或系统已读记录")
_WAYBILL = N_("快递底单，内件品名写明函件")
_NOTE = N_("催收记录：时间、对方人员与职务、原话")
_BANK = N_("银行回单")

ROWS = Shipped(
    since=date(2026, 11, 1),
    source="domain 1E–1G (seed rows), 2.13 (stages), 4.3, 4.6, 4.7 (what is lawful); minutes, costs and effects [INF]",
    rows=(
        # 预、快、勤
        _row(
            "remind", N_("到期前提醒"), [67, 80], "message", (0, 0), (-7, 0), ("representative", "contact"), (3, 0), 1_500,
            N_("您好，{customer}有 {count} 张发票共 {amount} 元将于近日到期。请核对发票是否收齐、验收是否完成，如有差错请今天告诉我们。"),
            [_ARRIVED],
        ),
        _row(
            "next_run", N_("赶上付款批次（挤进头班车）"), [77, 81], "visit", (0, 4), (-7, 120),
            ("representative", "contact"), (60, 3_000), 3_000,
            N_("本批付款的交单日是 {run_day}。请把 {amount} 元的发票、签收单和对账单在交单日前一早送到财务，确认已进本批。"),
            [N_("交单签收"), _NOTE], needs=["calendar"],
        ),
        _row(
            "say_it", N_("直截了当说清楚"), [72, 89], "phone", (1, 7), (1, _LATE), ("representative", "contact"), (10, 0),
            1_200,
            N_("您好，{customer}逾期货款 {amount} 元，最早一笔 {oldest} 到期，已逾期 {days} 天。请于 {deadline} 前付款，哪天能安排？"),
            [_NOTE],
        ),
        _row(
            "written_reminder", N_("付款提示函"), [72, 89], "message", (2, 3), (7, 60), ("credit", "letter"), (5, 0), 1_000,
            N_("附上逾期明细，共 {amount} 元，请于 {deadline} 前支付。"), [_ARRIVED], paper="reminder",
        ),
        _row(
            "statement", N_("对账并回签"), [98, 102], "house", (3, 6), (1, _LATE), ("accountant", "letter"), (45, 2_500),
            1_500,
            N_("请核对截至今日的往来，余额 {amount} 元已到期。相符请盖章回签，不符请写明差额与原因。"), [_SIGNED],
            paper="statement",
        ),
        _row(
            "visit", N_("上门（要早）"), [72, 81, 104], "visit", (3, 7), (15, _LATE), ("representative", "contact"),
            (180, 20_000), 2_500,
            N_("带上对账单、签收单和合同，上午到财务。先核账，再要付款日期，当场请对方在承诺书上签章。"), [_NOTE, _SIGNED],
        ),
        _row(
            "part_payments", N_("高频次、小金额"), [73, 82], "phone", (2, 7), (7, _LATE), ("representative", "promise"),
            (15, 0), 2_500,
            N_("一次付清有困难，我们一起定分期：每周固定一天付一笔，今天先付第一笔，书面确认。"),
            [N_("盖章的分期付款协议"), _BANK], segments=_PRIVATE, reasons=["F1", "E4", "G1", "G2"], paper="instalments",
        ),
        _row(
            "written_promise", N_("拿到书面承诺"), [66, 68], "phone", (1, 6), (1, 365), ("representative", "promise"), (20, 0),
            1_800,
            N_("请把付款金额和日期写下来并盖章：{amount} 元，最迟 {deadline}。如需改期，请先说明原因，由经理同意。"),
            [N_("盖章的付款承诺书")], paper="promise",
        ),
        # 通、变：帮助客户
        _row(
            "help_sell", N_("帮助客户动销"), [74, 92], "visit", (1, 5), (1, 180), ("manager", "escalate"), (240, 0), 1_500,
            N_("看一看我们的货为什么没卖动：效期、陈列、品种结构。给企业层面的支持，写成方案，与付款日期一起签字。不给任何个人好处。"),
            [N_("双方签字的支持方案")], segments=_TRADE, reasons=["F1", "G1"],
        ),
        _row(
            "settle_ours_first", N_("先把我方的事办好（以诚待人）"), [78, 83], "house", (0, 7), (-7, _LATE),
            ("representative", "dispute"), (60, 0), 4_000,
            N_("这几张发票没付，原因在我们。今天把该补的补上、该红冲的红冲，同时请对方先付没有争议的部分。"),
            [N_("争议单结论"), _NOTE], needs=["ours"],
        ),
        _row(
            "acceptance", N_("催验收和平台确认"), [77], "phone", (0, 5), (-7, 180), ("representative", "contact"), (30, 0),
            3_000,
            N_("请药剂科和库房今天在采购平台上点收 {count} 单，财务才能进付款批次。需要的签收单我们马上补。"),
            [N_("平台确认截图"), N_("签收单")], segments=["public"], reasons=["A5", "A6", "A7"],
        ),
        _row(
            "direct_settlement", N_("对接医保直接结算"), [77], "house", (1, 6), (1, 365), ("accountant", "letter"), (60, 0),
            2_500,
            N_("核对集采和谈判药品的批次，按医院、批次、品种与医保中心对账，提交直接结算；医院仍是债务人。"),
            [N_("医保结算批次单")], segments=["public"], reasons=["E5", "E6", "C2"],
        ),
        # 组织内的第三者与上级
        _row(
            "third_party", N_("请组织内其他部门帮忙说话"), [88, 92], "phone", (2, 6), (7, _LATE),
            ("representative", "contact"), (30, 0), 1_200,
            N_("请采购、药剂或用货科室向财务说明：货已用、单据已齐、付款影响后续供货。只找对方单位的人，不找亲友。"), [_NOTE],
        ),
        _row(
            "customer_superior", N_("找对方上级"), [93], "visit", (4, 7), (30, _LATE), ("manager", "escalate"), (120, 10_000),
            2_500,
            N_("经办人答应的日期已过。今天请财务负责人或分管领导给一个明确的付款日期，{amount} 元，已逾期 {days} 天。"),
            [_NOTE],
        ),
        _row(
            "supervising_body", N_("向主管部门或投诉平台反映"), [93], "letter", (6, 7), (90, _LATE), ("legal", "law"),
            (240, 5_000), 3_000,
            N_("依《保障中小企业款项支付条例》，在投诉平台提交：合同、交付、发票、逾期 {days} 天、{amount} 元，只写事实。"),
            [N_("投诉受理编号"), N_("证据包")], segments=["public"], needs=["sme", "alive"],
        ),
        # 坚决：停赊、函件、领导、法律
        _row(
            "hold_credit", N_("停止赊销，各业务线一致"), [61, 97], "house", (3, 7), (15, _LATE), ("credit", "escalate"),
            (15, 0), 2_500,
            N_("书面通知：因逾期 {amount} 元，即日起信用订单暂停，现款不受影响。集采、急救药品先问合规。"),
            [N_("停止赊销通知及送达")], paper="hold",
        ),
        _row(
            "supply_on_payment", N_("公开附条件供货（付多少放行多少）"), [59, 100], "phone", (3, 6), (15, 365),
            ("manager", "escalate"), (20, 0), 3_000,
            N_("新单可以发，条件是今天先付旧账。付到账多少，放行多少，双方写明。"), [N_("双方确认的附条件供货函"), _BANK],
            segments=_PRIVATE,
        ),
        _row(
            "first_demand", N_("第一次催款函"), [73, 89, 98], "letter", (4, 4), (30, _LATE), ("credit", "letter"),
            (30, 2_500), 2_000,
            N_("请求付款 {amount} 元，收函后 7 日内。逾期按合同计违约金，并保留一切权利。"), [_WAYBILL, N_("妥投签收记录")],
            paper="demand",
        ),
        _row(
            "executive_visit", N_("企业领导亲自出马"), [96], "visit", (4, 7), (30, _LATE), ("director", "escalate"),
            (240, 50_000), 3_000,
            N_("请我方领导拜访对方负责人：谈合作，也谈 {amount} 元的付款安排。带一页纸：欠款、期限、建议的分期。"),
            [N_("拜访纪要，双方确认")],
        ),
        _row(
            "case_team", N_("成立专案组"), [97], "house", (4, 7), (30, _LATE), ("manager", "escalate"), (60, 0), 1_500,
            N_("销售、信用、财务、仓储各一人，明确谁找谁、哪天办完；停货和对账同一天开始。"), [N_("专案分工表")],
        ),
        _row(
            "owner_chases", N_("谁赊的谁负责追"), [87, 102], "house", (2, 7), (15, _LATE), ("manager", "escalate"), (15, 0),
            1_000,
            N_("当初申请和批准赊销的人留在案件上，每周报告进展。提成按书面制度随回款发放，不扣工资；出纳不经手。"), [_NOTE],
        ),
        _row(
            "last_notice", N_("第二次催款函（最后通知）"), [98, 105], "letter", (5, 5), (60, _LATE), ("credit", "letter"),
            (45, 2_500), 2_200,
            N_("如在期限内仍未支付 {amount} 元，我方将委托律师依法主张，并通知担保人。"), [_WAYBILL, N_("妥投签收记录")],
            paper="final",
        ),
        _row(
            "call_guarantee", N_("向保证人主张"), [79], "letter", (4, 7), (1, _LATE), ("legal", "law"), (60, 2_500), 3_500,
            N_("主债务已到期未付 {amount} 元，请求保证人承担保证责任。保证期间不因催主债务人而延长。"),
            [_WAYBILL, N_("保证人签收")], needs=["guaranteed"], paper="guarantee",
        ),
        _row(
            "ask_guarantee", N_("补第三方担保"), [79], "phone", (2, 6), (7, _LATE), ("credit", "escalate"), (90, 0), 1_800,
            N_("给付款时间可以，请提供股东或关联公司的连带保证，写明保证期间。"), [N_("保证合同"), N_("担保人决议")],
            segments=_PRIVATE, reasons=["F1", "F3", "G1", "G2"],
        ),
        _row(
            "lawyer_letter", N_("律师函"), [95, 101], "letter", (6, 7), (90, _LATE), ("legal", "law"), (60, 200_000), 3_000,
            N_("委托律师发函，列明证据与期限。"), [_WAYBILL, N_("律师函存根")], needs=["alive"], paper="lawyer",
        ),
        _row(
            "court", N_("支付令、仲裁、诉讼与保全"), [95, 101, 105], "court", (7, 7), (120, _LATE), ("legal", "law"),
            (960, 1_000_000), 4_500,
            N_("证据齐、债务人明确的先申请支付令；有异议的起诉或仲裁，同时评估保全。"), [N_("受理通知书"), N_("证据包")],
            needs=["alive"],
        ),
        # 变通的结清方式
        _row(
            "settle_in_kind", N_("以物抵债"), [94], "house", (4, 7), (30, _LATE), ("legal", "offset"), (480, 100_000), 2_500,
            N_("到期后协商，写明资产、权属、估价与开票。药品只收有证销售方且全程收货验收的。"), [N_("抵债协议"), N_("估价与权属证明")],
            segments=_PRIVATE, reasons=["F1", "F3", "F4"], paper="offset",
        ),
        _row(
            "take_bill", N_("收承兑汇票（小心诈票）"), [103], "house", (1, 6), (1, 365), ("accountant", "letter"), (30, 0), 2_000,
            N_("可以收银行承兑：先逐项查验号码、承兑人、背书、期限，再收。商票占用额度直到兑付。"), [N_("票据查验表")],
            reasons=["E7", "F1"],
        ),
        _row(
            "factor_or_insure", N_("保理、信用保险索赔"), [101], "house", (2, 7), (30, _LATE), ("finance_director", "exit"),
            (240, 0), 2_000,
            N_("核对保单或保理合同的通知期限，今天先报案或通知。"), [N_("保险报案或保理通知")], segments=_PRIVATE,
            reasons=["F1", "F2", "F3", "F4", "G3"],
        ),
        _row(
            "reconfirm", N_("重新确认及还款协议"), [98], "letter", (0, 7), (1_000, _LATE), ("legal", "law"), (120, 2_500), 1_500,
            N_("这笔债权时效已过，只有对方同意履行才恢复。请签重新确认及还款协议，单纯对账不够。"),
            [N_("盖章的重新确认及还款协议")], needs=["barred"], paper="reconfirm",
        ),
        # 随时观察与收口
        _row(
            "watch_signs", N_("当天核实动向（小心溜掉）"), [76, 85, 90], "visit", (0, 7), (-7, _LATE),
            ("representative", "contact"), (120, 10_000), 3_000,
            N_("今天到现场看是否营业、是否搬迁，查工商变更和涉诉，拍门面不拍人。确有恶化证据，书面通知中止供货。"),
            [N_("现场照片与查询截图"), N_("中止供货通知")], reasons=["F2", "F3", "F4", "F5", "G3"],
        ),
        _row(
            "know_finances", N_("弄清对方的财务状况"), [76, 86], "phone", (1, 6), (7, _LATE), ("credit", "contact"), (60, 0), 800,
            N_("请对方提供近期报表或纳税申报，了解何时有钱、先付谁，据此定日期。"), [N_("报表或公开查询结果")],
            reasons=["F1", "G1"],
        ),
        _row(
            "separate_requests", N_("付款是付款，要求是要求"), [68, 91], "phone", (1, 6), (1, _LATE),
            ("manager", "escalate"), (20, 0), 1_500,
            N_("您的要求我们单独登记、单独答复；已到期的 {amount} 元请按期付。付款不以让步为条件。"), [_NOTE],
            reasons=["G4", "C4"],
        ),
        _row(
            "complete_evidence", N_("补齐凭证"), [84, 98], "house", (2, 7), (30, _LATE), ("accountant", "letter"), (60, 0), 800,
            N_("合同、出库单、授权人签收、验收确认、发票、对账回签，缺什么补什么，缺的今天开始补。"), [N_("证据包清单")],
            needs=["thin"],
        ),
        _row(
            "cut_losses", N_("壮士断腕：退出决定"), [105], "house", (6, 7), (120, _LATE), ("credit_manager", "exit"), (120, 0),
            500,
            N_("继续追的花费可能超过能收回的。停止交易、起诉、计提、核销、账外继续追索，逐项决定并审批。"), [N_("审批通过的退出决定")],
        ),
    ),
)  # fmt: skip
