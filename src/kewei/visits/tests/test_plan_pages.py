"""The pages of plans: what is shown, what is done from them, and at what cost in queries."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import cast

from kewei.kernel.ids import new_key
from kewei.people.models import Token
from kewei.visits import actions, jobs
from kewei.visits.models import Plan, Planning, Stop, Wish, WorkPattern
from kewei.visits.queries import plans
from kewei.visits.rules import calendar_feed, drawing
from kewei.visits.rules.plans import Pattern
from kewei.visits.tests.going import PIXEL

NOW, MONTH = cast.MORNING, date(2026, 12, 1)


@pytest.fixture
def staff(db, monkeypatch, time_machine):
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(jobs, "PROCESSES", 1)
    staff = cast.assemble()
    for n in range(4):
        cast.open_terminal(f"T1{n}", f"第{n}诊所", "clinic", staff.wang, staff.hubei, province="湖北省", city="武汉市")
    actions.set_work_pattern(
        person=staff.wang, pattern=Pattern(start=(30_600_000, 114_300_000), stops=3), by=staff.wang, now=NOW
    )
    actions.gather_wishes(by=staff.system, now=NOW)
    pk = actions.ask_planning(people_ids=[staff.wang.pk], month=MONTH, seconds=1, by=staff.wang, now=NOW)
    jobs.go_on_planning(now=NOW)
    staff.plan = Planning.objects.get(pk=pk).plans.get()
    return staff


def get(client, person, name, *args, query=""):
    client.force_login(person)
    return client.get(reverse(f"visits:{name}", args=args) + query)


def post(client, person, name, *args, **given):
    client.force_login(person)
    return client.post(reverse(f"visits:{name}", args=args), {"form_key": new_key(), **given})


def test_every_page_opens_for_its_readers(staff, client):
    stop = plans.stops_of(staff.plan.pk)[0]
    planning = staff.plan.planning_id
    pages = [
        ("plans",), ("plan_ask",), ("attainment",), ("feed_address",), ("wishes",), ("plan", staff.plan.pk), ("what_if", staff.plan.pk),
        ("plan_day", staff.plan.pk, stop.day.isoformat()), ("new_stop", staff.plan.pk), ("planning", planning), ("stop", stop.pk),
        ("terminal_wishes", stop.terminal_id), ("pattern", staff.wang.pk),
    ]  # fmt: skip
    for name, *args in pages:
        for person in (staff.wang, staff.li):
            assert get(client, person, name, *args).status_code == 200, name
        answer = get(client, staff.sun, name, *args)
        assert answer.status_code == (200 if not args else 404), name
    assert get(client, staff.wang, "plan", staff.plan.pk, query="?view=list").status_code == 200
    assert get(client, staff.wang, "my_pattern").status_code == 302
    assert get(client, staff.qian, "plans").status_code == 403


def test_a_month_costs_the_same_queries_however_full(staff, client, django_assert_max_num_queries):
    client.force_login(staff.wang)
    for address in (
        reverse("visits:plan", args=[staff.plan.pk]),
        reverse("visits:plans"),
        reverse("visits:stop", args=[plans.stops_of(staff.plan.pk)[0].pk]),
    ):
        with django_assert_max_num_queries(45):
            client.get(address)


def test_handing_in_releasing_and_sending_back_from_the_page(staff, client):
    pk = staff.plan.pk
    post(client, staff.wang, "plan_to", pk, "hand-in")
    assert "批准" in get(client, staff.li, "plan", pk).content.decode()
    post(client, staff.li, "plan_to", pk, "send-back", note="再看看")
    assert plans.plan_for(staff.wang, pk).state == "sent_back"
    post(client, staff.wang, "plan_to", pk, "hand-in")
    post(client, staff.li, "plan_to", pk, "release")
    assert plans.plan_for(staff.wang, pk).state == "released"
    assert post(client, staff.wang, "plan_to", pk, "drop").status_code == 302
    assert plans.plan_for(staff.wang, pk).state == "released"
    assert post(client, staff.wang, "plan_to", pk, "nowhere").status_code == 404


def test_a_stop_is_dragged_moved_cancelled_and_put_in(staff, client):
    pk = staff.plan.pk
    stop = plans.stops_of(pk)[0]
    to = next(day for day in (date(2026, 12, 28), date(2026, 12, 29)) if day != stop.day)
    answer = post(client, staff.wang, "move_stop", stop.pk, day=to.isoformat(), **{"from": "calendar"})
    assert answer.status_code == 302
    moved = Stop.objects.get(moved_from=stop.pk)
    assert moved.day == to
    # A refusal from the calendar is told on the calendar.
    answer = post(client, staff.wang, "move_stop", moved.pk, day="2026-12-26", **{"from": "calendar"})
    assert (answer.status_code, Stop.objects.get(pk=moved.pk).ended_at) == (302, None)
    assert post(client, staff.wang, "move_stop", moved.pk, day="2026-12-26").status_code == 422
    assert (
        post(client, staff.wang, "stop_aim", moved.pk, purposes=["order", "display"], aim="铺货 3 盒").status_code
        == 302
    )
    assert Stop.objects.get(pk=moved.pk).purposes == ["order", "display"]
    assert post(client, staff.wang, "cancel_stop", moved.pk, why="").status_code == 422
    assert post(client, staff.wang, "cancel_stop", moved.pk, why="停业").status_code == 302
    given = {"terminal": staff.wangs_pharmacy.pk, "day": "2026-12-31", "at": "10:00", "purposes": ["order"]}
    assert post(client, staff.wang, "new_stop", pk, **given).status_code == 302
    assert Stop.objects.get(day=date(2026, 12, 31), ended_at=None).arrives == 600


def test_planning_and_replanning_are_asked_for_and_taken_early(staff, client):
    answer = post(client, staff.wang, "plan_ask", people=[staff.wang.pk], month="2026-12", seconds=1)
    pk = Planning.objects.latest("pk").pk
    assert answer.url == reverse("visits:planning", args=[pk])
    assert get(client, staff.wang, "planning_progress", pk).status_code == 200
    post(client, staff.wang, "enough", pk)
    jobs.go_on_planning(now=NOW)
    over = get(client, staff.wang, "planning_progress", pk)
    assert (over.status_code, over["HX-Redirect"]) == (204, reverse("visits:planning", args=[pk]))
    new = Plan.objects.latest("pk").pk
    post(client, staff.wang, "replan", new)
    assert Planning.objects.latest("pk").keep
    assert post(client, staff.wang, "plan_ask", people=[staff.sun.pk], month="2026-12", seconds=1).status_code == 422


def test_work_patterns_days_off_rhythms_and_reasons_by_form(staff, client):
    given = {
        "start_name": "武汉", "start_lat": "30.5928", "start_lon": "114.3055", "begins_at": "08:00", "minutes": 420, "stops": 8,
        "weekdays": ["1", "2", "3"], "road_percent": 130, "metres_per_minute": 500,
    }  # fmt: skip
    assert post(client, staff.wang, "pattern", staff.wang.pk, **given).status_code == 302
    kept = WorkPattern.objects.get(person=staff.wang, ended_at=None)
    assert (kept.start_lat_e6, kept.end_lat_e6, kept.weekdays) == (30_592_800, None, [1, 2, 3])
    assert post(client, staff.wang, "pattern", staff.wang.pk, **{**given, "weekdays": []}).status_code == 422
    assert post(client, staff.sun, "pattern", staff.wang.pk, **given).status_code == 404
    assert (
        post(client, staff.wang, "pattern", staff.wang.pk, first_on="2026-12-07", last_on="2026-12-08").status_code
        == 302
    )
    absence = plans.absences_of(staff.wang.pk, MONTH, date(2026, 12, 31))[0]
    assert post(client, staff.wang, "end_absence", absence.pk).status_code == 302
    at = ("terminal_wishes", staff.wangs_pharmacy.pk)
    assert post(client, staff.wang, *at, per_month=2, weekdays=["2"], opens="09:00", closes="11:00").status_code == 302
    assert post(client, staff.wang, "end_rhythm", staff.wangs_pharmacy.pk).status_code == 302
    wish = {"purpose": "complaint", "says": "破损", "first_on": "2026-12-01", "last_on": "2026-12-05", "minutes": 20}
    assert post(client, staff.wang, *at, **wish).status_code == 302
    made = Wish.objects.get(source="by_hand")
    assert post(client, staff.wang, "withdraw_wish", made.pk).status_code == 302


def test_an_institutions_consent_is_kept_with_the_stop_and_moves_with_it(staff, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stop = plans.stops_of(staff.plan.pk)[0]
    paper = SimpleUploadedFile("同意函.png", PIXEL, "image/png")
    assert post(client, staff.wang, "keep_consent", stop.pk, paper=paper).status_code == 302
    assert "同意函" in get(client, staff.wang, "stop", stop.pk).content.decode()
    assert get(client, staff.wang, "stop_consent", stop.pk).content == PIXEL
    assert get(client, staff.sun, "stop_consent", stop.pk).status_code == 404
    page = SimpleUploadedFile("同意函.html", b"<script>", "text/html")
    assert post(client, staff.wang, "keep_consent", stop.pk, paper=page).status_code == 422
    to = next(day for day in (date(2026, 12, 28), date(2026, 12, 29)) if day != stop.day)
    moved = actions.move_stop(stop=stop.pk, day=to, by=staff.wang, now=NOW)
    assert plans.consent_of(staff.wang, moved.pk).filename == "同意函.png"


def test_what_if_days_were_longer(staff, client, monkeypatch):
    monkeypatch.setattr("kewei.visits.web.plans.WHAT_IF_SECONDS", 1)
    answer = get(client, staff.wang, "what_if", staff.plan.pk, query="?minutes=60&people=1")
    assert answer.status_code == 200
    assert len(answer.context["found"]) == 3


def test_a_calendar_subscribes_with_an_address_shown_once(staff, client):
    answer = post(client, staff.wang, "feed_address")
    url = answer.context["url"]
    client.logout()
    feed = client.get(url)
    assert (feed.status_code, feed["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    text = feed.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == len(plans.stops_of(staff.plan.pk))
    assert client.get(url.replace(".ics", "x.ics")).status_code == 401
    Token.objects.update(revoked_at=NOW)
    assert client.get(url).status_code == 401


def test_lines_of_a_calendar_are_short_and_escaped():
    event = calendar_feed.Event("a", NOW, NOW, "王家；店, 一号\n" + "很长的名字" * 20, "路;1")
    lines = calendar_feed.feed("王", [event], NOW).split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    joined = "\r\n".join(lines).replace("\r\n ", "")
    assert "SUMMARY:王家；店\\, 一号\\n很长" in joined
    assert "DTSTART:20261123T010000Z" in joined
    assert "LOCATION:路\\;1" in joined


def test_a_drawn_map_has_north_above_and_keeps_proportions():
    points = [(30_000_000, 114_000_000), (30_100_000, 114_000_000), (30_000_000, 114_100_000)]
    drawn = drawing.draw(points, [("", "家"), ("1", "北"), ("2", "东")])
    home, north, east = drawn.spots
    assert (north.y < home.y, abs(north.x - home.x) <= 1) == (True, True)
    assert (east.x > home.x, abs(east.y - home.y) <= 1) == (True, True)
    # At 30 degrees a degree of longitude is 0.866 of a degree of latitude.
    assert abs((east.x - home.x) * 1000 - (home.y - north.y) * 866) < 2000
    assert drawn.bar_words == "5 km"
    assert drawing.draw([], []) is None
    assert drawing.draw([(1, 1)], [("1", "x")]).bar == 0


def test_todays_route_and_plans_to_release_stand_among_the_reminders(staff, client):
    day = date(2026, 11, 23)
    stop = actions.set_stop(
        person=staff.wang, terminal=staff.wangs_pharmacy, day=day, purposes=["order"], by=staff.wang, now=NOW
    )
    actions.hand_in(plan=staff.plan.pk, by=staff.wang, now=NOW)
    client.force_login(staff.wang)
    route = reverse("visits:plan_day", args=[stop.plan_id, day.isoformat()])
    assert route in {task.url for task in client.get(reverse("desk:today")).context["tasks"]}
    client.force_login(staff.li)
    tasks = {task.url: task.count for task in client.get(reverse("desk:today")).context["tasks"]}
    assert tasks[f"{reverse('visits:plans')}?state=handed_in"] == 1
