"""Pages of the journal: the audit trail, one fact, what was set aside and how followers and jobs stand; and what the pages
of every room share: attachments, and forms that post once."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal import actions, following, queries, queries_attachments, web_policies
from kewei.journal.forms import DropForm
from kewei.journal.rules import BadKey
from kewei.kernel.refusals import N_, KeyReused, Refused
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done

# Where the thing a fact is about has its page; by URL name, so that no room above needs to be known.
PAGES = {
    "people.person": "people:card",
    "terminals.terminal": "desk:terminal",
    "receivables.entry": "receivables:entry",
    "orders.order": "orders:order",
    "orders.delivery": "orders:delivery",
    "credit.application": "credit:application",
    "keyaccounts.plan": "keyaccounts:plan",
    "credit.survey": "credit:survey",
    "journal.policyversion": "journal:policy_version",
    "fact": "journal:fact",
}


def page_of(subject: str) -> str | None:
    """The address of a fact's subject ("receivables.entry:12"), or None where it has no page."""
    label, _colon, pk = subject.partition(":")
    try:
        return reverse(PAGES[label], args=[int(pk)])
    except (KeyError, ValueError, NoReverseMatch):
        return None


def _rooms(request) -> list[tuple[str, str]]:
    return [(room, room) for room in sorted({name.split(".")[0] for name in following.says()})]


def _names(request) -> list[tuple[str, str]]:
    return [(name, f"{_(says)} · {name}") for name, says in sorted(following.says().items())]


def _people(request) -> list[tuple[int, str]]:
    return people.choices_of_people(everybody=True)


FACTS = Listing(
    name="journal.facts",
    title=N_("日志"),
    columns=[
        Col("seq", N_("序号"), kind="number"),
        Col("at", N_("时间"), kind="moment"),
        Col("says", N_("事项"), lead=True, words=_, link=lambda row: reverse("journal:fact", args=[row.seq])),
        Col("by", N_("经办人")),
        Col("subject", N_("对象"), link=lambda row: page_of(row.subject)),
        Col("detail", N_("内容"), value=lambda row: in_words(row.detail), clip=True),
        Col("name", N_("代码"), shown=False),
        Col("terminal", N_("终端编号"), kind="number", shown=False),
    ],
    filters=[
        Filter("name", N_("事项"), options=_names),
        Filter("room", N_("模块"), options=_rooms),
        Filter("by", N_("经办人"), options=_people),
        Filter("first", N_("自"), kind="day"),
        Filter("last", N_("至"), kind="day"),
        Filter("subject", N_("对象"), kind="find", placeholder=N_("对象，如 receivables.entry:12")),
    ],
    empty_title=N_("没有符合条件的记录"),
    empty_icon="history",
    may_export="journal.see",
)


@require_http_methods(["GET", "POST"])
def facts(request):
    """日志  Who did what, when: the audit trail."""
    request.user.must("journal.see")

    def fetch(start, limit, order, filters):
        asked = {**filters, "by": int(filters["by"])} if "by" in filters else filters
        count = queries.count_facts(request.user, **asked)
        return queries.facts(request.user, **asked, start=start, limit=limit), count

    return FACTS.answer(request, fetch, template="journal/facts.html")


@require_GET
def fact(request, seq):
    """一条日志  Everything about one fact, with its place in the chain."""
    row, link = queries.fact_seen_by(request.user, seq)
    page = {"row": row, "link": link, "detail": pairs(row.detail), "page": page_of(row.subject)}
    return render(request, "journal/fact.html", page)


@require_GET
def house(request):
    """后台  Followers and jobs: how far they are, and what was set aside."""
    page = {
        "waiting": queries.set_asides(request.user),
        "closed": queries.set_asides(request.user, done=True, limit=20),
        "standings": queries.standings(request.user),
        "turns": queries.turns(request.user),
        "may_retry": request.user.may("journal.retry"),
        "form": DropForm(),
    }
    return render(request, "journal/house.html", page)


@require_POST
def retry(request, pk):
    """重试  A fact that was set aside."""
    actions.retry_set_aside(pk=pk, by=request.user, now=timezone.now())
    done(request, _("已处理"))
    return redirect("journal:house")


@require_POST
def drop(request, pk):
    """不再处理  With a reason."""
    form = DropForm(request.POST)
    request.user.must("journal.retry")
    if form.is_valid():
        actions.drop_set_aside(pk=pk, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        done(request, _("已关闭"))
    return redirect("journal:house")


def pairs(detail: dict) -> list[tuple[str, str]]:
    """A fact's detail as (name, text), fen as yuan."""
    return [(key, queries.in_words(key, value)) for key, value in detail.items() if value not in (None, "")]


def in_words(detail: dict) -> str:
    """A fact's detail in one line."""
    return " · ".join(f"{key} {value}" for key, value in pairs(detail))


def attachment_response(attachment) -> HttpResponse:
    """An attachment as a download that no browser runs: sandboxed, not sniffed, not kept by caches between people."""
    answer = HttpResponse(queries_attachments.content_of(attachment), content_type=attachment.mime)
    answer["Content-Disposition"] = content_disposition_header(True, attachment.filename) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def kept_upload(request, upload, verb: str):
    """What was sent with a form, kept as an attachment for a verb; None where nothing was. Raises what keeping refuses."""
    if not upload:
        return None
    return actions.keep_attachment(
        filename=upload.name, content=upload.read(), verb=verb, by=request.user, now=timezone.now()
    )


# --- forms that post once ---------------------------------------------------------------------------------------------

# What a form carries beside what it asks for.
ENVELOPE = {"csrfmiddlewaretoken", "form_key"}
_KEY = re.compile(r"[0-9a-f]{32}")


def once(request: HttpRequest, verb: str, do: Callable[[], Any]) -> Any:
    """Do what a form asks once for its hidden key: pressed twice, it answers the same again.

    `do` returns a JSON-able answer. Raises BadKey, KeyReused where the form was changed after it had been sent.
    """
    key = request.POST.get("form_key", "")
    if not _KEY.fullmatch(key):
        raise BadKey(key=key[:80])
    asked = {name: request.POST.getlist(name) for name in sorted(request.POST) if name not in ENVELOPE}
    return actions.once(
        key=f"form:{request.user.pk}:{key}", verb=verb, body=[request.path, asked], by=request.user, now=timezone.now(),
        do=do,
    )  # fmt: skip


def or_error(form: Any, do: Callable[[], Any], beside: dict[str, str] | None = None) -> Any:
    """What `do` returns; a refusal becomes an error of the form, beside the field it is about."""
    try:
        return do()
    except KeyReused:
        form.renew_key()
        form.add_error(None, _("这张表单已经提交过，之后内容又有改动。如确实要再登记一笔，请再按一次。"))
    except Refused as why:
        field = (beside or {}).get(why.code)
        told = " ".join(words for words in (why.sentence(_), why.advice(_)) if words)
        form.add_error(field if field in form.fields else None, told)
    return None


urlpatterns = [
    path("policies/", web_policies.policies, name="policies"),
    path("policies/versions/<int:pk>", web_policies.policy_version, name="policy_version"),
    path("policies/versions/<int:pk>/decide", web_policies.decide, name="policy_decide"),
    path("policies/<str:name>/", web_policies.policy, name="policy"),
    path("policies/<str:name>/propose", web_policies.propose, name="policy_propose"),
    path("", facts, name="facts"),
    path("facts/<int:seq>", fact, name="fact"),
    path("house", house, name="house"),
    path("set-aside/<int:pk>/retry", retry, name="retry"),
    path("set-aside/<int:pk>/drop", drop, name="drop"),
]
