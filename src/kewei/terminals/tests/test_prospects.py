"""Prospects: registered once, moved through stages, watched by next actions, shared through the pool; and 孙, who must not."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.journal import queries as journal
from kewei.journal.actions import decide_policy, propose_policy
from kewei.kernel.ids import make_credit_code
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals import actions, jobs, queries, rules
from kewei.terminals.models import Link, Prospect, Stage, Terminal
from kewei.terminals.queries import prospects
from kewei.terminals.rules.prospects import (
    POOL,
    ActionInThePast,
    AlreadyClaimed,
    AlreadyWon,
    CoolingOff,
    NoNextAction,
    PoolFull,
    ReturnWhyMissing,
    SameStage,
    StageNeedsMore,
    StageWhyMissing,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
CREDIT_CODE = make_credit_code("91420800MA0000001")


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def county(staff) -> Terminal:
    """Wang's county hospital, registered today with a contact and a next action."""
    return actions.register_prospect(
        name="沙洋县人民医院", kind="public_hospital", province="湖北", city="荆门", district="沙洋县", source="flow",
        contact={"name": "陈药师", "job": "药剂科主任", "work_phone": "0724-8551234", "notice_given_on": TODAY},
        next_what="拜访药剂科", next_on=TODAY + timedelta(days=3), by=staff.wang, now=cast.MORNING,
    )  # fmt: skip


def later(days: int):
    return cast.MORNING + timedelta(days=days)


def in_pool(staff, county) -> Terminal:
    actions.give_back_prospect(terminal=county, why="no_time", by=staff.wang, now=cast.MORNING)
    county.refresh_from_db()
    return county


def ripe(terminal, by, now=cast.MORNING) -> None:
    """Everything an intended prospect needs, then everything a ready one needs."""
    actions.change_prospect(
        terminal=terminal, licence_number="PDY42082200001", paper_check="valid", estimate_fen=3_000_000,
        estimate_basis="told", buying_process="药事会每季度一次", first_order_fen=1_000_000,
        first_order_on=date(2026, 12, 20), by=by, now=now,
    )  # fmt: skip


# --- the card ---------------------------------------------------------------------------------------------------------


def test_a_prospect_is_the_card_it_will_be_as_a_customer(staff, county):
    card = prospects.prospect_card(staff.wang, county.pk, TODAY)
    assert (card.stage, card.days, card.registered_by, card.fields["source"]) == ("general", 0, "王", "flow")
    assert (card.next_action.what, card.next_action.person_name) == ("拜访药剂科", "王")
    assert queries.card(staff.wang, county.pk, TODAY).contacts[0].name == "陈药师"
    assert [fact[2] for fact in journal.facts_about(county.pk, ["terminals"])][::-1] == [
        "terminals.terminal_added", "terminals.prospect_registered", "terminals.contact_added",
        "terminals.next_action_set",
    ]  # fmt: skip


def test_won_without_typing_anything_again(staff, county):
    ripe(county, staff.wang)
    actions.change_terminal(terminal=county, credit_code=CREDIT_CODE, by=staff.wang, now=cast.MORNING)
    actions.record_licence(
        terminal=county, kind="medical", number="PDY42082200001", valid_to=date(2030, 1, 1), by=staff.wang,
        now=cast.MORNING,
    )  # fmt: skip
    actions.set_stage(terminal=county, stage="won", by=staff.wang, now=later(40))
    kept = Terminal.objects.get(pk=county.pk)
    assert (kept.pk, kept.name, kept.owner) == (county.pk, "沙洋县人民医院", staff.wang)
    card = prospects.prospect_card(staff.wang, county.pk, TODAY + timedelta(days=40))
    assert [(row.stage, row.days) for row in card.stages] == [("won", 0), ("general", 40)]
    assert card.next_action is None
    with pytest.raises(AlreadyWon):
        actions.set_stage(terminal=county, stage="good", note="x", by=staff.wang, now=later(41))


def test_a_changed_estimate_gets_its_day_and_an_unchanged_one_is_nothing(staff, county):
    actions.change_prospect(
        terminal=county, estimate_fen=500_000, estimate_basis="told", by=staff.wang, now=cast.MORNING
    )
    assert Prospect.objects.get(pk=county.pk).estimate_on == TODAY
    with pytest.raises(rules.NothingToChange):
        actions.change_prospect(terminal=county, estimate_fen=500_000, by=staff.wang, now=later(5))


