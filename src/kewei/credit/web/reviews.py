"""复审日历  When each customer's credit is looked at again, as a list and as a calendar other programs read."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.credit.queries import reviews
from kewei.credit.queries.reviews import ReviewRow
from kewei.credit.rules.limits import GRADES
from kewei.credit.rules.reviews import STATES
from kewei.credit.web.limits import GRADE_TONES
from kewei.journal.actions import note_export
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.web.parts import address, today

SEE, EXPORT = "credit.see", "credit.export"
TONES = {"overdue": "bad", "soon": "warn", "later": "quiet"}
WHAT: dict[str, str] = {"review": N_("额度复审"), "refresh": N_("重新调查")}


def _next(row: ReviewRow) -> str:
    """Where the review is done: a new survey first, else an application."""
    survey = address("credit:survey_new")
    if row.what == "refresh" and survey:
        return f"{survey}?terminal={row.terminal_id}"
    return reverse("credit:limit", args=[row.terminal_id])


LISTING = Listing(
    name="credit.reviews",
    title=N_("复审日历"),
    columns=[
        Col("terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True, link=_next),
        Col("grade", N_("等级"), kind="badge", tone=lambda row: GRADE_TONES.get(row.grade, "quiet")),
        Col("owner", N_("业务员")),
        Col("fen", N_("额度"), kind="amount"),
        Col("what", N_("要做的事"), words=lambda what: _(WHAT[what])),
        Col("due", N_("截止日"), kind="day"),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("review_due", N_("额度复审日"), kind="day", shown=False),
        Col("refresh_due", N_("重新调查日"), kind="day", shown=False),
        Col("surveyed_on", N_("上次调查"), kind="day", shown=False),
        Col("until", N_("额度失效日"), kind="day", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
        Filter("grade", N_("等级"), kind="choice", options=[(grade, grade) for grade in GRADES]),
    ],
    may_export=EXPORT,
    row_url=_next,
    empty_title=N_("没有要复审的客户"),
    empty_text=N_("有额度的客户按等级定期复审：A 级 12 个月、B 级 6 个月、C 级 3 个月；调查表每年更新。"),
    empty_icon="calendar-check",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_reviews(request: HttpRequest) -> HttpResponseBase:
    """复审日历  What is due first in front."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return reviews.list_reviews(request.user, today(), start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "credit/reviews.html", {"may_export": request.user.may(EXPORT)})


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """日历文件  Reviews overdue or due soon as iCalendar, one whole-day event each; the journal remembers it."""
    request.user.must(EXPORT)
    rows, _count = reviews.list_reviews(request.user, today(), limit=None)
    wanted = [row for row in rows if row.state != "later"]
    note_export(noun="credit.reviews", rows=len(wanted), verb=EXPORT, by=request.user, now=timezone.now())
    answer = HttpResponse(as_calendar(wanted), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, "reviews.ics")
    return answer


def as_calendar(rows: list[ReviewRow]) -> str:
    """RFC 5545: lines end with CR LF and are folded at 75 octets; commas, semicolons and backslashes are escaped."""
    stamp = timezone.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kewei//credit reviews//ZH", "CALSCALE:GREGORIAN"]
    for row in rows:
        words = f"{_(WHAT[row.what])} {row.terminal_name} ({row.terminal_code})"
        lines += [
            "BEGIN:VEVENT",
            f"UID:credit-review-{row.terminal_id}-{row.due:%Y%m%d}@kewei",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{row.due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{row.due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(words)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never inside a character."""
    pieces: list[str] = []
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > (75 if not pieces else 74):
            pieces.append(piece)
            piece, size = "", 0
        piece, size = piece + sign, size + width
    return "\r\n ".join([*pieces, piece])
