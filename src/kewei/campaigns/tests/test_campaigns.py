"""From an idea to a result: candidates, the draw, compliance, the list by hand, wishes, costs, the result (domain 1C 40–41, 4.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.campaigns import actions, queries
from kewei.campaigns.models import CampaignState, Focus, Going, Outcome
from kewei.campaigns.queries import campaigns, candidates, lists, results
from kewei.campaigns.queries.candidates import Wanted
from kewei.campaigns.rules import holding_out, states
from kewei.campaigns.tests import selling
from kewei.campaigns.tests.selling import FIRST, LAST, NOW, TODAY
from kewei.credit import actions as credit
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals.models import Closure, Licence

JANUARY = datetime(2027, 1, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def here(db):
    return selling.county()


def ask(here, most=50):
    wanted = Wanted(here.product.pk, FIRST, LAST, here.hubei)
    return candidates.candidates(here.staff.li, wanted, TODAY, most)


# --- candidates -------------------------------------------------------------------------------------------------------


def test_every_candidate_has_its_reason_and_the_most_hopeful_stands_first(here):
    found = ask(here)
    by_code = {one.code: one for one in found.rows}
    quiet = by_code["C0015"]
    assert [code for code, _numbers, _hope in quiet.reasons] == ["potential"]
    # Ten of its like use 12 × 40 boxes in 365 days: 39.4 a month; three tenths of it may be hoped for.
    assert quiet.reasons[0][1] == {"klass": "A", "usual": "39.5", "peers": 10}
    assert (quiet.baseline_milli, quiet.target_milli) == (0, 11_835)
    buying = by_code["C0003"]
    assert [code for code, _numbers, _hope in buying.reasons] == ["rhythm"]
    assert buying.reasons[0][1] == {"days": 30, "due": "2026-12-20"}
    assert buying.baseline_milli == 40_000
    hopes = [one.target_milli - one.baseline_milli for one in found.rows]
    assert hopes == sorted(hopes, reverse=True)
    assert found.ranked == 30


def test_lapsed_gap_and_group_are_told_apart(here):
    lapsed, small, member = here.clinics[10:13]
    for pk in (lapsed, small):
        pk.potentials.all().delete()
    selling.sell_monthly(lapsed, here.product, 60, months=5, until=date(2026, 4, 1))
    selling.sell_monthly(small, here.product, 5, months=4)
    head = cast.open_terminal("H1", "荆州连锁", "clinic", here.staff.wang, here.staff.hubei, city="荆州市")
    selling.license_to(head)
    selling.sell_monthly(head, here.product, 90, months=12)
    member.group = head
    member.save()
    by_code = {one.code: one for one in ask(here).rows}
    assert by_code[lapsed.code].reasons[0][0] == "lapsed"
    assert {code for code, *_rest in by_code[small.code].reasons} == {"gap", "rhythm"}
    assert by_code[member.code].reasons[0][0] == "group"
    assert by_code[member.code].reasons[0][1] == {"members": 1, "usual": "88.8"}


def test_who_may_not_buy_owes_or_has_nobody_is_left_out_and_counted(here):
    expired, held, nobody, closed = here.clinics[10:14]
    Licence.objects.filter(terminal=expired).update(valid_to=date(2026, 11, 30))
    credit.place_hold(terminal=held, reason="overdue", note="欠款", by=here.staff.zhao, now=NOW)
    nobody.owner = None
    nobody.save()
    Closure.objects.create(terminal=closed, reason="停业", closed_by=here.staff.li, closed_at=NOW)
    found = ask(here)
    codes = {one.code for one in found.rows}
    assert not codes & {expired.code, held.code, nobody.code, closed.code}
    assert found.left_out == {"paper_expired": 1, "credit_hold": 1, "no_owner": 1}


def test_a_product_a_clinic_may_not_have_has_no_candidates(here):
    here.product.scope_class = "vaccine"
    here.product.save()
    found = ask(here)
    assert (found.rows, found.left_out) == ((), {"scope_class": 30})


def test_a_representative_elsewhere_finds_nobody(here):
    wanted = Wanted(here.product.pk, FIRST, LAST)
    assert candidates.candidates(here.staff.sun, wanted, TODAY).rows == ()


def test_candidates_ask_as_much_for_many_as_for_few(here):
    def count(most):
        with CaptureQueriesContext(connection) as asked:
            ask(here, most)
        return len(asked)

    count(1)  # who looks after what is remembered by the person
    assert count(2) == count(30)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_a_list_is_drawn_and_the_same_seed_draws_the_same(here):
    campaign = selling.proposed(here)
    made = actions.compose_list(campaign=campaign.pk, size=20, held=8, seed=11, by=here.staff.li, now=NOW)
    held = set(Focus.objects.filter(campaign=campaign, arm="held_out").values_list("terminal", flat=True))
    assert (made.size, made.held, len(held)) == (20, 8, 8)
    again = actions.compose_list(campaign=campaign.pk, size=20, held=8, seed=11, by=here.staff.li, now=NOW)
    live = Focus.objects.filter(campaign=campaign, ended_at=None)
    assert set(live.filter(arm="held_out").values_list("terminal", flat=True)) == held
    assert (live.count(), Focus.objects.filter(campaign=campaign).count()) == (20, 40)
    assert lists.drawn(campaign.pk)[0].composition_id == again.pk
    assert again.power["size"] == 20
    assert again.policies == ["campaigns.hold_out@0", "campaigns.reasons@0", "sales.lapse@0"]


def test_power_proposes_the_hold_out_where_nobody_says(here):
    campaign = selling.proposed(here)
    made = actions.compose_list(campaign=campaign.pk, size=30, by=here.staff.li, now=NOW)
    policy = holding_out.read_hold_out(holding_out.HOLD_OUT.body)
    assert made.held == holding_out.propose(30, made.power["spread_milli"], 10_000, policy).held == 10


def test_too_large_a_hold_out_is_refused(here):
    campaign = selling.proposed(here)
    with pytest.raises(holding_out.BadHoldOut) as refused:
        actions.compose_list(campaign=campaign.pk, size=20, held=11, by=here.staff.li, now=NOW)
    assert refused.value.numbers == {"size": 20, "held": 11, "most": 10}


def test_by_hand_with_a_reason_but_never_who_was_left_alone(here):
    campaign = selling.running(here)
    held = lists.drawn(campaign.pk)
    alone = next(one.terminal for one in held if one.arm == "held_out")
    listed = next(one.terminal for one in held if one.arm == "treated")
    fresh = here.clinics[5]
    about = {"campaign": campaign.pk, "by": here.staff.li, "now": NOW}
    with pytest.raises(states.WordsMissing):
        actions.add_terminal(terminal=fresh, why=" ", **about)
    with pytest.raises(states.HeldOut):
        actions.add_terminal(terminal=alone, why="熟客", **about)
    with pytest.raises(states.AlreadyListed):
        actions.add_terminal(terminal=listed, why="熟客", **about)
    Licence.objects.filter(terminal=fresh).delete()
    with pytest.raises(states.MayNotBuy):
        actions.add_terminal(terminal=fresh, why="熟客", **about)
    selling.license_to(fresh)
    made = actions.add_terminal(terminal=fresh, why="店长主动要", **about)
    assert (made.arm, made.baseline_milli, made.added_why) == ("added", 40_000, "店长主动要")
    assert made.pk not in {one.pk for one in lists.drawn(campaign.pk)}


def test_taken_off_stays_where_the_draw_put_it(here):
    campaign = selling.running(here)
    one = next(row for row in lists.drawn(campaign.pk) if row.arm == "treated")
    actions.take_off(focus=one.pk, why="改由分公司跟进", by=here.staff.li, now=NOW)
    assert one.terminal_id not in {row.terminal for row in queries.wished(FIRST)}
    assert one.pk in {row.pk for row in lists.drawn(campaign.pk)}
    with pytest.raises(states.NotOnTheList):
        actions.take_off(focus=one.pk, why="再来", by=here.staff.li, now=NOW)


def test_two_campaigns_of_a_product_do_not_share_a_terminal(here):
    selling.running(here, size=10, held=0)
    found = ask(here)
    assert found.left_out == {"other_campaign": 10}
    second = selling.proposed(here, name="另一个")
    actions.compose_list(campaign=second.pk, size=5, held=0, by=here.staff.li, now=NOW)
    taken = next(iter(candidates.elsewhere(here.product.pk, FIRST, LAST)))
    clinic = next(one for one in here.clinics if one.pk == taken)
    with pytest.raises(states.InAnother):
        actions.add_terminal(campaign=second.pk, terminal=clinic, why="想要", by=here.staff.li, now=NOW)


# --- compliance -------------------------------------------------------------------------------------------------------


def test_compliance_ticks_every_point_and_never_its_own(here):
    campaign = selling.proposed(here)
    actions.compose_list(campaign=campaign.pk, size=10, by=here.staff.li, now=NOW)
    actions.hand_in(campaign=campaign.pk, by=here.staff.li, now=NOW)
    about = {"campaign": campaign.pk, "now": NOW}
    with pytest.raises(states.ChecksMissing):
        actions.give_opinion(agreed=True, checks=["no_person"], by=here.staff.he, **about)
    with pytest.raises(states.WordsMissing):
        actions.give_opinion(agreed=False, by=here.staff.he, **about)
    with pytest.raises(NotAllowed):
        actions.give_opinion(agreed=True, checks=list(states.CHECKS), by=here.staff.li, **about)
    actions.give_opinion(agreed=False, note="材料未附", by=here.staff.wu, **about)
    assert campaigns.campaign_for(here.staff.li, campaign.pk).state == "sent_back"


def test_a_director_may_propose_or_agree_but_not_both(here):
    zheng = here.staff.zheng
    campaign = actions.propose_campaign(product=here.product.pk, given=selling.given(), by=zheng, now=NOW)
    actions.compose_list(campaign=campaign.pk, size=10, by=zheng, now=NOW)
    actions.hand_in(campaign=campaign.pk, by=zheng, now=NOW)
    with pytest.raises(states.ProposerApproves):
        actions.give_opinion(campaign=campaign.pk, agreed=True, checks=list(states.CHECKS), by=zheng, now=NOW)


def test_whoever_had_a_hand_in_it_is_not_asked_for_an_opinion(here):
    kept = selling.proposed(here)
    actions.compose_list(campaign=kept.pk, size=20, held=10, seed=7, by=here.staff.zheng, now=NOW)
    actions.hand_in(campaign=kept.pk, by=here.staff.li, now=NOW)
    waits = {who: campaigns.waiting_for_opinion(getattr(here.staff, who)) for who in ("zheng", "he", "li")}
    assert {who: [row.pk for row in rows] for who, rows in waits.items()} == {"zheng": [], "he": [kept.pk], "li": []}


def test_materials_go_by_approved_version_only(here):
    campaign = selling.proposed(here)
    about = {"says": "适应症与用法", "valid_until": date(2027, 6, 30), "by": here.staff.li, "now": NOW}
    first = actions.make_material(name="说明折页", product=here.product.pk, **about)
    with pytest.raises(states.MaterialNamed):
        actions.make_material(name="说明折页", product=here.product.pk, **about)
    actions.use_material(campaign=campaign.pk, version=first.pk, by=here.staff.li, now=NOW)
    actions.compose_list(campaign=campaign.pk, size=10, by=here.staff.li, now=NOW)
    actions.hand_in(campaign=campaign.pk, by=here.staff.li, now=NOW)
    agree = {"campaign": campaign.pk, "agreed": True, "checks": list(states.CHECKS), "by": here.staff.he, "now": NOW}
    with pytest.raises(states.MaterialNotGood):
        actions.give_opinion(**agree)
    with pytest.raises(NotAllowed):
        actions.judge_version(version=first.pk, agreed=True, by=here.staff.li, now=NOW)
    actions.judge_version(version=first.pk, agreed=True, by=here.staff.he, now=NOW)
    with pytest.raises(states.JudgedAlready):
        actions.judge_version(version=first.pk, agreed=False, note="不", by=here.staff.wu, now=NOW)
    actions.give_opinion(**agree)
    # A version that ends before the campaign does stops it at the start.
    second = actions.add_version(material=first.material_id, **(about | {"valid_until": date(2026, 12, 5)}))
    assert second.number == 2
    other = selling.product("P002", "头孢")
    elsewhere = actions.make_material(name="别的", product=other.pk, **about)
    fresh = selling.proposed(here, name="再来一个")
    with pytest.raises(states.OtherProduct):
        actions.use_material(campaign=fresh.pk, version=elsewhere.pk, by=here.staff.li, now=NOW)


def test_a_gift_has_no_name_and_a_benefit_needs_words(here):
    with pytest.raises(states.BadCampaign):
        selling.proposed(here, benefit="gift_card")
    with pytest.raises(states.BadCampaign):
        selling.proposed(here, benefit="on_invoice")


# --- costs and the result ---------------------------------------------------------------------------------------------


def test_costs_stay_under_the_cap_and_a_discount_is_a_red_letter_note(here):
    campaign = selling.running(here)
    about = {"campaign": campaign.pk, "on": TODAY, "by": here.staff.li, "now": NOW}
    actions.note_cost(kind="material", fen=300_000, note="折页 2000 份", **about)
    with pytest.raises(states.OverTheCap) as refused:
        actions.note_cost(kind="meeting", fen=200_001, **about)
    assert refused.value.numbers == {"cap_fen": 500_000, "used_fen": 300_000, "wanted_fen": 200_001}
    with pytest.raises(states.DocumentMissing):
        actions.note_cost(kind="discount", fen=100, document="没有这张", **about)
    with pytest.raises(states.BadCampaign):
        actions.note_cost(kind="gift", fen=100, **about)


def test_wishes_are_for_those_worked_on_within_the_days(here):
    campaign = selling.running(here)
    treated = {one.terminal_id for one in lists.drawn(campaign.pk) if one.arm == "treated"}
    assert {one.terminal for one in queries.wished(FIRST)} == treated
    assert queries.wished(TODAY) == []
    one = queries.wished(LAST)[0]
    assert (one.campaign, one.product, one.first_on, one.last_on) == (campaign.pk, "阿莫西林胶囊", FIRST, LAST)
    actions.withdraw_campaign(campaign=campaign.pk, why="缺货", by=here.staff.li, now=NOW)
    assert queries.wished(FIRST) == []


def test_a_planted_effect_is_found_again_and_kept_as_rows(here):
    campaign = selling.running(here)
    drawn = lists.drawn(campaign.pk)
    for arm, more in (("treated", 20), ("held_out", 0)):
        for n, one in enumerate(row for row in drawn if row.arm == arm):
            selling.sell(one.terminal, here.product, date(2026, 12, 10), 5 + n % 5 + more)
    with pytest.raises(states.NotOverYet):
        actions.close_campaign(campaign=campaign.pk, by=here.staff.li, now=NOW)
    outcome = actions.close_campaign(campaign=campaign.pk, by=here.staff.li, now=JANUARY)
    found, lines = results.kept_result(campaign.pk)
    assert (outcome.verdict, found.verdict) == ("worked", "worked")
    assert found.compared["low"] < 20_000 * 30 // 31 < found.compared["high"]
    assert round(found.compared["effect"]) == 19_355
    assert found.compared["chance"] == 0.001
    assert len(lines) == outcome.lines.count() == 20
    # What it brought: the difference of 19.4 a month over ten terminals and 31 days.
    assert abs(found.lift["milli"] - 200_000) < 15_000
    assert results.shown_result(here.staff.wang, campaign, TODAY) is None
    with pytest.raises(states.NotInThisState):
        actions.close_campaign(campaign=campaign.pk, by=here.staff.li, now=JANUARY)


def test_few_terminals_are_said_to_be_few(here):
    campaign = selling.running(here, size=8, held=3)
    for one in lists.drawn(campaign.pk):
        selling.sell(one.terminal, here.product, date(2026, 12, 10), 50 if one.arm == "treated" else 5)
    assert results.result(campaign, LAST)[0].verdict == "few"


def test_visits_cost_where_they_work_and_spoil_where_they_should_not_be(here):
    campaign = selling.running(here)
    drawn = lists.drawn(campaign.pk)
    treated, held = (next(one for one in drawn if one.arm == arm) for arm in ("treated", "held_out"))
    about = {
        "day": FIRST,
        "products": {here.product.pk},
        "person": here.staff.wang.pk,
        "by": here.staff.system,
        "now": NOW,
    }
    for _twice in range(2):
        actions.count_visit(terminal=treated.terminal_id, visit=1, minutes=40, **about)
    actions.count_visit(terminal=held.terminal_id, visit=2, minutes=20, **about)
    actions.count_visit(terminal=held.terminal_id, visit=3, minutes=20, **(about | {"products": set()}))
    assert Going.objects.count() == 2
    actions.note_cost(campaign=campaign.pk, kind="material", fen=10_000, on=TODAY, by=here.staff.li, now=NOW)
    actions.note_cost(
        campaign=campaign.pk, kind="points", fen=5_000, on=TODAY, note="LS26 十分", by=here.staff.li, now=NOW
    )
    found, _lines = results.result(campaign, LAST)
    assert (found.visits, found.minutes, found.visits_fen, found.cost_fen) == (2, 60, 12_000, 27_000)
    assert (found.spoilt, found.spoilt_why, found.doubted) == (1, {"visited": 1}, False)


def test_a_group_on_both_sides_is_contamination(here):
    head = cast.open_terminal("H1", "荆州连锁", "chain_hq", here.staff.wang, here.staff.hubei)
    for clinic in here.clinics:
        clinic.group = head
        clinic.save()
    campaign = selling.running(here)
    found, _lines = results.result(campaign, LAST)
    assert (found.spoilt, found.spoilt_why, found.doubted) == (10, {"same_group": 10}, True)


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_representative_sees_her_part_once_it_runs_and_never_who_is_left_alone(here):
    campaign = selling.approved(here)
    with pytest.raises(NotFound):
        campaigns.campaign_for(here.staff.wang, campaign.pk)
    actions.start_campaign(campaign=campaign.pk, by=here.staff.li, now=NOW)
    kept = campaigns.campaign_for(here.staff.wang, campaign.pk)
    rows, count = lists.list_focus(here.staff.wang, kept, today=TODAY)
    assert (count, {row.arm for row in rows}) == (10, {"treated"})
    assert lists.list_focus(here.staff.li, kept, today=TODAY)[1] == 20
    with pytest.raises(NotFound):
        campaigns.campaign_for(here.staff.sun, campaign.pk)
    with pytest.raises(NotAllowed):
        actions.withdraw_campaign(campaign=campaign.pk, why="不", by=here.staff.wang, now=NOW)


def test_a_manager_elsewhere_cannot_touch_it(here):
    campaign = selling.proposed(here)
    elsewhere = cast.hire("yang", "杨", "manager", here.staff.sichuan)
    with pytest.raises(NotFound):
        actions.compose_list(campaign=campaign.pk, by=elsewhere, now=NOW)
    with pytest.raises(NotFound):
        actions.propose_campaign(product=here.product.pk, given=selling.given(), by=here.staff.li, now=NOW)
    with pytest.raises(NotFound):
        actions.propose_campaign(
            product=here.product.pk, given=selling.given(), territory=here.hubei, by=elsewhere, now=NOW
        )


def test_an_mr_has_nothing_to_do_with_it(here):
    with pytest.raises(NotAllowed):
        here.staff.zhou.must("campaigns.see")


def test_states_and_results_are_never_changed(here):
    campaign = selling.running(here)
    with pytest.raises(IntegrityError):
        CampaignState.objects.filter(campaign=campaign).update(state="draft")


def test_the_list_ends_where_the_days_are_changed(here):
    campaign = selling.proposed(here)
    actions.compose_list(campaign=campaign.pk, size=10, by=here.staff.li, now=NOW)
    moved = selling.given(first_on=FIRST + timedelta(days=5))
    actions.change_campaign(campaign=campaign.pk, given=moved, by=here.staff.li, now=NOW)
    with pytest.raises(states.NothingComposed):
        actions.hand_in(campaign=campaign.pk, by=here.staff.li, now=NOW)
    assert not Outcome.objects.exists()
