"""The side navigation and the reader's own corner, as plain values."""

from dataclasses import dataclass

from django.utils.translation import gettext

from kewei.desk.addresses import address
from kewei.kernel.refusals import N_
from kewei.people.rules import ROLES


@dataclass(frozen=True)
class Door:
    """A way into a room: its name, URL name, icon, the verb that opens it, and the letter that follows g."""

    name: str
    url: str
    icon: str
    verb: str
    key: str = ""


# A door whose room is not built yet leads nowhere and is left out.
GROUPS: list[tuple[str, list[Door]]] = [
    ("", [Door(N_("今天"), "desk:today", "sun-high", "terminals.see", "t")]),
    (
        N_("客户"),
        [
            Door(N_("客户"), "terminals:list", "building-hospital", "terminals.see", "c"),
            Door(N_("潜在客户"), "terminals:prospects", "user-plus", "terminals.prospect", "n"),
            Door(N_("两种增长"), "insight:growth", "trending-up", "sales.see"),
            Door(N_("重点产品"), "campaigns:list", "target", "campaigns.see"),
            Door(N_("流失预警"), "insight:lapse", "heartbeat", "sales.see"),
            Door(N_("淡季工作单"), "insight:quiet", "calendar-smile", "sales.see"),
            Door(N_("维护老客户"), "insight:keeping", "users-group", "sales.see"),
            Door(N_("经营看板"), "insight:dashboard", "layout-dashboard", "sales.see"),
            Door(N_("证照到期"), "terminals:licences", "certificate", "terminals.see", "l"),
            Door(N_("销售明细"), "sales:lines", "shopping-bag", "sales.see", "s"),
            Door(N_("产品"), "products:list", "pill", "products.see", "p"),
        ],
    ),
    (
        N_("应收"),
        [
            Door(N_("账龄"), "receivables:ageing", "chart-bar", "receivables.see", "a"),
            Door(N_("未清项"), "receivables:open_items", "file-invoice", "receivables.see", "o"),
            Door(N_("收款与核销"), "receivables:unmatched", "arrows-exchange", "receivables.see", "m"),
            Door(N_("票据"), "receivables:bills", "receipt", "receivables.see"),
            Door(N_("单据"), "receivables:entries", "files", "receivables.see", "d"),
            Door(N_("对账回签"), "receivables:sign_backs", "writing-sign", "receivables.statement"),
            Door(N_("应收指标"), "receivables:kpis", "gauge", "receivables.see", "k"),
        ],
    ),
    (
        N_("收款"),
        [
            Door(N_("今日催收"), "collecting:worklist", "phone-call", "collecting.see", "w"),
            Door(N_("案件"), "collecting:cases", "briefcase", "collecting.see"),
            Door(N_("逾期原因"), "collecting:reasons", "tags", "collecting.see"),
            Door(N_("承诺付款"), "collecting:promises", "heart-handshake", "collecting.see"),
            Door(N_("争议"), "collecting:disputes", "messages", "collecting.see"),
            Door(N_("函件"), "collecting:letters", "mail", "collecting.see"),
            Door(N_("以物抵债"), "collecting:offsets", "package", "collecting.see"),
            Door(N_("证据"), "collecting:evidence_list", "file-check", "collecting.see"),
            Door(N_("时钟"), "collecting:clocks", "alarm", "collecting.see"),
            Door(N_("账销案存"), "collecting:write_offs", "archive", "collecting.see"),
            Door(N_("催收办法"), "collecting:techniques", "bulb", "collecting.see"),
            Door(N_("回款预测"), "insight:forecast", "chart-line", "collecting.see"),
        ],
    ),
    (
        N_("流向"),
        [
            Door(N_("流向月份"), "flows:month", "arrows-right-left", "flows.see"),
            Door(N_("上报日历"), "flows:calendar", "calendar-up", "flows.see"),
            Door(N_("名称复核"), "flows:queue", "list-check", "flows.review"),
            Door(N_("终端用量"), "flows:usage", "chart-bar", "flows.see"),
        ],
    ),
    (
        N_("拜访"),
        [
            Door(N_("拜访计划"), "visits:plans", "calendar-month", "visits.see", "v"),
            Door(N_("拜访记录"), "visits:list", "map-pin", "visits.see"),
            Door(N_("不良反应线索"), "visits:adverse", "urgent", "visits.safety"),
            Door(N_("拜访理由"), "visits:wishes", "list-check", "visits.see"),
            Door(N_("计划与实际"), "visits:attainment", "chart-bar", "visits.see"),
        ],
    ),
    (
        N_("大客户"),
        [
            Door(N_("大客户识别"), "keyaccounts:candidates", "building-bank", "keyaccounts.see"),
            Door(N_("大客户计划"), "keyaccounts:plans", "target-arrow", "keyaccounts.see"),
        ],
    ),
    (
        N_("订单"),
        [
            Door(N_("待我审批"), "desk:inbox", "checklist", "orders.see", "b"),
            Door(N_("订单"), "orders:list", "clipboard-list", "orders.see", "r"),
            Door(N_("发货单"), "orders:deliveries", "truck-delivery", "orders.see"),
            Door(N_("价格本"), "orders:prices", "tag", "orders.see"),
            Door(N_("订单关口"), "orders:gate", "shield-check", "orders.see"),
            Door(N_("拦截统计"), "orders:refusals", "hand-stop", "orders.see"),
        ],
    ),
    (
        N_("信用"),
        [
            Door(N_("授信申请"), "credit:applications", "file-certificate", "credit.see", "u"),
            Door(N_("信用调查"), "credit:surveys", "clipboard-search", "credit.see"),
            Door(N_("信用评分"), "credit:scores", "stars", "credit.see"),
            Door(N_("授信额度"), "credit:limits", "scale", "credit.see"),
            Door(N_("停止赊销"), "credit:holds", "lock", "credit.see"),
            Door(N_("预警"), "credit:watch", "alert-triangle", "credit.see"),
            Door(N_("担保"), "credit:securities", "shield", "credit.see"),
            Door(N_("信用复审"), "credit:reviews", "calendar-check", "credit.see"),
        ],
    ),
    (
        N_("会员"),
        [
            Door(N_("会员计划"), "membership:programmes", "id-badge", "membership.see"),
            Door(N_("会员"), "membership:members", "users-group", "membership.see"),
            Door(N_("会员权益"), "membership:benefits", "gift", "membership.see"),
            Door(N_("座谈会与友会"), "membership:meetings", "messages", "membership.see"),
            Door(N_("增值服务"), "membership:services", "lifebuoy", "membership.see"),
        ],
    ),
    (
        N_("数据"),
        [
            Door(N_("数据导入"), "desk:intake", "file-import", "terminals.create", "i"),
            Door(N_("核对"), "config:check", "shield-check", "journal.check"),
        ],
    ),
    (
        N_("管理"),
        [
            Door(N_("人员"), "people:list", "users", "people.see"),
            Door(N_("代理人"), "people:deputies", "user-share", "people.deputise"),
            Door(N_("外勤应用"), "field:app", "device-mobile", "field.use"),
            Door(N_("外勤设备"), "field:devices", "devices", "field.use"),
            Door(N_("日志"), "journal:facts", "history", "journal.see"),
            Door(N_("政策"), "journal:policies", "gavel", "terminals.see"),
            Door(N_("后台"), "journal:house", "server-cog", "journal.retry"),
        ],
    ),
]


