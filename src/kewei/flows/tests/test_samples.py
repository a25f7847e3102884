"""The month's sample: drawn once, judged blind, warned about; what was wrong is asked again."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.flows import actions
from kewei.flows.models import Asking, NameAlias, Sampled
from kewei.flows.queries import names, samples
from kewei.flows.rules.sampling import AlreadyJudged, NothingToSample
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in
from kewei.kernel import ids
from kewei.kernel.refusals import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def distributor(staff):
    open_product()
    found = open_distributor(staff)
    rows = [sold("荆门市第一人民医院", n) for n in (1, 2, 3)]
    rows += [sold("益丰大药房中山路店", 5, city="武汉市"), sold("谁也不是", 9, city="")]
    take_in(found, csv(*rows), staff.qian)
    return found


@pytest.fixture
def qian(client, staff):
    client.force_login(staff.qian)
    return client


def draw(by):
    return actions.draw_sample(month=OCTOBER, by=by, now=cast.MORNING)


def judge(sampled, terminal, by):
    return actions.judge_sampled(sampled=sampled, terminal=terminal, by=by, now=cast.MORNING)


def of(terminal) -> Sampled:
    return Sampled.objects.get(alias__terminal=terminal)


def test_rows_accepted_by_themselves_are_drawn_once(staff, distributor):
    sample = draw(staff.qian)
    assert (sample.rows, sample.population, sample.policy) == (4, 4, "flows.sample@0")
    assert draw(staff.qian) == sample
    assert {(one.alias.terminal_id, one.rows) for one in Sampled.objects.all()} == {
        (staff.wangs_hospital.pk, 3), (staff.wangs_pharmacy.pk, 1),
    }  # fmt: skip


def test_what_people_placed_is_no_matter_of_the_sample(staff, distributor):
    actions.decide_name(
        asking=Asking.objects.get(), choice="other", terminal=staff.suns_clinic, by=staff.qian, now=cast.MORNING
    )
    assert draw(staff.qian).population == 4


def test_a_month_without_such_rows_has_no_sample(staff):
    with pytest.raises(NothingToSample):
        draw(staff.qian)


def test_the_accepted_terminal_stands_among_others_unmarked_in_the_order_of_codes(staff, distributor):
    draw(staff.qian)
    rows, count = samples.to_judge(staff.qian, month=OCTOBER)
    assert count == 2
    for row in rows:
        codes = [one.code for one in row.candidates]
        assert codes == sorted(codes)
        assert of(staff.wangs_hospital).alias.terminal_id in {one.terminal for one in rows[0].candidates}


def test_right_rows_make_the_precision_and_reviewers_agreement(staff, distributor):
    draw(staff.qian)
    hospital, pharmacy = of(staff.wangs_hospital), of(staff.wangs_pharmacy)
    assert samples.figures_of(staff.qian, OCTOBER).precision is None
    judge(hospital, staff.wangs_hospital, staff.qian)
    twice = Sampled.objects.get(twice=True)
    told = samples.figures_of(staff.qian, OCTOBER)
    assert (told.precision.judged, told.precision.right, told.names) == (3, 3, 2)
    judge(pharmacy, staff.wangs_pharmacy, staff.qian)
    told = samples.figures_of(staff.qian, OCTOBER)
    assert (told.precision.right, told.precision.low_bp, told.warns, told.waiting) == (4, 10_000, False, 1)
    judge(twice, twice.alias.terminal, staff.zheng)
    assert samples.figures_of(staff.qian, OCTOBER).waiting == 0
    assert (names.agreement(staff.qian).both, names.agreement(staff.qian).same) == (1, 1)


def test_a_wrong_row_warns_and_its_name_is_asked_again(staff, distributor):
    draw(staff.qian)
    pharmacy = of(staff.wangs_pharmacy)
    judge(pharmacy, None, staff.qian)
    judge(of(staff.wangs_hospital), staff.wangs_hospital, staff.qian)
    told = samples.figures_of(staff.qian, OCTOBER)
    assert (told.precision.right, told.precision.rate_bp, told.warns) == (3, 7_500, True)
    alias = NameAlias.objects.get(pk=pharmacy.alias_id)
    assert (alias.ended_by, alias.ended_why) == (staff.qian, "sample")
    assert Asking.objects.filter(name=alias.name, closed_at=None).exists()
    assert samples.wrong_of(staff.qian, OCTOBER) == [("益丰大药房中山路店", staff.wangs_pharmacy.name, "")]


def test_nobody_judges_twice_and_only_who_reviews(staff, distributor):
    draw(staff.qian)
    hospital = of(staff.wangs_hospital)
    judge(hospital, staff.wangs_hospital, staff.qian)
    with pytest.raises(AlreadyJudged):
        judge(hospital, None, staff.qian)
    with pytest.raises(NotAllowed):
        judge(hospital, None, staff.wang)


def test_freezing_draws_the_sample(staff, distributor):
    actions.decide_name(asking=Asking.objects.get(), choice="unknown", by=staff.qian, now=cast.MORNING)
    for kind in ("purchases", "stock"):
        actions.tell_absence(
            distributor=distributor, month=OCTOBER, kind=kind, reason="refuses", by=staff.qian, now=cast.MORNING
        )
    actions.freeze_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    assert samples.sample_of(OCTOBER).rows == 4


def test_the_sample_is_judged_on_its_page_and_told_on_the_months(qian, staff, distributor):
    address = reverse("flows:sample") + "?month=2026-10"
    assert qian.get(address).status_code == 200
    key = {"form_key": ids.new_key()}
    qian.post(reverse("flows:draw_sample"), key | {"month": "2026-10"})
    page = qian.get(address).content.decode()
    assert f':{staff.wangs_hospital.pk}" data-choice="' in page
    place = {one.terminal: one.place for one in samples.to_judge(staff.qian, month=OCTOBER)[0][0].candidates}
    first = Sampled.objects.order_by("pk")[0]
    qian.post(
        reverse("flows:judge", args=[first.pk]),
        key | {"pick": f"{place[first.alias.terminal_id]}:{first.alias.terminal_id}"},
    )
    second = Sampled.objects.order_by("pk")[1]
    qian.post(reverse("flows:judge", args=[second.pk]), key | {"pick": "0"})
    month = qian.get(reverse("flows:month") + "?month=2026-10").content.decode()
    assert "准确率下限低于 97%" in month
    assert "抽查不符" in qian.get(address).content.decode()


def test_the_sample_asks_as_often_for_many_names_as_for_one(qian, staff, distributor):
    other = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    rows = [sold(f"荆门市第一人民医院{dept}", 1) for dept in ("药剂科", "药房", "西药库")]
    take_in(other, csv(*rows), staff.qian)
    draw(staff.qian)

    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert qian.get(reverse("flows:sample") + "?month=2026-10").status_code == 200
        return len(asked)

    ask()
    many = ask()
    for one in Sampled.objects.order_by("pk")[1:]:
        judge(one, one.alias.terminal, staff.qian)
    assert ask() <= many + 1


def test_the_same_by_json(qian, staff, distributor):
    assert qian.get("/api/flows/months/2026-10/sample").status_code == 404
    told = qian.post("/api/flows/months/2026-10/sample").json()
    assert (told["rows"], told["names"], told["precision"]) == (4, 2, None)
    one, two = qian.get("/api/flows/sampled?month=2026-10").json()["items"]
    assert {c["probability_bp"] for c in one["candidates"]} == {0}
    for row, terminal in ((one, Sampled.objects.get(pk=one["pk"]).alias.terminal_id), (two, None)):
        said = json.dumps({"terminal": terminal})
        assert qian.post(f"/api/flows/sampled/{row['pk']}", said, content_type="application/json").status_code == 200
    told = qian.get("/api/flows/months/2026-10/sample").json()
    assert told["warns"] is True
    assert told["precision"]["judged"] == 4


def test_names_of_other_peoples_distributors_are_not_theirs(staff, distributor):
    draw(staff.qian)
    with pytest.raises(NotFound):
        samples.sampled_for(staff.sun, Sampled.objects.order_by("pk")[0].pk)