def test_a_card_that_is_there_becomes_a_prospect_once(staff):
    actions.make_prospect(terminal=staff.wangs_pharmacy, source="visit", by=staff.wang, now=cast.MORNING)
    with pytest.raises(rules.prospects.AlreadyAProspect):
        actions.make_prospect(terminal=staff.wangs_pharmacy, source="visit", by=staff.wang, now=cast.MORNING)


# --- stages -----------------------------------------------------------------------------------------------------------


def test_each_stage_says_what_it_still_needs(staff, county):
    card = prospects.prospect_card(staff.wang, county.pk, TODAY)
    assert card.missing == {
        "good": (),
        "intent": ("code", "paper_check", "estimate"),
        "ready": ("code", "paper_check", "estimate", "papers_good", "first_order", "process"),
        "won": (
            "code", "paper_check", "estimate", "papers_good", "first_order", "process", "credit_code", "licences",
        ),
    }  # fmt: skip
    with pytest.raises(StageNeedsMore) as no:
        actions.set_stage(terminal=county, stage="ready", by=staff.wang, now=cast.MORNING)
    assert "证照初查" in no.value.sentence()
    assert Prospect.objects.get(pk=county.pk).stage == "general"


def test_up_down_out_and_back_in(staff, county):
    by = {"terminal": county, "by": staff.wang, "now": cast.MORNING}
    actions.set_stage(stage="good", **by)
    with pytest.raises(SameStage):
        actions.set_stage(stage="good", **by)
    with pytest.raises(StageWhyMissing):
        actions.set_stage(stage="general", **by)
    actions.set_stage(stage="general", note="联系人调走", **by)
    with pytest.raises(StageWhyMissing):
        actions.set_stage(stage="dropped", why="other", **by)
    actions.set_stage(stage="dropped", why="locked", **by)
    assert prospects.prospects(staff.wang, TODAY)[1] == 0
    assert prospects.prospects(staff.wang, TODAY, stage="dropped")[1] == 1
    actions.set_stage(stage="general", note="换了院长", **by)
    assert Stage.objects.filter(terminal=county, until=None).get().stage == "general"
    assert Stage.objects.filter(terminal=county).count() == 5


def test_the_first_sale_makes_a_customer_whatever_the_card_lacks(staff, county):
    given = {"verb": "sales.import", "by": staff.qian, "now": cast.MORNING}
    assert actions.win_by_first_sale(terminal_ids=[county.pk, staff.wangs_pharmacy.pk], **given) == 1
    assert actions.win_by_first_sale(terminal_ids=[county.pk], **given) == 0
    assert Prospect.objects.get(pk=county.pk).stage == "won"


def test_a_stage_that_lasts_too_long_is_told_with_its_last_day(staff, county):
    assert prospects.overdue_stages(TODAY + timedelta(days=90)) == []
    assert prospects.overdue_stages(TODAY + timedelta(days=91)) == [
        prospects.Due(county.pk, staff.wang.pk, TODAY + timedelta(days=90), "general")
    ]
    (row,), count = prospects.prospects(staff.wang, TODAY + timedelta(days=95), alarm="over")
    assert (count, row.over) == (1, 5)


# --- next actions -----------------------------------------------------------------------------------------------------


def test_an_overdue_next_action_is_an_alarm_until_it_is_done(staff, county):
    late_day = TODAY + timedelta(days=5)
    assert prospects.next_actions_due(TODAY) == []
    assert prospects.next_actions_due(late_day) == [
        prospects.Due(county.pk, staff.wang.pk, TODAY + timedelta(days=3), "拜访药剂科")
    ]
    assert prospects.alarms(staff.wang, late_day).late == 1
    assert prospects.alarms(staff.sun, late_day).late == 0
    (row,), _count = prospects.prospects(staff.wang, late_day, alarm="late")
    assert row.late == 2
    actions.finish_next_action(terminal=county, outcome="已见主任", by=staff.wang, now=later(5))
    assert prospects.alarms(staff.wang, late_day) == prospects.Alarms(late=0, over=0, idle=0, plain=1, pool=0)
    with pytest.raises(NoNextAction):
        actions.finish_next_action(terminal=county, outcome="", by=staff.wang, now=later(5))


