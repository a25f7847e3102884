"""今天  What to do today, for this reader: reminders first, then the figures behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.queries import worklist
from kewei.credit.queries import applications, reviews, surveys
from kewei.desk.addresses import address, address_of
from kewei.desk.intake import kept as intake
from kewei.journal import queries as journal
from kewei.kernel.calendar import add_years
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.orders import queries as orders
from kewei.receivables import queries as receivables
from kewei.receivables.rules import PAST_DUE
from kewei.terminals import queries as terminals
from kewei.terminals.queries import prospects, twins
from kewei.visits.queries import plans as visit_plans
from kewei.visits.queries import visits

# Under a bar there is no room for "overdue … days": the chart's title says it once.
SHORT: dict[str, str] = {
    "not_due": N_("未到期"),
    "1_30": "1–30",
    "31_60": "31–60",
    "61_90": "61–90",
    "91_180": "91–180",
    "181_365": "181–365",
    "1_2y": N_("1–2 年"),
    "2_3y": N_("2–3 年"),
    "over_3y": N_("3 年以上"),
}
WEEK = timedelta(days=6)
LIMITATION_YEARS, LIMITATION_WARNING = 3, timedelta(days=180)
LICENCE_DAYS = 30
SURVEY_WARNING = timedelta(days=30)
TOP, MOST = 6, 999
MONTHS = 24


@dataclass(frozen=True)
class Task:
    """A reminder: how many, of what, how much, and where to work on it; `tone` as of badges."""

    count: int
    words: str
    note: str
    url: str
    icon: str
    tone: str

    @property
    def number(self) -> str:
        """The count as it is shown: beyond MOST nobody counts."""
        return f"{MOST}+" if self.count > MOST else str(self.count)


@require_GET
def today(request):
    """今天  Reminders for this reader, most pressing first; the figures follow on their own."""
    person, day = request.user, timezone.localdate()
    tasks = [task for task in _tasks(person, day) if task.count]
    page = {
        "day": day,
        "weekday": date_format(day, "l"),
        "tasks": tasks,
        "sees_money": person.may("receivables.see"),
        "licences": _licences(person, day),
        "visits_here": person.may("visits.visit"),
        "empty": not tasks and not terminals.list_terminals(person, limit=1)[0],
        "import_url": address("desk:intake"),
        "may_import": person.may("terminals.create"),
    }
    return render(request, "desk/today.html", page)


@require_GET
def ageing_panel(request):
    """账龄  Figures, ageing by bucket and the customers who are most overdue."""
    request.user.must("receivables.see")
    day = timezone.localdate()
    table = receivables.ageing(request.user, day, by="customer", order="-overdue")
    totals = table.totals
    owed, overdue = totals.owed_fen, totals.overdue_fen
    page = {
        "day": day,
        "owed_fen": owed,
        "overdue_fen": overdue,
        "overdue_percent": overdue * 100 // owed if owed else 0,
        "old_fen": sum(totals.bucket_fen[PAST_DUE.codes.index("1_2y") :]),
        "unapplied_fen": table.unapplied_fen,
        "items": totals.items,
        "buckets": list(zip(table.buckets.names, totals.bucket_fen, _bucket_urls(), strict=True)),
        "chart": {
            "buckets": [_(SHORT[code]) for code in table.buckets.codes],
            "fen": list(totals.bucket_fen),
            "urls": _bucket_urls(),
            "name": _("未清金额"),
        },
        "most": [
            (row, address_of("desk:terminal", row.key), row.overdue_fen * 100 // (row.owed_fen or 1))
            for row in table.rows[:TOP]
            if row.overdue_fen > 0
        ],
        "ageing_url": address("receivables:ageing"),
        "unmatched_url": address("receivables:unmatched"),
        "open_items_url": address("receivables:open_items"),
    }
    return render(request, "desk/_ageing.html", page)


@require_GET
def flow_panel(request):
    """开票与回款  What was billed and what came in, month by month."""
    request.user.must("receivables.see")
    rows = receivables.billing_and_collections(request.user, timezone.localdate(), MONTHS)
    months = [month.strftime("%Y-%m") if isinstance(month, date) else str(month) for month, _billed, _collected in rows]
    billed, collected = [row[1] for row in rows], [row[2] for row in rows]
    chart = {"months": months, "billed": billed, "collected": collected, "names": [_("开票"), _("回款")]}
    page = {
        "chart": chart,
        "rows": list(zip(months, billed, collected, strict=True))[::-1][:6],
        "any": any(billed) or any(collected),
        "kpis_url": address("receivables:kpis"),
    }
    return render(request, "desk/_flow.html", page)


@require_GET
def visits_panel(request):
    """今天的拜访  Where the reader goes today: stops of the plan not made yet, then visits made."""
    person, day = request.user, timezone.localdate()
    person.must("visits.visit")
    page = {
        "made": [(row, address_of("visits:visit", row.pk)) for row in visits.today_of(person, day)],
        "planned": [(row, address_of("visits:checklist", row.terminal)) for row in visits.planned_today(person, day)],
        "check_in_url": address("visits:check_in"),
    }
    return render(request, "desk/_visits.html", page)


# --- reminders --------------------------------------------------------------------------------------------------------


def _tasks(person, day: date) -> Iterator[Task]:
    """Every reminder this reader's posts give cause for, most pressing first; a fixed number of queries."""
    if person.may("receivables.see"):
        yield _expiring_claims(person, day)
    if person.may("receivables.allocate"):
        yield _unmatched(person)
    if person.may("receivables.see"):
        yield _newly_overdue(person, day)
        yield _coming_due(person, day)
    if person.may("collecting.contact"):
        yield from _collecting(person, day)
    if person.may("visits.plan"):
        yield from _visits(person, day)
    if person.may("orders.see"):
        yield from _orders(person)
    if person.may("credit.see"):
        yield from _credit(person, day)
    if person.may("terminals.prospect"):
        yield from _winning(person, day)
    if person.may("visits.visit"):
        yield from _visits_made(person, day)
    if person.may("visits.safety"):
        count = visits.hints_waiting(person)
        yield Task(
            count, _("条不良反应线索待上报"), _("须在时限内报药物警戒"), address("visits:adverse"), "urgent", "bad"
        )
    if person.may("terminals.see"):
        yield _ending_licences(person, day)
    if person.may("journal.retry"):
        count = len(journal.set_asides(person))
        yield Task(
            count, _("项后台事项被搁置"), _("重试多次仍失败，等人处理"), address("journal:house"), "server-cog", "bad"
        )
    if address("desk:intake"):
        count = len(intake.unfinished(person))
        yield Task(count, _("份导入还没有做完"), _("核对后入账，或放弃"), address("desk:intake"), "file-import", "warn")
    if person.may("terminals.assign"):
        count = terminals.list_terminals(person, without_owner=True, limit=1)[1]
        url = address_of("terminals:list", without_owner=1)
        yield Task(count, _("客户没有负责人"), _("没有人跟进的客户不会付款"), url, "user-question", "warn")


