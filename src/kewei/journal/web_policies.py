"""政策  Every policy with its versions: what is in force, what changed, and proposing and deciding on new ones."""

from __future__ import annotations

import json
from typing import Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal import actions, queries_policies
from kewei.journal.forms import DecideForm, ProposeForm
from kewei.kernel.policies import Policy, UnknownPolicy
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people.notices import done

# What readers call the rooms that have policies.
ROOM_WORDS = {
    "campaigns": N_("重点产品"),
    "collecting": N_("收款"),
    "credit": N_("信用"),
    "flows": N_("流向"),
    "insight": N_("分析"),
    "keyaccounts": N_("大客户"),
    "membership": N_("会员"),
    "orders": N_("订单"),
    "sales": N_("销售"),
    "terminals": N_("客户与证照"),
    "visits": N_("拜访"),
}

SEE, APPROVE = "terminals.see", "journal.approve_policy"
# Whoever sees a room reads its policies; what insight shows is sales.
SEEN_BY = {"insight": "sales.see"}


def may_read(person: Any, name: str) -> bool:
    """Whether a person sees the room a policy is of: how credit is given is nothing for a medical representative (4.4)."""
    room = name.partition(".")[0]
    return person.may(SEEN_BY.get(room, f"{room}.see"))


@require_GET
def policies(request):
    """政策  All of them, with the version in force today and what waits for a decision."""
    request.user.must(SEE)
    offered = {name: one for name, one in queries_policies.offered().items() if may_read(request.user, name)}
    found = queries_policies.in_force_all(offered.values(), timezone.localdate())
    waiting = [row for row in queries_policies.waiting() if row.name in offered]
    names = {row.name for row in waiting}
    rooms: dict[str, list[dict[str, Any]]] = {}
    for name, policy in sorted(offered.items()):
        rooms.setdefault(name.partition(".")[0], []).append(
            {"policy": policy, "title": _(policy.title), "version": found[name], "waits": name in names}
        )
    told = [(_(ROOM_WORDS.get(room, room)), rows) for room, rows in rooms.items()]
    return render(request, "journal/policies.html", {"rooms": told, "waiting": [_told(row) for row in waiting]})


@require_GET
def policy(request, name: str):
    """一项政策  Its body as tables, and every version with what it changed."""
    request.user.must(SEE)
    return _page(request, name)


def _page(request: Any, name: str, form: ProposeForm | None = None):
    one = queries_policies.policy_named(name)
    if not may_read(request.user, name):
        raise UnknownPolicy(name=name)
    in_force = queries_policies.in_force(one, timezone.localdate())
    versions = queries_policies.versions(name)
    body = next(row.body for row in versions if row.number == in_force.number)
    page = {
        "policy": one,
        "title": _(one.title),
        "in_force": in_force,
        "tables": tables(body),
        "versions": [
            (row, changes(versions[n + 1].body, row.body) if n + 1 < len(versions) else [])
            for n, row in enumerate(versions)
        ],
        "may_propose": request.user.may(one.keeper),
        "may_decide": request.user.may(APPROVE),
        "me": request.user.pk,
        "form": form or ProposeForm(initial={"since": timezone.localdate(), "body": pretty(body)}),
    }
    return render(request, "journal/policy.html", page, status=422 if form else 200)


@require_POST
def propose(request, name: str):
    """提出新版本"""
    one: Policy[Any] = queries_policies.policy_named(name)
    request.user.must(one.keeper)
    form = ProposeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.propose_policy(
                name=name, body=given["body"], since=given["since"], source=given["source"], reason=given["reason"],
                by=request.user, now=timezone.now(),
            )  # fmt: skip
        except Refused as why:
            form.add_error(None, why.sentence(_))
        else:
            done(request, _("新版本已提出，等待批准"))
            return redirect("journal:policy", name)
    return _page(request, name, form)


@require_POST
def decide(request, pk: int):
    """批准或驳回"""
    request.user.must(APPROVE)
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise NotFound(noun=N_("政策版本"))
    given = {"approve": form.cleaned_data["approve"] == "1", "why": form.cleaned_data["why"]}
    version = actions.decide_policy(pk=pk, by=request.user, now=timezone.now(), **given)
    done(request, _("已批准") if version.approved else _("已驳回"))
    return redirect("journal:policy", version.name)


@require_http_methods(["GET"])
def policy_version(request, pk: int):
    """政策版本  Where a fact leads: to the page of its policy."""
    request.user.must(SEE)
    name = queries_policies.name_of(pk)
    if not may_read(request.user, name):
        raise NotFound(noun=N_("政策版本"))
    return redirect("journal:policy", name)


def pretty(body: Any) -> str:
    """A body as text to edit."""
    return json.dumps(body, ensure_ascii=False, indent=2)


def tables(body: Any, path: str = "") -> list[dict[str, Any]]:
    """A body as tables: plain values as rows of one, lists of objects as tables of their own, nested ones further down."""
    if isinstance(body, list):
        if body and all(isinstance(one, dict) for one in body):
            names = list(dict.fromkeys(name for one in body for name in one))
            return [
                {"path": path, "head": names, "rows": [[plain(one.get(name, "")) for name in names] for one in body]}
            ]
        return [{"path": path, "head": [], "rows": [[plain(one)] for one in body]}]
    if not isinstance(body, dict):
        return [{"path": path, "head": [], "rows": [[plain(body)]]}]
    simple = [[name, plain(value)] for name, value in body.items() if not _deep(value)]
    found = [{"path": path, "head": [], "rows": simple}] if simple else []
    for name, value in body.items():
        if _deep(value):
            found += tables(value, f"{path}.{name}".lstrip("."))
    return found


def _deep(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict | list) for one in value))


def plain(value: Any) -> str:
    """A value in one cell."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(plain(one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{name} {plain(one)}" for name, one in value.items())
    return "–" if value is None else str(value)


def changes(before: Any, after: Any, path: str = "") -> list[tuple[str, str, str]]:
    """What differs between two bodies: (where, before, after)."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for name in dict.fromkeys([*before, *after]):
            found += changes(before.get(name), after.get(name), f"{path}.{name}".lstrip("."))
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            one for n, (b, a) in enumerate(zip(before, after, strict=True)) for one in changes(b, a, f"{path}[{n + 1}]")
        ]
    return [] if before == after else [(path, plain(before), plain(after))]


def _told(row: Any) -> dict[str, Any]:
    return {"row": row, "title": _(queries_policies.policy_named(row.name).title)}