def test_a_new_next_action_takes_the_place_of_the_old_and_lies_ahead(staff, county):
    with pytest.raises(ActionInThePast):
        actions.set_next_action(
            terminal=county, what="x", due_on=TODAY - timedelta(days=1), by=staff.wang, now=cast.MORNING
        )
    actions.set_next_action(terminal=county, what="送样", due_on=TODAY, by=staff.wang, now=cast.MORNING)
    card = prospects.prospect_card(staff.wang, county.pk, TODAY)
    assert [(one.what, one.ended_at is None) for one in card.actions] == [("送样", True), ("拜访药剂科", False)]


# --- the pool ---------------------------------------------------------------------------------------------------------


def test_the_pool_shows_a_prospect_to_who_sells_there_and_to_nobody_else(staff, county):
    in_pool(staff, county)
    seen = {name: prospects.pool(getattr(staff, name), TODAY)[1] for name in cast.PEOPLE}
    assert {name for name, count in seen.items() if count} == {"wang", "li", "zheng", "system"}
    with pytest.raises(NotFound):
        queries.terminal_for(staff.wang, county.pk)
    with pytest.raises(NotFound):
        actions.claim_prospects(terminal_ids=[county.pk], by=staff.sun, now=cast.MORNING)
    for name in ("zhou", "zhao", "qian", "wu", "chu", "he"):
        with pytest.raises(NotAllowed):
            actions.claim_prospects(terminal_ids=[county.pk], by=getattr(staff, name), now=cast.MORNING)
    assert Terminal.objects.get(pk=county.pk).owner is None


def test_a_claim_puts_it_into_ones_hands_and_history_remembers(staff, county):
    in_pool(staff, county)
    ma = cast.hire("ma", "马", "representative", staff.hubei)
    assert actions.claim_prospects(terminal_ids=[county.pk], by=ma, now=later(2)) == 1
    assert queries.terminal_for(ma, county.pk).owner == ma
    card = prospects.prospect_card(ma, county.pk, TODAY)
    assert [(held.name, held.why) for held in card.holders] == [("马", ""), ("王", "no_time")]
    with pytest.raises(AlreadyClaimed):
        actions.claim_prospects(terminal_ids=[county.pk], by=staff.wang, now=later(2))
    with pytest.raises(NotFound):
        actions.claim_prospects(terminal_ids=[county.pk], by=staff.sun, now=later(2))


def test_giving_back_needs_a_reason_and_one_must_wait_before_claiming_again(staff, county):
    for why, note in (("", ""), ("idle", ""), ("other", " ")):
        with pytest.raises(ReturnWhyMissing):
            actions.give_back_prospect(terminal=county, why=why, note=note, by=staff.wang, now=cast.MORNING)
    in_pool(staff, county)
    with pytest.raises(CoolingOff) as no:
        actions.claim_prospects(terminal_ids=[county.pk], by=staff.wang, now=later(29))
    assert no.value.free_on == TODAY + timedelta(days=30)
    actions.claim_prospects(terminal_ids=[county.pk], by=staff.wang, now=later(30))
    assert Link.objects.filter(terminal=county, role="owner", until=None).get().person == staff.wang


def test_nobody_holds_more_than_the_policy_allows(staff, county):
    body = dict(POOL.body) | {"most_held": 1}
    version = propose_policy(
        name=POOL.name, body=body, since=date(2026, 11, 24), source="内部", by=staff.li, now=cast.MORNING
    )
    decide_policy(pk=version.pk, approve=True, by=staff.zheng, now=cast.MORNING)
    in_pool(staff, county)
    two = [
        actions.register_prospect(
            name=name, city="荆门", source="visit", owner=staff.wang, by=staff.li, now=cast.MORNING
        )
        for name in ("甲诊所",)
    ]
    with pytest.raises(PoolFull) as no:
        actions.claim_prospects(terminal_ids=[county.pk], by=staff.wang, now=later(31))
    assert (no.value.held, no.value.most, no.value.wanted) == (1, 1, 1)
    assert Terminal.objects.get(pk=county.pk).owner is None
    assert Terminal.objects.get(pk=two[0].pk).owner == staff.wang


