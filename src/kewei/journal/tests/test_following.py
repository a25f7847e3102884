from datetime import UTC, datetime, time, timedelta

import pytest
from tests import cast

from kewei.journal import actions, queries, rules
from kewei.journal.following import Follower, Job
from kewei.journal.models import Fact, Place, SetAside, Turn
from kewei.kernel.refusals import NotAllowed
from kewei.people import queries as people

pytestmark = pytest.mark.django_db


@actions.action
def greet(*, whom, by, now):
    actions.record("test.greeted", whom, by=by, at=now)


@actions.action
def answer(*, whom, by, now):
    actions.record("test.answered", whom, by=by, at=now)


@pytest.fixture
def staff():
    return cast.assemble()


def follower(do, *names):
    return Follower("test.follower", frozenset(names or {"test.greeted"}), do)


def answering(fact, *, now):
    answer(whom=fact.subject, by=people.system(), now=now)


def subjects(name):
    return list(Fact.objects.filter(name=name).order_by("seq").values_list("subject", flat=True))


def test_a_follower_reads_each_fact_once_and_in_order(staff):
    for whom in ("a:1", "b:2", "c:3"):
        greet(whom=whom, by=staff.wang, now=cast.MORNING)
    one = follower(answering)
    assert actions.catch_up(follower=one, by=staff.system, now=cast.MORNING) == 3
    assert actions.catch_up(follower=one, by=staff.system, now=cast.MORNING) == 0
    assert subjects("test.answered") == ["a:1", "b:2", "c:3"]


def test_what_a_follower_did_before_it_failed_is_undone_and_it_is_asked_again(staff):
    greet(whom="a:1", by=staff.wang, now=cast.MORNING)
    tries = []

    def fails_twice(fact, *, now):
        answering(fact, now=now)
        tries.append(fact.seq)
        if len(tries) < 3:
            raise ValueError("not yet")

    assert actions.catch_up(follower=follower(fails_twice), by=staff.system, now=cast.MORNING) == 1
    assert len(tries) == 3
    assert subjects("test.answered") == ["a:1"]
    assert SetAside.objects.count() == 0


def test_a_fact_that_keeps_failing_is_set_aside_and_the_next_is_read(staff, monkeypatch):
    for whom in ("bad:1", "good:2"):
        greet(whom=whom, by=staff.wang, now=cast.MORNING)
    mended = []

    def picky(fact, *, now):
        if fact.subject == "bad:1" and not mended:
            raise ValueError("荆门出错")
        answering(fact, now=now)

    one = follower(picky)
    assert actions.catch_up(follower=one, by=staff.system, now=cast.MORNING) == 2
    assert subjects("test.answered") == ["good:2"]
    (waiting,) = queries.set_asides(staff.zheng)
    assert (waiting.fact.subject, waiting.tries, "荆门出错" in waiting.error) == ("bad:1", 3, True)
    assert [f.code for f in queries.findings()] == ["set_aside"]

    monkeypatch.setattr("kewei.journal.actions.following.followers", lambda: (one,))
    with pytest.raises(NotAllowed):
        actions.retry_set_aside(pk=waiting.pk, by=staff.wang, now=cast.MORNING)
    with pytest.raises(rules.StillFails, match="荆门出错"):
        actions.retry_set_aside(pk=waiting.pk, by=staff.zheng, now=cast.MORNING)
    assert SetAside.objects.get().tries == 4
    mended.append(True)
    actions.retry_set_aside(pk=waiting.pk, by=staff.zheng, now=cast.MORNING)
    assert subjects("test.answered") == ["good:2", "bad:1"]
    assert queries.set_asides(staff.zheng) == []
    with pytest.raises(rules.SetAsideDone):
        actions.retry_set_aside(pk=waiting.pk, by=staff.zheng, now=cast.MORNING)
    assert list(queries.findings()) == []


def test_a_fact_set_aside_can_be_closed_with_a_reason(staff):
    greet(whom="a:1", by=staff.wang, now=cast.MORNING)

    def never(fact, *, now):
        raise ValueError

    actions.catch_up(follower=follower(never), by=staff.system, now=cast.MORNING)
    pk = SetAside.objects.get().pk
    actions.drop_set_aside(pk=pk, reason="测试数据", by=staff.zheng, now=cast.MORNING)
    (fact,) = queries.facts(staff.zheng, name="journal.set_aside_dropped")
    assert fact.detail["reason"] == "测试数据"


