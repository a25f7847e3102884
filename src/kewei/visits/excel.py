"""The columns of the visits room's files: ways come in by them."""

from __future__ import annotations

from dataclasses import replace

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.refusals import N_
from kewei.terminals import excel as terminals_excel
from kewei.visits.rules.plans import MIDNIGHT
from kewei.visits.rules.ways import MOST_METRES

_CODE = replace(terminals_excel.CUSTOMER_CODE, required=False)
WAYS: list[Column] = [
    replace(
        _CODE, name="origin", zh="从", en="From", aliases=("起点", "出发", "从客户编码"),
        help=N_("客户编码；留空为一天的出发地"),
    ),
    replace(
        _CODE, name="target", zh="到", en="To", aliases=("终点", "到达", "到客户编码"),
        help=N_("客户编码；留空为一天的结束地"),
    ),
    Column(
        "metres", "米", "Metres", terminals_excel.count(MOST_METRES), example="5200", required=True,
        aliases=("路程", "距离", "路程（米）"), help=N_("实际路程，整米"),
    ),
    Column(
        "minutes", "分钟", "Minutes", terminals_excel.count(MIDNIGHT - 1), example="15", required=True,
        aliases=("时间", "车程", "车程（分钟）"),
    ),
    Column(
        "person", "人员", "Person", columns.text(40), example="wang", aliases=("账号", "业务员"),
        help=N_("拜访人员的账号；留空为自己"),
    ),
]  # fmt: skip