def _visits_made(person, day: date) -> Iterator[Task]:
    """Visits of the last days nobody has reported, and steps agreed on visits whose day has come."""
    due = visits.due(person, day - WEEK, day)
    url = address_of("visits:list", shown="unreported")
    yield Task(due.unreported, _("次拜访没有写记录"), _("离开后尽快写"), url, "pencil", "warn")
    note = _("做了再写一次拜访")
    yield Task(due.next_steps, _("件拜访约定的下一步到期"), note, address("visits:list"), "calendar-due", "info")


def _winning(person, day: date) -> Iterator[Task]:
    found = prospects.alarms(person, day, pool=False)
    url = address_of("terminals:prospects", alarm="late")
    yield Task(found.late, _("家潜在客户的下次行动已过期"), _("今天做，或改期"), url, "calendar-x", "bad")
    url = address_of("terminals:prospects", alarm="idle")
    yield Task(found.idle, _("家潜在客户快要退回公海"), _("跟进一次就不退回"), url, "ripple", "warn")
    url = address_of("terminals:prospects", alarm="over")
    yield Task(found.over, _("家潜在客户在一个阶段停留过久"), _("推进、退回或放弃"), url, "hourglass", "warn")
    url = address_of("terminals:prospects", alarm="plain")
    yield Task(found.plain, _("家潜在客户没有下次行动"), "", url, "calendar-question", "info")
    if person.may("terminals.merge"):
        count = twins.twin_pairs(person, limit=0)[1]
        yield Task(count, _("对疑似重复的客户待处理"), "", address("terminals:duplicates"), "copy-check", "info")


def _collecting(person, day: date) -> Iterator[Task]:
    roles = {held.role for held in person.held}
    lines, tasks = worklist.counted(person, day, roles)
    note = _("按今天去催能多收回多少排序")
    yield Task(lines, _("家客户今天值得您去催"), note, address_of("collecting:worklist", mine=1), "phone-call", "bad")
    url = address_of("collecting:tasks", state="mine")
    yield Task(tasks, _("项催收任务今天到期或已过期"), "", url, "checklist", "warn")


