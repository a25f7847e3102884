"""谁说了算: the rule for conflicts between a phone and the house, one line for each thing (docs/decisions)."""

from __future__ import annotations

from dataclasses import dataclass

from kewei.kernel.refusals import N_


@dataclass(frozen=True)
class Conflict:
    """What both sides may have changed, and what then holds."""

    what: str
    then: str


# The whole rule; the page in the app and the one in the docs show these lines.
CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        N_("做过的事（检核、签到、记录、照片）"),
        N_("只增加，不覆盖：两台手机、手机与网页各写各的，都保留；同一条重复送来只算一次。"),
    ),
    Conflict(
        N_("计划变了（改期、取消、换人）"),
        N_("以服务器的计划为准；已经做过的拜访照样保留，并连到原来的安排上。"),
    ),
    Conflict(
        N_("客户不再归我"),
        N_("资料从手机上清除；之前做的、还没送到的，按送到时的权限判断，被拒绝的留在手机上可更正。"),
    ),
    Conflict(
        N_("记录要改"),
        N_("更正是新的一条，写明更正哪一条；超过规定时间的由经理更正。"),
    ),
    Conflict(
        N_("承诺付款、订单意向"),
        N_("按送到时的账面判断：发票已付清、已有承诺的会被拒绝并说明原因，不会多记。"),
    ),
    Conflict(
        N_("新潜在客户与已有客户重复"),
        N_("被拒绝并说明与谁重复；不会建两份档案。"),
    ),
    Conflict(
        N_("手机时间不准"),
        N_("按同步时的偏差校正，两个时间都留存；补记是否算迟，以校正后的时间为准。"),
    ),
    Conflict(
        N_("前一条被拒绝"),
        N_("依据它的后几条先等着；前一条更正后自动续上。"),
    ),
)
