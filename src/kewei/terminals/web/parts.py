"""What hangs on a card: each part is a panel that lists what there is and adds one more, alone or on the card's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kewei.kernel.refusals import N_, Refused
from kewei.people.notices import done
from kewei.terminals import actions, forms, queries, rules

either = require_http_methods(["GET", "POST"])


@dataclass(frozen=True)
class Part:
    """A part of the card: its title, its form, what the form does, and how its rows are told."""

    name: str
    title: str
    url: str
    form: Callable[..., Any]
    add: Callable[..., Any]
    rows: Callable[[Any, queries.Card], list[dict[str, Any]]]
    added: str
    end: str = ""
    button: str = N_("添加")
    opener: str = ""
    hint: str = ""


def sections(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    """Every part of a card for its page: what there is, and an empty form."""
    return [_panel(part, reader, card, _form(part, reader, card)) for part in PARTS.values()]


@either
def aliases(request, pk: int):
    """别名  Other names of the terminal."""
    return _part(request, pk, "aliases")


@either
def contacts(request, pk: int):
    """联系人  Business contacts."""
    return _part(request, pk, "contacts")


@either
def licences(request, pk: int):
    """证照  Licences, with their dates and scope."""
    return _part(request, pk, "licences")


@either
def authorised(request, pk: int):
    """授权人员  Who may buy, collect, reconcile or sign."""
    return _part(request, pk, "authorised")


@either
def settlement(request, pk: int):
    """结算日历  How and when the terminal pays."""
    return _part(request, pk, "settlement")


@require_POST
def end_alias(request, pk: int):
    """停用别名  The name is no longer used."""
    alias = queries.alias_for(request.user, pk)
    return _end(request, alias.terminal_id, "aliases", actions.end_alias, alias=alias)


@require_POST
def end_contact(request, pk: int):
    """停用联系人  The person no longer works there."""
    contact = queries.contact_for(request.user, pk)
    return _end(request, contact.terminal_id, "contacts", actions.end_contact, contact=contact)


@require_POST
def end_licence(request, pk: int):
    """停用证照  The paper is withdrawn."""
    licence = queries.licence_for(request.user, pk)
    return _end(request, licence.terminal_id, "licences", actions.end_licence, licence=licence)


@require_POST
def verify_licence(request, pk: int):
    """核验证照  Quality has seen the paper."""
    licence = queries.licence_for(request.user, pk)
    how = request.POST.get("how", "")
    how = how if how in rules.VERIFIED_HOW else "original"
    return _end(request, licence.terminal_id, "licences", actions.verify_licence, licence=licence, how=how)


@require_POST
def end_authorised(request, pk: int):
    """结束授权  The authorisation is withdrawn."""
    person = queries.authorised_for(request.user, pk)
    return _end(request, person.terminal_id, "authorised", actions.end_authorised, authorised=person)


# --- one panel ----------------------------------------------------------------------------------------------------------


def _part(request: Any, pk: int, name: str):
    """The panel as a page or as a fragment; a POST adds one."""
    request.user.must("terminals.edit")
    part = PARTS[name]
    terminal = queries.terminal_for(request.user, pk, "terminals.edit")
    card = queries.card(request.user, pk, timezone.localdate())
    form = _form(part, request.user, card, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            part.add(terminal=terminal, form=form, reader=request.user, by=request.user, now=timezone.now())
        except rules.NothingToChange:
            return _shown(request, pk, name)
        except Refused as no:
            form.add_error(None, no.sentence(_))
        else:
            if not request.htmx:
                done(request, _(part.added))
            return _shown(request, pk, name)
    return _answer(request, part, card, form, 422 if form.is_bound else 200)


def _shown(request: Any, pk: int, name: str):
    """The panel as it is now; a page goes back to the terminal."""
    if not request.htmx:
        return redirect("desk:terminal", pk)
    part, card = PARTS[name], queries.card(request.user, pk, timezone.localdate())
    return _answer(request, part, card, _form(part, request.user, card), 200)


def _answer(request: Any, part: Part, card: queries.Card, form: Any, status: int):
    panel = _panel(part, request.user, card, form)
    template = "terminals/_part.html" if request.htmx else "terminals/part.html"
    return render(request, template, {"part": panel, "card": card}, status=status)


def _end(request: Any, pk: int, name: str, do: Callable[..., Any], **given: Any):
    do(by=request.user, now=timezone.now(), **given)
    return _shown(request, pk, name)


def _form(part: Part, reader: Any, card: queries.Card, data: Any = None) -> Any:
    form = part.form(reader, data, card)
    form.auto_id = f"{part.name}-%s"
    return form


def _panel(part: Part, reader: Any, card: queries.Card, form: Any) -> dict[str, Any]:
    return {
        "name": part.name,
        "title": _(part.title),
        "hint": _(part.hint) if part.hint else "",
        "button": _(part.button),
        "opener": _(part.opener or part.button),
        "url": reverse(part.url, args=[card.pk]),
        "form": form,
        "rows": part.rows(reader, card),
        "open": form.is_bound,
    }


# --- rows: what is told about each, and what can be done with it ----------------------------------------------------------


def _row(words: str, quiet: list[str], end: str = "", **more: Any) -> dict[str, Any]:
    return {"words": words, "quiet": [text for text in quiet if text], "end": end, **more}


def _alias_rows(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    return [
        _row(
            a.name,
            [_(rules.ALIAS_KINDS.get(a.kind, a.kind)), a.distributor],
            reverse("terminals:end_alias", args=[a.pk]),
        )
        for a in card.aliases
    ]


def _contact_rows(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    return [
        _row(
            c.name,
            [c.department, c.job, _(rules.CONTACT_DUTIES[c.duty]) if c.duty else "", c.work_phone, c.work_email],
            reverse("terminals:end_contact", args=[c.pk]),
            badge=None if c.notice_given_on else (_("未告知个人信息处理"), "warn"),
        )
        for c in card.contacts
    ]


def _licence_rows(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    may_verify = reader.may("terminals.licence")
    rows = [_licence_row(licence, may_verify) for licence in card.licences]
    missing = [" / ".join(_(rules.LICENCE_KINDS[kind]) for kind in group) for group in card.missing_licences]
    return [*(_row(words, [], badge=(_("缺"), "bad")) for words in missing), *rows]


_TONES = {"valid": "ok", "ending": "warn", "expired": "bad", "undated": "quiet"}


def _licence_row(row: queries.LicenceRow, may_verify: bool) -> dict[str, Any]:
    end = _("长期") if row.long_term else row.valid_to.isoformat() if row.valid_to else ""
    verified = _("已核验：{how}，{name}").format(
        how=_(rules.VERIFIED_HOW.get(row.verified_how, "")), name=row.verified_by
    )
    return _row(
        _(rules.LICENCE_KINDS.get(row.kind, row.kind)),
        [
            row.number,
            _("有效期至 {day}").format(day=end) if end else "",
            _("上次校验 {day}").format(day=row.inspected_on.isoformat()) if row.inspected_on else "",
            _("校验到期 {day}").format(day=row.verify_by.isoformat()) if row.verify_by else "",
            "、".join(_(rules.SCOPE_CODES.get(code, code)) for code in row.scope),
            verified if row.verified_how else _("未核验"),
        ],
        reverse("terminals:end_licence", args=[row.pk]),
        verify=reverse("terminals:verify_licence", args=[row.pk]) if may_verify and not row.verified_how else "",
        badge=(_(rules.LICENCE_STATES[row.state]), _TONES[row.state]),
    )


def _authorised_rows(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    return [
        _row(
            a.name,
            [
                "、".join(_(rules.AUTHORISED_KINDS.get(kind, kind)) for kind in a.kinds),
                a.id_masked,
                a.varieties,
                a.area,
                _("有效期至 {day}").format(day=a.valid_to.isoformat()) if a.valid_to else "",
            ],
            reverse("terminals:end_authorised", args=[a.pk]),
            badge=(_("授权已过期"), "bad") if a.expired else None,
        )
        for a in card.authorised
    ]


def _no_rows(reader: Any, card: queries.Card) -> list[dict[str, Any]]:
    return []


# --- what each form does ------------------------------------------------------------------------------------------------


def _add_alias(*, terminal: Any, form: Any, reader: Any, by: Any, now: Any) -> None:
    given = dict(form.cleaned_data)
    code = given.pop("distributor_code")
    distributor = queries.terminal_named(reader, code) if code else None
    actions.add_alias(terminal=terminal, distributor=distributor, by=by, now=now, **given)


def _add_contact(*, terminal: Any, form: Any, reader: Any, by: Any, now: Any) -> None:
    actions.add_contact(terminal=terminal, by=by, now=now, **form.cleaned_data)


def _add_licence(*, terminal: Any, form: Any, reader: Any, by: Any, now: Any) -> None:
    actions.record_licence(terminal=terminal, by=by, now=now, **form.cleaned_data)


def _add_authorised(*, terminal: Any, form: Any, reader: Any, by: Any, now: Any) -> None:
    actions.add_authorised(terminal=terminal, by=by, now=now, **form.cleaned_data)


def _set_settlement(*, terminal: Any, form: Any, reader: Any, by: Any, now: Any) -> None:
    actions.set_settlement(terminal=terminal, by=by, now=now, **form.cleaned_data)


def _settlement_form(reader: Any, data: Any, card: queries.Card) -> Any:
    """The calendar in force, to be changed."""
    kept = card.settlement
    initial = {}
    if kept is not None:
        initial = {name: getattr(kept, name, "") for name in forms.SettlementForm.base_fields}
        initial |= {"account": kept.account_masked, "payers": "\n".join(kept.payers)}
    return forms.SettlementForm(data, initial=initial)


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part(
            "licences", N_("证照"), "terminals:add_licence", lambda reader, data, card: forms.LicenceForm(reader, data),
            _add_licence, _licence_rows, N_("证照已登记"), button=N_("登记证照"),
        ),
        Part(
            "settlement", N_("结算日历"), "terminals:settlement", _settlement_form, _set_settlement, _no_rows,
            N_("结算日历已更新"), button=N_("保存结算日历"), opener=N_("修改结算日历"),
            hint=N_("新的结算日历生效后，原来的留在历史中。"),
        ),
        Part(
            "contacts", N_("联系人"), "terminals:add_contact", lambda reader, data, card: forms.ContactForm(data),
            _add_contact, _contact_rows, N_("联系人已添加"), button=N_("添加联系人"),
            hint=N_("只记工作信息；个人信息处理规则要告知本人。"),
        ),
        Part(
            "aliases", N_("别名"), "terminals:add_alias", lambda reader, data, card: forms.AliasForm(data),
            _add_alias, _alias_rows, N_("别名已添加"), button=N_("添加别名"),
        ),
        Part(
            "authorised", N_("授权人员"), "terminals:add_authorised",
            lambda reader, data, card: forms.AuthorisedForm(data), _add_authorised, _authorised_rows,
            N_("授权人员已登记"), button=N_("登记授权人员"),
        ),
    )
}  # fmt: skip