def test_the_night_takes_idle_ones_back_and_a_touch_keeps_them(staff, county):
    jobs.return_idle(now=later(59))
    assert Terminal.objects.get(pk=county.pk).owner == staff.wang
    assert prospects.alarms(staff.wang, TODAY + timedelta(days=53)).idle == 1
    actions.touch_prospects(terminal_ids=[county.pk], verb="terminals.prospect", by=staff.wang, now=later(59))
    jobs.return_idle(now=later(60))
    assert Terminal.objects.get(pk=county.pk).owner == staff.wang
    jobs.return_idle(now=later(119))
    assert Terminal.objects.get(pk=county.pk).owner is None
    jobs.return_idle(now=later(120))
    card = prospects.prospect_card(staff.li, county.pk, TODAY + timedelta(days=120))
    assert [(held.name, held.why) for held in card.holders] == [("王", "idle")]


def test_what_a_manager_hands_over_begins_anew_and_who_leaves_leaves_it_to_the_pool(staff, county):
    ma = cast.hire("ma", "马", "representative", staff.hubei)
    actions.assign_owner(terminal=county, owner=ma, by=staff.li, now=later(59))
    jobs.return_idle(now=later(61))
    assert Terminal.objects.get(pk=county.pk).owner == ma
    ma.left_at = later(62)
    ma.save()
    jobs.return_idle(now=later(62))
    card = prospects.prospect_card(staff.li, county.pk, TODAY + timedelta(days=62))
    assert [(held.name, held.why) for held in card.holders] == [("马", "left"), ("王", "")]
    assert card.in_pool


def test_the_board_has_every_column_and_counts(staff, county):
    columns = {column.key: column.count for column in prospects.board(staff.wang, TODAY, "stage")}
    assert columns == {"general": 1, "good": 0, "intent": 0, "ready": 0, "won": 0, "dropped": 0}
    due = {column.key: column.count for column in prospects.board(staff.wang, TODAY + timedelta(days=4), "due")}
    assert due["late"] == 1
    assert all(column.count == 0 for column in prospects.board(staff.sun, TODAY, "stage"))


def test_the_list_of_customers_leaves_the_pool_out(staff, county):
    assert "沙洋县人民医院" in {row.name for row in queries.list_terminals(staff.li)[0]}
    in_pool(staff, county)
    rows, count = queries.list_terminals(staff.li)
    assert "沙洋县人民医院" not in {row.name for row in rows}
    assert (count, queries.list_terminals(staff.li, without_owner=True)[1]) == (len(rows), 0)


def test_a_medical_representative_reads_nothing_of_the_winning(staff, county):
    Link.objects.create(terminal=county, person=staff.zhou, role="medical", since=cast.MORNING, made_by=staff.wang)
    told = {moment.name for moment in queries.timeline(staff.zhou, county)}
    assert told == {"terminals.terminal_added", "terminals.contact_added"}
    assert {moment.name for moment in queries.timeline(staff.wang, county)} > told
    with pytest.raises(NotAllowed):
        actions.set_stage(terminal=county, stage="good", by=staff.zhou, now=cast.MORNING)


REFUSED_TO_SUN = {
    "change": lambda s, c: actions.change_prospect(terminal=c, rivals="x", by=s.sun, now=cast.MORNING),
    "stage": lambda s, c: actions.set_stage(terminal=c, stage="good", by=s.sun, now=cast.MORNING),
    "action": lambda s, c: actions.set_next_action(terminal=c, what="x", due_on=TODAY, by=s.sun, now=cast.MORNING),
    "done": lambda s, c: actions.finish_next_action(terminal=c, outcome="x", by=s.sun, now=cast.MORNING),
    "back": lambda s, c: actions.give_back_prospect(terminal=c, why="no_time", by=s.sun, now=cast.MORNING),
    "card": lambda s, c: prospects.prospect_card(s.sun, c.pk, TODAY),
    "make": lambda s, c: actions.make_prospect(
        terminal=s.wangs_pharmacy, source="visit", by=s.sun, now=cast.MORNING
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", REFUSED_TO_SUN)
def test_sun_cannot(staff, county, verb):
    before = list(Stage.objects.values_list("pk", "stage")), Link.objects.count()
    with pytest.raises(NotFound):
        REFUSED_TO_SUN[verb](staff, county)
    assert (list(Stage.objects.values_list("pk", "stage")), Link.objects.count()) == before
