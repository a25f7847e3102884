"""帮助  What the words mean, how the figures are made, which keys there are, and where to begin."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.desk import shell
from kewei.desk.addresses import address
from kewei.kernel.refusals import N_
from kewei.receivables.rules.kpis import DEFINITIONS, Definition


@dataclass(frozen=True)
class Meaning:
    """A word or figure, what it means, and for a figure a worked example."""

    name: str
    says: str
    example: str = ""


FIGURES = [
    Meaning(N_("应收余额"), N_("截至当日所有未清发票的未清金额之和，不扣除未核销收款；未核销收款另列，不悄悄抵减。")),
    Meaning(N_("发票账龄"), N_("从开票日到当日的天数，用于计提坏账与回收率曲线。")),
    Meaning(N_("逾期天数"), N_("从到期日次日起算的天数，用于催收；未到期为零。账龄分档按它划分。")),
    Meaning(
        N_("距时效届满"),
        N_(
            "诉讼时效三年，自到期日次日起算；应收各页不计重新起算，有证据的催收、承诺或部分付款之后的日子看催收的时效时钟。"
        ),
    ),
]

# A worked example beside a figure's formula (domain 3.6); the formula itself is the one the figure's page shows.
EXAMPLES: dict[str, str] = {
    "dso": N_("212,000 ÷ 250,000 × 90 = 76.3 天"),
    "dso_count_back": N_("应收 212,000；各月开票 100,000、80,000、70,000 → 30 + 30 + 32 ÷ 70 × 30 = 73.7 天"),
    "best_possible_dso": N_("130,000 ÷ 250,000 × 90 = 46.8 天"),
    "average_days_delinquent": N_("76.3 − 46.8 = 29.5 天"),
    "collection_effectiveness": N_("（100 + 60 − 90）÷（100 + 60 − 50）= 63.6 %"),
    "overdue_ratio": N_("40 ÷ 90 = 44 %"),
    "bad_debt_equivalent_sales": N_("损失 10 万元、净利率 5 % → 200 万元"),
    "cost_of_credit": N_("500,000 × 4 % × 154 ÷ 365 = 8,438 元"),
    "late_interest": N_("500,000 × 0.05 % × 45 = 11,250 元"),
}

WORDS = [
    Meaning(N_("终端"), N_("药品到达患者的地方：医院、基层医疗机构、诊所、药店、连锁，以及通往它们的批发企业。")),
    Meaning(
        N_("期望收益"),
        N_("今天做下一步预计多收回的钱，加上不做会失去的债权，减去做的花费；今日催收按它排序，也可以改按最老、最大。"),
    ),
    Meaning(
        N_("退出决定"),
        N_("停止交易、起诉、计提、核销、账外继续追索，逐项决定；一人提出，另一人审批，债权不因核销而消灭。"),
    ),
    Meaning(N_("未清项"), N_("还没有结清的发票、红字发票或收款。")),
    Meaning(N_("核销"), N_("用一笔收款或红字发票去结清发票；可以一对多、多对一，随时可以冲回，原记录不会消失。")),
    Meaning(N_("未核销收款"), N_("已经收到、还不知道付的是哪张发票的钱。")),
    Meaning(N_("凭证"), N_("一次记账：其中的单据和核销要么全部成立，要么全部不成立。")),
    Meaning(N_("案件"), N_("一个客户所有逾期的款项；有逾期自动立案，付清自动结案，阶段按办法一步步走。")),
    Meaning(N_("承诺付款"), N_("客户说哪天付多少；按到账自动判定，失约会把案件推进一阶段。")),
    Meaning(N_("争议"), N_("客户认为发票的一部分不对：只停催这一部分，其余照常催收。")),
    Meaning(
        N_("以物抵债"), N_("到期后约定用资产抵付；批准后自动起草协议，交付验收之后债务才消灭，在此之前仍可要求付款。")
    ),
    Meaning(N_("催款函"), N_("请求付款的函件。金额取自账面，用印和发出时再与账面核对；有送达证明才中断诉讼时效。")),
    Meaning(
        N_("证据分"), N_("一张发票能否在法庭上证明：合同、随货同行单、有权人签收、回签对账单、催告送达等，满分 100。")
    ),
    Meaning(N_("红字发票"), N_("冲减原发票的发票。")),
    Meaning(
        N_("关口"), N_("每张订单在下单、放行、发货、开票时都要过的同一道检查：证照、经营范围、额度、逾期、停赊、价格。")
    ),
    Meaning(N_("拦截"), N_("关口说不：订单留着，写明原因和数字；原因消失后会自动重新过关口。")),
    Meaning(
        N_("特批"), N_("有权的人写明理由，在权限金额和期限内放行可以豁免的；证照、特殊药品与质管否决任何人都不能豁免。")
    ),
    Meaning(N_("随货同行单"), N_("跟货走的单据：批号、效期、数量、储运条件，由客户授权的人签收。")),
    Meaning(N_("回款曲线"), N_("到第几天还没付的钱里，后来还会付的比例；按账龄和按逾期天数是两条，不能混用。")),
    Meaning(N_("诚实回测"), N_("只用分界日以前知道的去学，再问以后的每张发票，和实际比较。")),
    Meaning(N_("滚动率"), N_("这一档的应收里，三十天后滚到下一档的比例；连乘起来就是损失率。")),
    Meaning(N_("坏账等值销售额"), N_("损失除以净利率：要做多少销售的利润才补得回来。")),
    Meaning(N_("截至某日"), N_("只看业务日期不晚于那一天的单据与核销；后来补记的不会改变过去某日的结果。")),
    Meaning(N_("授信额度"), N_("客户最多可以欠多少；经申请、按权限表逐级审批才生效。没有额度就是不赊销，不是不限额。")),
    Meaning(
        N_("授信占用"),
        N_("未交货订单 + 已发货未开票 + 未清发票 + 未到期票据 − 未核销收款 − 保证金；下单、放行、开票用同一个公式。"),
    ),
    Meaning(N_("信用等级"), N_("A–D，由调查、公开查询、证照和账目按评分表算出；每一分都有理由，触及红线一律 D。")),
    Meaning(
        N_("红线"), N_("失信、票据持续逾期、证照吊销等官方名单和严重逾期；其中证照、票据和经营范围任何人都不能豁免。")
    ),
    Meaning(N_("停止赊销"), N_("原因在就停、原因没了自动恢复；停止期间只收现款订单。")),
    Meaning(N_("核验"), N_("我们的质管看过证照：看的是官网、原件还是盖章的复印件，哪天看的，谁看的。")),
    Meaning(
        N_("校验"),
        N_("登记机关对医疗机构的定期检查：床位不足 100 张每年一次，其余每三年一次；过期与证照过期一样拦截订单。"),
    ),
    Meaning(N_("授权人员"), N_("客户书面授权来采购、提货、收货或对账的人；授权书要写明期限，印章式样留作签收时核对。")),
    Meaning(
        N_("代理人"), N_("您不在时代您审批申请、放行订单的同事；不能代您决定您自己提出的事。在「管理 · 代理人」指定。")
    ),
    Meaning(N_("三者关系"), N_("谁以什么身份负责哪个终端；业务员只看得到与自己有关系的终端。")),
    Meaning(N_("拼音首字母"), N_("搜索时可以只输入名称每个字的拼音首字母，例如用 jmsdy 找荆门市第一人民医院。")),
]

KEYS = [
    ("Ctrl K", N_("搜索客户、发票、产品、页面")),
    ("j k", N_("列表中下一行、上一行")),
    ("Enter", N_("打开选中的行")),
    ("x", N_("勾选选中的行")),
    ("/", N_("转到列表的查找框")),
    ("[ ]", N_("上一页、下一页")),
    ("Ctrl Enter", N_("下单页：送出订单")),
    ("↑ ↓", N_("下单页：在提示里选产品")),
    ("?", N_("打开本页")),
    ("Esc", N_("关闭弹出的菜单或搜索")),
]


@require_GET
def help_page(request):
    """帮助  Definitions of figures and words, keys, and the first steps."""
    jumps = [("g " + d.key, _(d.name)) for _group, doors in shell.doors_for(request.user) for d, _url in doors if d.key]
    keys = [(key, _(says)) for key, says in KEYS] + jumps
    figures = [*FIGURES, *(_figure(definition) for definition in DEFINITIONS.values())]
    page = {"figures": figures, "words": WORDS, "keys": keys, "import_url": address("desk:intake")}
    return render(request, "desk/help.html", page)


def _figure(definition: Definition) -> Meaning:
    """A figure of receivables, as its own page defines it."""
    says = _(definition.formula) + (f" {_(definition.caution)}" if definition.caution else "")
    return Meaning(definition.name, says, EXAMPLES.get(definition.code, ""))
