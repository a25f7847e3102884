"""Making, changing, assigning and closing a card."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.names import fold
from kewei.kernel.refusals import Refused
from kewei.people import queries as people
from kewei.people.keys import ticked
from kewei.people.notices import done, warned
from kewei.terminals import actions, forms, queries, rules
from kewei.terminals.web.parts import sections

either = require_http_methods(["GET", "POST"])


@either
def new(request):
    """新建客户  Open a card; first show what may be the same terminal."""
    request.user.must("terminals.create")
    form = forms.NewCardForm(request.user, request.POST or None)
    found: list[queries.Twin] = []
    if form.is_valid():
        given = form.cleaned_data
        found = _twins(request.user, given["name"], given["credit_code"] or "", given["licence_number"])
        if not found or given["not_a_twin"]:
            owner = people.colleague(given["owner"]) if given.get("owner") else None
            try:
                terminal = actions.add_terminal(
                    code=given["code"] or "", owner=owner, by=request.user, now=timezone.now(), **form.card()
                )
            except Refused as no:
                form.add_error(_field_of(no), no.sentence(_))
            else:
                _say_done(request, _("{name} 已建档").format(name=terminal.name), terminal.note)
                return redirect("desk:terminal", terminal.pk)
    page = {"form": form, "twins": found, "back": reverse("terminals:list")}
    return render(request, "terminals/new.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def twins(request):
    """查重  What may be the same terminal as the one being typed; a fragment."""
    request.user.must("terminals.create")
    asked = {
        name: request.GET.get(name, "").replace("\x00", "")[:120].strip()
        for name in ("name", "credit_code", "licence_number")
    }
    found = _twins(request.user, asked["name"], "".join(asked["credit_code"].split()).upper(), asked["licence_number"])
    return render(request, "terminals/_twins.html", {"twins": found})


@require_GET
def places(request):
    """省市区  The three lists again after one of them was chosen; a fragment."""
    chosen = {part: request.GET.get(part, "")[:30] for part in ("province", "city", "district")}
    offered = forms.place_choices(chosen["province"], chosen["city"])
    if chosen["city"] not in (name for _, name in offered["city"]):
        chosen |= {"city": "", "district": ""}  # another province was chosen
    elif chosen["district"] not in (name for _, name in offered["district"]):
        chosen["district"] = ""
    form = forms.CardForm(request.user, initial=chosen)
    return render(request, "terminals/_places.html", {"form": form})


@either
def edit(request, pk: int):
    """修改档案  The card's own fields, and below them everything that hangs on it."""
    request.user.must("terminals.edit")
    terminal = queries.terminal_for(request.user, pk, "terminals.edit")
    card = queries.card(request.user, pk, timezone.localdate())
    form = forms.CardForm(request.user, request.POST or None, initial=_initial(request.user, card))
    if form.is_valid():
        try:
            actions.change_terminal(terminal=terminal, by=request.user, now=timezone.now(), **form.card())
        except rules.NothingToChange:
            return redirect("desk:terminal", pk)
        except Refused as no:
            form.add_error(_field_of(no), no.sentence(_))
        else:
            _say_done(request, _("档案已修改"), form.cleaned_data["note"] or "")
            return redirect("desk:terminal", pk)
    page = {"form": form, "card": card, "sections": sections(request.user, card)}
    return render(request, "terminals/edit.html", page, status=422 if request.method == "POST" else 200)


