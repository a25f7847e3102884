"""What can be imported: each noun with its columns, its dry run, its bulk action and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kewei.collecting import excel as collecting_excel
from kewei.desk.intake import cards, clubs, debts, ledger, lines, rounds, trade
from kewei.desk.intake.findings import Bench, Judged
from kewei.desk.intake.world import World
from kewei.kernel.columns import Column
from kewei.kernel.refusals import N_
from kewei.membership import excel as membership_excel
from kewei.orders import excel as orders_excel
from kewei.products import excel as products_excel
from kewei.receivables import excel as receivables_excel
from kewei.sales import excel as sales_excel
from kewei.terminals import excel as terminals_excel
from kewei.visits import excel as visits_excel

Records = Iterator[tuple[int, dict[str, Any]]]
Judge = Callable[[World, Records, Bench], Judged]


def _not_new(world: World, records: Records, bench: Bench) -> Judged:
    raise NotImplementedError("only cards can be taken once per code")


@dataclass(frozen=True)
class Noun:
    """Something that comes in files.

    `judge` tries rows without writing; `take(world, judged, intake=, by=, now=, progress=)` books what was judged good
    and answers what an undo needs; `undo(part, intake=, by=, now=, progress=)` takes it back. `judge_new` looks only at codes
    nobody has yet. `whole`: rows hang together, so that a file is taken without problems or not at all.
    """

    name: str
    label: str
    columns: Sequence[Column]
    verb: str
    judge: Judge
    take: Callable[..., dict[str, Any]]
    undo: Callable[..., None]
    keeps_extra: bool = True
    of_money: bool = False
    whole: bool = False
    judge_new: Judge = _not_new
    icon: str = "file-import"
    hint: str = ""


NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        Noun(
            "customers",
            N_("客户"),
            terminals_excel.COLUMNS,
            "terminals.create",
            cards.judge_customers,
            cards.take_customers,
            cards.undo_customers,
            judge_new=cards.judge_new_customers,
            icon="building-hospital",
            hint=N_("编码和名称必填；已有编码的客户按文件更新"),
        ),
        Noun(
            "licences",
            N_("证照"),
            terminals_excel.LICENCES,
            "terminals.edit",
            cards.judge_licences,
            cards.take_licences,
            cards.undo_licences,
            keeps_extra=False,
            icon="certificate",
            hint=N_("先导入客户；同种类同证号的证照按文件更新，原证照结束"),
        ),
        Noun(
            "white-space",
            N_("公开名录"),
            terminals_excel.LISTED,
            "terminals.growth",
            cards.judge_white_space,
            cards.take_white_space,
            cards.undo_customers,
            keeps_extra=False,
            icon="map-search",
            hint=N_("编码、名称和省市；还没有建档的进入各区域的公海，已有的不变"),
        ),
        Noun(
            "products",
            N_("产品"),
            products_excel.COLUMNS,
            "products.edit",
            cards.judge_products,
            cards.take_products,
            cards.undo_products,
            icon="pill",
            hint=N_("编码和名称必填；已有编码的产品按文件更新"),
        ),
        Noun(
            "invoices",
            N_("发票"),
            receivables_excel.INVOICES,
            "receivables.post_invoice",
            ledger.judge_invoices,
            ledger.take_invoices,
            ledger.undo_posting,
            of_money=True,
            icon="file-invoice",
            hint=N_("先导入客户；到期日可留空，按客户账期推算"),
        ),
        Noun(
            "receipts",
            N_("收款"),
            receivables_excel.RECEIPTS,
            "receivables.receive",
            ledger.judge_receipts,
            ledger.take_receipts,
            ledger.undo_posting,
            of_money=True,
            icon="cash",
            hint=N_("写明核销发票号的直接核销，其余留在待核销队列"),
        ),
        Noun(
            "red-letters",
            N_("红字发票"),
            receivables_excel.RED_LETTERS,
            "receivables.post_red_letter",
            ledger.judge_red_letters,
            ledger.take_red_letters,
            ledger.undo_posting,
            of_money=True,
            icon="file-minus",
            hint=N_("金额写正数或负数都可以；写明原发票号的直接冲减"),
        ),
        Noun(
            "sales",
            N_("销售明细"),
            sales_excel.COLUMNS,
            "sales.import",
            lines.judge_sales,
            lines.take_sales,
            lines.undo_sales,
            keeps_extra=False,
            of_money=True,
            icon="shopping-bag",
            hint=N_("一行一笔：哪个客户、哪天、买了什么、多少"),
        ),
        Noun(
            "orders",
            N_("订单"),
            orders_excel.ORDERS,
            "orders.place",
            trade.judge_orders,
            trade.take_orders,
            trade.undo_orders,
            keeps_extra=False,
            whole=True,
            icon="clipboard-list",
            hint=N_("一行一个产品；同一客户、同一客户单号的行是一张订单，每张都过关口"),
        ),
        Noun(
            "prices",
            N_("价格"),
            orders_excel.PRICES,
            "orders.price",
            trade.judge_prices,
            trade.take_prices,
            trade.undo_prices,
            keeps_extra=False,
            icon="tag",
            hint=N_("给所有客户、一类客户或一家客户的含税单价和底价"),
        ),
        Noun(
            "ways",
            N_("行程表"),
            visits_excel.WAYS,
            "visits.plan",
            rounds.judge_ways,
            rounds.take_ways,
            rounds.undo_ways,
            keeps_extra=False,
            icon="road",
            hint=N_("两地之间实际的路程和时间；没有写的按直线距离乘道路系数"),
        ),
        Noun(
            "reasons",
            N_("逾期原因"),
            collecting_excel.REASONS,
            "collecting.contact",
            debts.judge_reasons,
            debts.take_reasons,
            debts.undo_reasons,
            keeps_extra=False,
            icon="tags",
            hint=N_("一行一张未付清的发票；已有的原因被替换，仍留在历史里"),
        ),
        Noun(
            "promises",
            N_("承诺付款"),
            collecting_excel.PROMISES,
            "collecting.promise",
            debts.judge_promises,
            debts.take_promises,
            debts.undo_promises,
            keeps_extra=False,
            whole=True,
            icon="heart-handshake",
            hint=N_("一行一期；同一张发票的几行是一个承诺的几期，到期按到账自动判定"),
        ),
        Noun(
            "points",
            N_("积分调整"),
            membership_excel.POINTS,
            "membership.post",
            clubs.judge_points,
            clubs.take_points,
            clubs.undo_points,
            keeps_extra=False,
            whole=True,
            icon="coins",
            hint=N_("一行一笔，写明原因；扣回写负数"),
        ),
        Noun(
            "benefits",
            N_("会员权益"),
            membership_excel.BENEFITS,
            "membership.want",
            clubs.judge_benefits,
            clubs.take_benefits,
            clubs.undo_benefits,
            keeps_extra=False,
            whole=True,
            icon="gift",
            hint=N_("每行都过权益关口：给个人的、账外的一律拦下；导入后等待审批"),
        ),
        Noun(
            "stock",
            N_("终端库存"),
            membership_excel.STOCK,
            "membership.serve",
            clubs.judge_stock,
            clubs.take_stock,
            clubs.undo_stock,
            keeps_extra=False,
            whole=True,
            icon="packages",
            hint=N_("一行一个产品的一次盘点；用量卡从最新的一次算起"),
        ),
    )
}
