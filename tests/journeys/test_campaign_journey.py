"""A monthly key product from list to result: picked, drawn, agreed to, planned into visits, worked on, compared, closed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from kewei.campaigns.models import Campaign, Focus
from kewei.campaigns.queries import materials, results
from kewei.campaigns.rules.states import CHECKS
from kewei.campaigns.tests import selling
from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.kernel.ids import new_key
from kewei.visits import jobs
from kewei.visits.models import Wish
from kewei.visits.tests import going

DECEMBER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 12, 1, 0, tzinfo=UTC)


@pytest.fixture
def here(db, time_machine):
    time_machine.move_to(selling.NOW, tick=False)
    return selling.county(clinics=48, buying=12)


def test_a_december(here, client, time_machine):
    staff = here.staff

    def post(person, page, /, *args, **given):
        client.force_login(person)
        answer = client.post(reverse(f"campaigns:{page}", args=args), {"form_key": new_key(), **given})
        assert answer.status_code == 302, answer.content.decode()
        return answer

    def see(person, page, *args):
        client.force_login(person)
        return client.get(reverse(f"campaigns:{page}", args=args)).content.decode()

    # November: Li records the leaflet and picks the product; the cards say who could use more of it, and why.
    post(
        staff.li,
        "material_new",
        name="折页",
        product=here.product.pk,
        says="适应症、用法用量",
        valid_until="2027-12-31",
    )
    post(
        staff.li, "propose", name="十二月阿莫西林", product=here.product.pk, territory=here.hubei, first_on="2026-12-01",
        last_on="2026-12-31", goal="每家每月多用 12 盒", goal_units="12", benefit="none", cap="3000",
    )  # fmt: skip
    campaign = Campaign.objects.get()
    leaflet = materials.of_product(campaign.product_id)[0].pk
    page = see(staff.li, "candidates", campaign.pk)
    assert "有潜力未使用" in page
    assert "到了进货时候" in page
    # One draw in twenty ends outside its own interval: told which, it draws the same every time.
    draw = {"size": 40, "held": 16, "seed": 7}
    drawn = client.post(
        f"/api/campaigns/{campaign.pk}/list", json.dumps(draw), content_type="application/json",
        headers={"Idempotency-Key": new_key()},
    )  # fmt: skip
    assert drawn.status_code == 201, drawn.content.decode()
    post(staff.li, "use", campaign.pk, version=leaflet)
    post(staff.he, "judge", leaflet, agreed="yes")
    post(staff.li, "hand_in", campaign.pk)
    # Compliance agrees point by point; Li starts it.
    post(staff.he, "opinion", campaign.pk, checks=list(CHECKS), agreed="yes")
    post(staff.li, "start", campaign.pk)

    # December: every morning's reasons for visits hold those worked on, and nobody who is left alone.
    time_machine.move_to(DECEMBER, tick=False)
    jobs.gather_wishes(now=DECEMBER)
    arms = dict(Focus.objects.filter(campaign=campaign).values_list("terminal", "arm"))
    wished = set(Wish.objects.filter(source="campaign", ended_at=None).values_list("terminal", flat=True))
    assert wished == {pk for pk, arm in arms.items() if arm == "treated"}
    assert len(wished) == 24

    # Wang goes to her list; each visit brings an order of twenty boxes, the others buy as before.
    assert "重点名单" in see(staff.wang, "focus", campaign.pk)
    by_pk = {clinic.pk: clinic for clinic in here.clinics}
    for n, pk in enumerate(sorted(arms)):
        at = DECEMBER + timedelta(days=n % 20, minutes=n)
        before = 40 if by_pk[pk] in here.clinics[:12] else 0
        more = 0
        if arms[pk] == "treated":
            visit = going.arrive(staff.wang, by_pk[pk], at=at)
            going.tell(visit, intents=[{"product": here.product.pk, "units": 20}])
            more = 16 + n % 9
        if before + more + n % 4:
            selling.sell(by_pk[pk], here.product, at.date(), before + more + n % 4)
    for follower in followers():
        if follower.name.startswith("visits."):
            catch_up(follower=follower, by=staff.system, now=DECEMBER)
    post(staff.li, "cost", campaign.pk, kind="material", amount="960.00", on="2026-12-01", note="折页 800 份")
    jobs.gather_wishes(now=DECEMBER + timedelta(days=21))
    assert not Wish.objects.filter(source="campaign", ended_at=None).exists()

    # January: sales are in; the result is kept, with its interval, what it cost and who was left alone.
    time_machine.move_to(JANUARY, tick=False)
    post(staff.li, "close", campaign.pk)
    found, lines = results.kept_result(campaign.pk)
    assert found.verdict == "worked"
    assert found.compared["low"] < 20_000 * 30 / 31 < found.compared["high"]
    assert (found.visits, found.minutes, found.cost_fen) == (24, 720, 720 * 200 + 96_000)
    assert (found.spoilt, found.doubted) == (0, False)
    assert len(lines) == 40
    page = see(staff.li, "campaign", campaign.pk)
    assert "有效：比留出组多" in page
    assert "24 次拜访 720 分钟" in page
    # Wang sees that it is over, not whom it left alone; Sun sees nothing.
    assert "有效" not in see(staff.wang, "campaign", campaign.pk)
    client.force_login(staff.sun)
    assert client.get(reverse("campaigns:campaign", args=[campaign.pk])).status_code == 404
    assert campaign.month == date(2026, 12, 1)
