"""催收联系  Recording who was spoken to about which invoices; a correction starts from the record it corrects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kewei.collecting import actions
from kewei.collecting.queries import contacts
from kewei.collecting.rules.contacting import CONTACT, EFFECTS, OUTCOMES, STANDINGS, UNPROVED
from kewei.collecting.rules.ladder import CHANNELS
from kewei.collecting.rules.reasons import FAMILIES, NAMES
from kewei.collecting.web import parts
from kewei.journal import queries_policies
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.calendar import add_working_days
from kewei.kernel.refusals import NotFound
from kewei.people.keys import MOST_TICKED, key_of, ticked
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, day_widget
from kewei.receivables.web.parts import once, or_error, today

SEE, SPEAK = "collecting.see", "collecting.contact"


class ContactForm(DocumentForm):
    """A contact; its invoices are ticked beside it."""

    VERB = SPEAK
    channel = forms.ChoiceField(label=gettext_lazy("方式"))
    at = forms.DateTimeField(
        label=gettext_lazy("时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    theirs = forms.BooleanField(label=gettext_lazy("客户主动联系我们"), required=False)
    standing = forms.ChoiceField(label=gettext_lazy("对方身份"))
    spoke_with = forms.CharField(label=gettext_lazy("对方姓名"), max_length=60, required=False)
    post = forms.CharField(label=gettext_lazy("对方职务"), max_length=60, required=False)
    words = forms.CharField(
        label=gettext_lazy("主张的金额及内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    outcome = forms.ChoiceField(label=gettext_lazy("结果"))
    reason = forms.ChoiceField(label=gettext_lazy("逾期原因"))
    effect = forms.ChoiceField(label=gettext_lazy("时效中断效力"))
    next_on = forms.DateField(label=gettext_lazy("下次跟进"), widget=day_widget())
    proof = forms.FileField(label=gettext_lazy("证据"), required=False)
    note = forms.CharField(label=gettext_lazy("内部备注"), max_length=500, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["channel"].choices = _words(CHANNELS)  # type: ignore[attr-defined]
        self.fields["standing"].choices = _words(STANDINGS)  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [("", _("请选择")), *_words(OUTCOMES)]  # type: ignore[attr-defined]
        self.fields["reason"].choices = reason_choices()  # type: ignore[attr-defined]
        self.fields["effect"].choices = _words(EFFECTS)  # type: ignore[attr-defined]
        self.fields["words"].help_text = _("写明请求支付；威胁、曝光、辱骂等用语会被拒绝")
        self.fields["proof"].help_text = _("录音（已告知）、聊天截图、快递底单、签收单；PDF、PNG 或 JPEG")


def _words(choices: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, _(words)) for code, words in choices.items()]


def reason_choices() -> list[Any]:
    """Every reason, by family."""
    groups: list[Any] = [("", _("请选择"))]
    for letter, family in FAMILIES.items():
        mine = [(code, f"{code} {_(name)}") for code, name in NAMES.items() if code.startswith(letter)]
        groups.append((_(family), mine))
    return groups


@require_http_methods(["GET", "POST"])
def record_contact(request: HttpRequest) -> HttpResponse:
    """登记催收联系  For a customer, about invoices that are ticked."""
    request.user.must(SPEAK)
    terminal = parts.customer_of(request, SPEAK)
    corrects = key_of(request.GET.get("corrects"))
    first = contacts.contact_for(request.user, corrects, SPEAK) if corrects is not None else None
    if first is not None and (terminal is None or first.terminal_id != terminal.pk):
        raise NotFound(noun=_("催收记录"))
    form = ContactForm(request.user, request.POST or None, request.FILES or None, initial=_initial(terminal, first))
    asked_for = ticked(request.POST, "item", MOST_TICKED)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.record_contact(
                terminal=given["terminal"], items=asked_for, channel=given["channel"], at=given["at"],
                words=given["words"], outcome=given["outcome"], reason=given["reason"], effect=given["effect"],
                next_on=given["next_on"], standing=given["standing"], spoke_with=given["spoke_with"],
                post=given["post"], ours=not given["theirs"], note=given["note"],
                paper=kept_upload(request, given["proof"], SPEAK), corrects=first, by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        beside = {
            "contact_outside_hours": "at", "contact_on_day_off": "at", "contact_ahead": "at",
            "forbidden_words": "words", "no_demand_said": "words", "effect_needs_proof": "effect",
            "next_before_contact": "next_on",
        }  # fmt: skip
        if or_error(form, lambda: once(request, "record_contact", keep), beside):
            done(request, _("联系已登记"))
            return redirect(parts.back_to_case(given["terminal"].pk))
    page = {
        "form": form, "terminal": terminal, "title": _("更正催收联系") if first else _("登记催收联系"), "first": first,
        "items": parts.items_to_tick(request.user, terminal, asked_for if request.method == "POST" else None),
        "rules": queries_policies.in_force(CONTACT, today()).value,
        "case_url": parts.back_to_case(terminal.pk) if terminal else reverse("collecting:cases"),
        "pick": form, "action_words": _("登记"),
    }  # fmt: skip
    return render(request, "collecting/contact_new.html", page, status=422 if request.method == "POST" else 200)


def _initial(terminal: Any, first: Any) -> dict[str, Any]:
    if first is not None:
        kept = {name: getattr(first, name) for name in (
            "channel", "at", "standing", "spoke_with", "post", "words", "outcome", "reason", "next_on", "note",
        )}  # fmt: skip
        return kept | {"terminal": first.terminal_id, "theirs": not first.ours, "effect": UNPROVED}
    return {
        "terminal": terminal.pk if terminal else None, "at": timezone.localtime() - timedelta(minutes=1),
        "effect": UNPROVED, "next_on": add_working_days(today(), 3), "channel": "phone", "standing": "finance",
    }  # fmt: skip


@require_GET
def contact_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """证据  The file a contact is proved by."""
    request.user.must(SEE)
    found = contacts.contact_for(request.user, pk)
    if found.paper is None:
        raise NotFound(noun=_("附件"))
    return attachment_response(found.paper)


CONTACTS = [
    path("contacts/new/", record_contact, name="record_contact"),
    path("contacts/<int:pk>/paper/", contact_paper, name="contact_paper"),
]