def test_a_follower_skips_facts_it_does_not_follow(staff):
    greet(whom="a:1", by=staff.wang, now=cast.MORNING)
    answer(whom="b:2", by=staff.wang, now=cast.MORNING)
    read = []
    one = follower(lambda fact, *, now: read.append(fact.name), "test.answered")
    actions.catch_up(follower=one, by=staff.system, now=cast.MORNING)
    assert read == ["test.answered"]
    assert Place.objects.get(follower="test.follower").seq == 2


# --- jobs -------------------------------------------------------------------------------------------------------------


def at(day, hour, minute=0):
    """A moment of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=rules.HOUSE_TIME)


@pytest.mark.parametrize(
    ("taken", "done", "now", "due"),
    [
        (None, None, at(23, 6), True),
        (at(22, 7), at(22, 7, 1), at(23, 6, 59), False),
        (at(22, 7), at(22, 7, 1), at(23, 7), True),
        (at(23, 7), at(23, 7, 1), at(23, 23), False),
        (at(20, 7), at(20, 7, 1), at(23, 3), True),  # the house slept for two days
        (at(23, 7), None, at(23, 7, 30), False),  # somebody is at it
        (at(23, 7), None, at(23, 8, 30), True),  # lost with its worker
    ],
)
def test_when_a_daily_job_is_due(taken, done, now, due):
    assert rules.Daily(at=time(7, 0)).is_due(taken, done, now) is due


def test_a_job_runs_once_when_due_and_its_failure_is_kept(staff):
    ran = []

    def stumble(*, now):
        ran.append(now)
        if len(ran) == 2:
            raise ValueError("荆门出错")

    job = Job("test.job", rules.Every(minutes=10), stumble)
    for minutes, expected in ((0, True), (5, False), (10, True), (20, True)):
        now = cast.MORNING + timedelta(minutes=minutes)
        assert actions.run_due(job=job, by=staff.system, now=now) is expected
        assert ("荆门出错" in Turn.objects.get(job="test.job").error) is (minutes == 10)
    assert len(ran) == 3


# --- who sees which fact ----------------------------------------------------------------------------------------------


@actions.action
def tell(*, name, terminal, by, now):
    actions.record(name, "x:1", by=by, at=now, terminal=terminal)


def test_a_fact_is_seen_where_its_terminal_is_seen_for_that_room(staff):
    hospital = staff.wangs_hospital.pk
    for name in ("terminals.card_edited", "receivables.invoice_posted"):
        tell(name=name, terminal=hospital, by=staff.qian, now=cast.MORNING)
    tell(name="people.logged_in", terminal=None, by=staff.qian, now=cast.MORNING)

    def seen(person):
        return [f.name for f in queries.facts(person)]

    assert seen(staff.zheng) == ["people.logged_in", "receivables.invoice_posted", "terminals.card_edited"]
    assert seen(staff.wang) == seen(staff.li) == ["receivables.invoice_posted", "terminals.card_edited"]
    assert seen(staff.zhou) == ["terminals.card_edited"]
    assert seen(staff.sun) == []


def test_days_are_days_in_shanghai(staff):
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # one in the morning of the 23rd
    greet(whom="a:1", by=staff.wang, now=late)
    day = datetime(2026, 11, 23).date()
    assert queries.count_facts(staff.zheng, first=day, last=day) == 1
    assert queries.count_facts(staff.zheng, last=day - timedelta(days=1)) == 0


def test_taking_something_out_is_noted(staff):
    actions.note_export(noun="terminals", rows=7, by=staff.li, now=cast.MORNING, file="客户.xlsx")
    (fact,) = queries.facts(staff.zheng, name="journal.exported")
    assert (fact.subject, fact.detail) == ("terminals", {"rows": 7, "file": "客户.xlsx"})
    with pytest.raises(NotAllowed):
        actions.note_export(noun="receivables", rows=7, by=staff.zhou, now=cast.MORNING)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_audit_trail_is_the_directors(staff, client):
    greet(whom="a:1", by=staff.wang, now=cast.MORNING)
    client.force_login(staff.zheng)
    for address in ("/journal/", "/journal/?name=test.greeted", "/journal/facts/1", "/journal/house"):
        assert client.get(address).status_code == 200
    assert "a:1" in client.get("/journal/").content.decode()
    client.force_login(staff.wang)
    assert client.get("/journal/").status_code == 403
    assert client.get("/journal/facts/1").status_code == 404
    assert client.get("/journal/house").status_code == 403