def doors_for(person) -> list[tuple[str, list[tuple[Door, str]]]]:
    """Groups of doors this person may open, each with its path."""
    groups = []
    for name, doors in GROUPS:
        open_doors = [(door, address(door.url)) for door in doors if address(door.url) and person.may(door.verb)]
        if open_doors:
            groups.append((name, open_doors))
    return groups


def for_reader(request) -> dict:
    """Navigation and the reader's corner: nothing before sign-in."""
    reader = getattr(request, "user", None)
    if reader is None or not reader.is_authenticated:
        return {"groups": [], "reader": {}}
    groups = doors_for(reader)
    here = _here(request.path, [path for _, doors in groups for _, path in doors])
    return {
        "groups": [
            {
                "name": gettext(name) if name else "",
                "doors": [
                    {"name": gettext(door.name), "url": path, "icon": door.icon, "on": path == here}
                    for door, path in doors
                ],
            }
            for name, doors in groups
        ],
        "reader": _corner(reader),
    }


def _here(path: str, known: list[str]) -> str:
    """The door whose path is the longest beginning of this one; the front page only matches itself."""
    fitting = [door for door in known if path == door or (door != "/" and path.startswith(door))]
    return max(fitting, key=len, default="")


def _corner(reader) -> dict:
    roles = dict.fromkeys(ROLES[held.role].name for held in reader.held if held.role in ROLES)
    return {"name": reader.name, "initial": reader.name[:1], "roles": "、".join(gettext(role) for role in roles)}