@either
def assign(request, pk: int):
    """分配负责人  Who looks after the terminal, in which role."""
    request.user.must("terminals.assign")
    terminal = queries.terminal_for(request.user, pk, "terminals.assign")
    card = queries.card(request.user, pk, timezone.localdate())
    form = forms.AssignForm(request.POST or None)
    if form.is_valid():
        role, person = form.cleaned_data["role"], people.colleague(form.cleaned_data["person"])
        try:
            _link(terminal, role, person, request.user)
        except rules.MedicalCannotOwn as no:
            form.add_error("person", no.sentence(_))
        else:
            done(request, _("{name} 现由 {person} 负责").format(name=card.name, person=person.name))
            return redirect("desk:terminal", pk)
    links = [(link, _(rules.LINK_ROLES.get(link.role, link.role))) for link in card.links]
    page = {"form": form, "card": card, "links": links, "back": reverse("desk:terminal", args=[pk])}
    return render(request, "terminals/assign.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def assign_many(request):
    """批量分配  The owner of every ticked terminal; asked for first, then set."""
    request.user.must("terminals.assign")
    pks = ticked(request.POST)
    named = queries.labels(request.user, pks)
    form = forms.OwnerForm(request.POST if "owner" in request.POST else None)
    if form.is_valid():
        owner = people.colleague(form.cleaned_data["owner"])
        for pk in named:
            terminal = queries.terminal_for(request.user, pk, "terminals.assign")
            actions.assign_owner(terminal=terminal, owner=owner, by=request.user, now=timezone.now())
        done(request, _("{count} 家终端已分配给 {person}").format(count=len(named), person=owner.name))
        return redirect("terminals:list")
    page = {"form": form, "named": sorted(named.items(), key=lambda item: item[1]), "back": reverse("terminals:list")}
    return render(request, "terminals/assign_many.html", page, status=422 if form.is_bound else 200)


@require_POST
def end_link(request, pk: int, role: str):
    """解除关系  Somebody no longer looks after the terminal."""
    terminal = queries.terminal_for(request.user, pk)
    actions.end_link(terminal=terminal, role=role, by=request.user, now=timezone.now())
    done(request, _("关系已解除"))
    return redirect("terminals:assign", pk)


@either
def close(request, pk: int):
    """停用  Close the terminal, with a reason; a closed one can be reopened here."""
    request.user.must("terminals.edit")
    terminal = queries.terminal_for(request.user, pk, "terminals.edit")
    card = queries.card(request.user, pk, timezone.localdate())
    form = forms.CloseForm(request.POST or None)
    if form.is_valid():
        actions.close_terminal(
            terminal=terminal, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
        done(request, _("{name} 已停用").format(name=card.name), undo=reverse("terminals:reopen", args=[pk]))
        return redirect("desk:terminal", pk)
    page = {"form": form, "card": card, "back": reverse("desk:terminal", args=[pk])}
    return render(request, "terminals/close.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def reopen(request, pk: int):
    """恢复  Lift the closure."""
    terminal = queries.terminal_for(request.user, pk)
    actions.reopen_terminal(terminal=terminal, by=request.user, now=timezone.now())
    done(request, _("{name} 已恢复").format(name=terminal.name))
    return redirect("desk:terminal", pk)


def _link(terminal: Any, role: str, person: Any, by: Any) -> None:
    now = timezone.now()
    if role == rules.OWNER:
        actions.assign_owner(terminal=terminal, owner=person, by=by, now=now)
    else:
        actions.link(terminal=terminal, person=person, role=role, by=by, now=now)


def _twins(reader: Any, name: str, credit_code: str, licence_number: str) -> list[queries.Twin]:
    wanted = name if len(fold(name)) >= 2 else ""
    return queries.duplicates(reader, wanted, credit_code, licence_number)


def _initial(reader: Any, card: queries.Card) -> dict[str, Any]:
    given = {name: getattr(card, name) for name in (*forms.PLAIN, "province", "city", "district")}
    group = queries.named([card.group]).get(card.group) if card.group else None
    return {**given, "group_code": group[0] if group else ""}


def _field_of(no: Refused) -> str | None:
    """Which field of the form a refusal is about."""
    fields = {"credit_code_taken": "credit_code", "bad_credit_code": "credit_code", "code_taken": "code"}
    return fields.get(no.code) or ("group_code" if no.code == "member_of_itself" else None)


def _say_done(request: Any, sentence: str, note: str) -> None:
    done(request, sentence)
    if words := rules.banned_words(note):
        warned(request, _("备注里有不宜记录的内容：{words}。请只记与业务有关的事。").format(words="、".join(words)))
