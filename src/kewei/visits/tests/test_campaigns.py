"""The key product among reasons for visits, and what a reported visit counts for (docs/algorithms/campaigns.md)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kewei.campaigns import actions as campaigns
from kewei.campaigns.models import Going
from kewei.campaigns.queries import lists, results
from kewei.campaigns.tests import selling
from kewei.campaigns.tests.selling import LAST
from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.visits import actions
from kewei.visits.models import Wish
from kewei.visits.rules.wishes import CAMPAIGN, SAYS, words
from kewei.visits.tests import going

DECEMBER = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def here(db):
    return selling.county()


def follow(staff, now):
    for follower in followers():
        if follower.name.startswith("visits."):
            catch_up(follower=follower, by=staff.system, now=now)


def wishes():
    return Wish.objects.filter(source=CAMPAIGN, ended_at=None)


def test_those_worked_on_are_wished_for_until_visited_and_those_left_alone_never(here):
    campaign = selling.running(here)
    drawn = lists.drawn(campaign.pk)
    treated = {one.terminal_id for one in drawn if one.arm == "treated"}
    actions.gather_wishes(by=here.staff.system, now=DECEMBER)
    assert set(wishes().values_list("terminal", flat=True)) == treated
    one = wishes().first()
    assert (one.purpose, one.last_on, one.key) == ("order", LAST, f"campaigns:{campaign.pk}:{one.terminal_id}")
    assert words(SAYS[CAMPAIGN], one.numbers, str) == "重点产品 阿莫西林胶囊：有潜力未使用"
    assert actions.gather_wishes(by=here.staff.system, now=DECEMBER)["begun"] == 0
    visit = going.arrive(here.staff.wang, one.terminal, at=DECEMBER)
    going.tell(visit, mentions=[{"product": here.product.pk}])
    actions.gather_wishes(by=here.staff.system, now=DECEMBER)
    assert one.terminal_id not in set(wishes().values_list("terminal", flat=True))
    campaigns.withdraw_campaign(campaign=campaign.pk, why="缺货", by=here.staff.li, now=DECEMBER)
    actions.gather_wishes(by=here.staff.system, now=DECEMBER)
    assert not wishes().exists()


def test_a_visit_about_the_product_counts_once_and_spoils_what_should_be_left_alone(here):
    campaign = selling.running(here)
    drawn = lists.drawn(campaign.pk)
    treated, held = (next(one.terminal for one in drawn if one.arm == arm) for arm in ("treated", "held_out"))
    for terminal, said in (
        (treated, {"intents": [{"product": here.product.pk, "units": 20}]}), (held, {"mentions": [{"product": here.product.pk}]}),
    ):  # fmt: skip
        visit = going.arrive(here.staff.wang, terminal, at=DECEMBER)
        going.tell(visit, **said)
    quiet = going.arrive(here.staff.wang, here.clinics[0], at=DECEMBER)
    going.tell(quiet)
    for _twice in range(2):
        follow(here.staff, DECEMBER)
    assert sorted(Going.objects.values_list("focus__arm", "minutes")) == [("held_out", 30), ("treated", 30)]
    found, _lines = results.result(campaign, DECEMBER.date())
    assert (found.minutes, found.visits_fen, found.spoilt_why) == (60, 12_000, {"visited": 1})


def test_a_planned_visit_for_the_campaign_counts_without_a_word_about_the_product(here):
    selling.running(here)
    actions.gather_wishes(by=here.staff.system, now=DECEMBER)
    wish = wishes().first()
    stop = going.plan_stop(here.staff.wang, wish.terminal, DECEMBER.date(), wishes=[wish.pk])
    visit = going.arrive(here.staff.wang, wish.terminal, at=DECEMBER, stop=stop.pk, unplanned_why="")
    going.tell(visit)
    follow(here.staff, DECEMBER)
    assert Going.objects.get().focus.terminal_id == wish.terminal_id