def _visits(person, day: date) -> Iterator[Task]:
    route = visit_plans.day_of(person, day)
    left = [stop for stop in route.stops if stop.visit is None]
    url = address_of("visits:plan_day", route.plan, day.isoformat()) if route.plan else ""
    note = _("第一家 {time} {name}").format(time=left[0].arrives_text, name=left[0].terminal_name) if left else ""
    yield Task(len(left), _("家客户在今天的路线上"), note, url, "route", "info")
    if person.may("visits.release"):
        count = visit_plans.list_plans(person, state="handed_in", limit=0)[1]
        url = address_of("visits:plans", state="handed_in")
        yield Task(count, _("份拜访计划等您批准"), "", url, "calendar-check", "warn")


def _orders(person) -> Iterator[Task]:
    counts = orders.count_by_state(person)
    held = address_of("orders:list", state="held")
    yield Task(counts.get("held", 0), _("张订单被关口拦下"), _("看原因，先解决再放行"), held, "hand-stop", "bad")
    waiting = address_of("orders:list", state="waiting")
    yield Task(counts.get("waiting", 0), _("张订单等待放行"), "", waiting, "clipboard-list", "warn")


def _credit(person, day: date) -> Iterator[Task]:
    if person.may("credit.approve") or person.may("credit.review"):
        count = len(applications.inbox(person, timezone.now())) + len(surveys.waiting_for_review(person, day))
        yield Task(count, _("件授信事项等您决定"), _("申请与调查表"), address("desk:inbox"), "checklist", "warn")
    count = surveys.expiring(person, day, day + SURVEY_WARNING)
    url = address_of("credit:surveys", state="accepted")
    yield Task(count, _("份信用调查表 30 天内过期或已过期"), _("过期的不能再授信"), url, "clipboard-search", "info")
    count, url = reviews.overdue_reviews(person, day), address_of("credit:reviews", state="overdue")
    yield Task(count, _("个客户的信用该复审"), _("按等级定期，调查每年更新"), url, "calendar-check", "warn")


def _expiring_claims(person, day: date) -> Task:
    last = add_years(day + LIMITATION_WARNING, -LIMITATION_YEARS)
    due = receivables.due_between(person, date(1990, 1, 1), last)
    url = address_of("receivables:open_items", order="due_date")
    return Task(
        due.count, _("发票自到期日起算，180 天内时效届满或已届满"), _amount(due.fen), url, "hourglass-low", "bad"
    )


def _unmatched(person) -> Task:
    count, oldest = receivables.waiting(person, MOST)
    note = _("最早一笔 {day}").format(day=oldest.isoformat()) if oldest else ""
    return Task(count, _("笔收款待核销"), note, address("receivables:unmatched"), "arrows-exchange", "warn")


def _newly_overdue(person, day: date) -> Task:
    due = receivables.due_between(person, day - WEEK - timedelta(days=1), day - timedelta(days=1))
    url = address_of("receivables:open_items", bucket=PAST_DUE.codes[1], order="-due_date")
    return Task(due.count, _("张发票近 7 天内逾期"), _amount(due.fen), url, "alert-triangle", "bad")


def _coming_due(person, day: date) -> Task:
    due = receivables.due_between(person, day, day + WEEK)
    url = address_of("receivables:open_items", bucket=PAST_DUE.codes[0], order="due_date")
    return Task(due.count, _("张发票 7 天内到期"), _amount(due.fen), url, "calendar-due", "info")


def _ending_licences(person, day: date) -> Task:
    count = terminals.licences_ending(person, day, LICENCE_DAYS, limit=0)[1]
    note = _("30 天内；过期即不得供货")
    return Task(count, _("张证照将到期或已过期"), note, address("terminals:licences"), "certificate", "warn")


def _licences(person, day: date) -> list:
    """The next papers to end, for those whose day is about them rather than about money."""
    if person.may("receivables.see") or not person.may("terminals.see"):
        return []
    rows, _count = terminals.licences_ending(person, day, LICENCE_DAYS, limit=TOP)
    return [(row, address_of("desk:terminal", row.terminal)) for row in rows]


def _amount(fen: int | None) -> str:
    return _("未清 {amount} 元").format(amount=yuan(fen)) if fen else ""


def _bucket_urls() -> list[str]:
    return [address_of("receivables:open_items", bucket=code) for code in PAST_DUE.codes]
