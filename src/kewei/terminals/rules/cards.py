"""The card of a terminal: its fields, what has changed, and what stands in the way of a change."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from kewei.kernel.ids import credit_code_fault
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import Held

# Plain fields of the card that `change_terminal` and an import may set; the owner is changed by a link.
CARD_FIELDS = (
    "name", "short_name", "kind", "ownership", "size", "grade", "credit_code", "division", "province", "city",
    "district", "address", "beds", "group", "note", "extra", "lat_e6", "lon_e6",
)  # fmt: skip


@refusal
class BadCreditCode(Refused):
    code = "bad_credit_code"
    says = N_("统一社会信用代码「{text}」不对：{reason}")


@refusal
class CodeTaken(Refused):
    code = "code_taken"
    says = N_("客户编码 {text} 已被使用")
    status = 409


@refusal
class CreditCodeTaken(Refused):
    code = "credit_code_taken"
    says = N_("统一社会信用代码 {text} 已登记在另一终端")
    next_step = N_("请先用信用代码搜索；如确属同一机构，请在原卡上修改")
    status = 409


@refusal
class UnknownOwner(Refused):
    code = "unknown_owner"
    says = N_("没有登录名为 {text} 的在职人员")


@refusal
class UnknownCustomer(Refused):
    code = "unknown_customer"
    says = N_("没有编码为 {text} 的客户，或您看不到它")


@refusal
class TerminalClosed(Refused):
    code = "terminal_closed"
    says = N_("终端已停用：{why}")


@refusal
class NothingToChange(Refused):
    code = "nothing_to_change"
    says = N_("没有要修改的内容")


@refusal
class MedicalCannotOwn(Refused):
    code = "medical_cannot_own"
    says = N_("{name} 是医药代表，不能作为终端的销售负责人")


@refusal
class NoLinkToEnd(Refused):
    code = "no_link_to_end"
    says = N_("这个终端没有可以结束的「{field}」")


@refusal
class AlreadyEnded(Refused):
    code = "part_already_ended"
    says = N_("这一条已经停用")


@refusal
class AlreadyClosed(Refused):
    code = "already_closed"
    says = N_("终端已经停用")


@refusal
class NotClosed(Refused):
    code = "not_closed"
    says = N_("终端没有停用")


@refusal
class AliasTaken(Refused):
    code = "alias_taken"
    says = N_("「{text}」已经是这个终端的名称")


@refusal
class MemberOfItself(Refused):
    code = "member_of_itself"
    says = N_("终端不能以自己或自己的下属为上级机构")


def home_territory(held: Iterable[Held]) -> int | None:
    """The territory in which somebody sells, from their live posts: a representative's before a manager's."""
    placed = {post.role: post.territory_path for post in held if post.territory_path}
    path = placed.get("representative") or placed.get("manager") or ""
    return int(path.strip("/").rsplit("/", 1)[-1]) if path else None


def check_can_own(name: str, held: Iterable[Held]) -> None:
    """A medical representative promotes and does not sell (domain 4.4). Raises MedicalCannotOwn."""
    if any(post.role == "medical" for post in held):
        raise MedicalCannotOwn(name=name)


def read_credit_code(text: str) -> str:
    """A unified social credit code as typed, in capitals without spaces. Raises BadCreditCode with the reason."""
    bare = "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()
    fault = credit_code_fault(bare)
    if fault:
        raise BadCreditCode(text=text[:40], reason=fault)
    return bare


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of `after` that differ from `before`, each with its former and its new value."""
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}
