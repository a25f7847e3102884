"""Pages and JSON of visits: what each person meets at every door (domain 4.4)."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting.models import Promise
from kewei.collecting.tests.owing import invoice
from kewei.kernel.ids import new_key
from kewei.visits.models import AdverseHint, Checklist, Photo, Report, Visit
from kewei.visits.queries import visits as queries
from kewei.visits.tests.going import PIXEL, SEEN, WORDS, arrive, plan_stop, product, tell


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def now():
    return timezone.now()


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def post(by, name, *args, query="", **given):
    return client_of(by).post(reverse(name, args=args) + query, {"form_key": new_key(), **given})


def api(person, method, path, body=None, **headers):
    return client_of_api(person, method, f"/api/visits{path}", body, headers)


def client_of_api(person, method, path, body, headers):
    client = client_of(person)
    if method == "get":
        return client.get(path)
    return client.post(path, json.dumps(body, default=str), content_type="application/json", headers=headers)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_visit_goes_through_its_pages(staff, now):
    hospital = staff.wangs_hospital
    checked = post(
        staff.wang, "visits:check_in", terminal=hospital.pk, arrived_at=local(now - timedelta(hours=1)), how="point",
        purposes=["order"], unplanned_why="顺路",
    )  # fmt: skip
    visit = Visit.objects.get()
    assert checked.status_code == 302
    drug = product()
    owed = invoice(staff, "I1", timezone.localdate() - timedelta(days=10), 500_00)
    told = post(
        staff.wang, "visits:report", visit.pk, left_at=local(now - timedelta(minutes=30)), achieved="done", met="何平 采购、李红 财务",
        feedback=["price"], note="谈妥", next_step="送检验报告", next_on=str(timezone.localdate() + timedelta(days=3)),
        next_owner=staff.wang.pk, **{
            "mentions-code": [drug.code], "mentions-material": ["A"], "mentions-feedback": ["price"],
            "stock-code": [drug.code], "stock-units": ["40"], "stock-near_units": ["5"], "stock-near_on": [""],
            "stock-batch": ["B1"], "intents-code": [drug.code], "intents-units": ["100"], "intents-by_day": [""],
            "item": [owed.pk], "promise_on": str(timezone.localdate() + timedelta(days=5)), "promiser": "李红",
        },
    )  # fmt: skip
    assert told.status_code == 302, told.content.decode()
    report = Report.objects.get()
    assert [one["job"] for one in report.met] == ["采购", "财务"]
    assert Promise.objects.get(pk=report.promise).fen == 500_00
    page = client_of(staff.wang).get(reverse("visits:visit", args=[visit.pk])).content.decode()
    assert "送检验报告" in page
    assert "阿莫西林胶囊 × 100" in page
    corrected = post(
        staff.wang, "visits:report", visit.pk, left_at=local(now - timedelta(minutes=20)), achieved="partly", met="何平",
        next_step="改送报价单", next_on=str(timezone.localdate()), next_owner=staff.wang.pk, why="写错",
    )  # fmt: skip
    assert corrected.status_code == 302
    assert Report.objects.latest("pk").promise == report.promise


def test_a_report_that_lacks_something_comes_back_with_it(staff, now):
    visit = arrive(staff.wang, staff.wangs_pharmacy, now, now=now)
    answer = post(
        staff.wang, "visits:report", visit.pk, left_at=local(now), achieved="done", met="何平", next_step="再来",
        next_on=str(timezone.localdate()), next_owner=staff.wang.pk, **{"stock-code": ["XX"], "stock-units": ["4"]},
    )  # fmt: skip
    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_photos_remarks_and_companions(staff, now):
    visit = arrive(staff.wang, staff.wangs_hospital, now, now=now)
    upload = SimpleUploadedFile("a.png", PIXEL, "image/png")
    assert post(staff.wang, "visits:add_photo", visit.pk, file=upload, says="门头", cleared="on").status_code == 302
    wrong = SimpleUploadedFile("a.png", b"%PDF-1.4 x", "image/png")
    assert post(staff.wang, "visits:add_photo", visit.pk, file=wrong, cleared="on").status_code == 422
    photo = Photo.objects.get()
    assert client_of(staff.li).get(reverse("visits:photo", args=[photo.pk])).content == PIXEL
    assert client_of(staff.zhou).get(reverse("visits:photo", args=[photo.pk])).status_code == 404
    assert post(staff.li, "visits:remark", visit.pk, words="带财务去").status_code == 302
    assert post(staff.li, "visits:remark", visit.pk, words=" ").status_code == 422
    assert post(staff.wang, "visits:join", visit.pk, person=staff.li.pk).status_code == 302
    page = client_of(staff.wang).get(reverse("visits:visit", args=[visit.pk])).content.decode()
    assert "带财务去" in page
    assert "门头" in page


def test_quality_reports_a_hint_from_its_page(staff, now):
    visit = arrive(staff.wang, staff.wangs_hospital, now, now=now)
    tell(visit, at=now + timedelta(hours=1), adverse=True, adverse_note="服药后皮疹一例")
    hint = AdverseHint.objects.get()
    assert "服药后皮疹一例" in client_of(staff.wu).get(reverse("visits:adverse")).content.decode()
    assert client_of(staff.wang).get(reverse("visits:adverse")).status_code == 403
    assert post(staff.wu, "visits:report_adverse", hint.pk, number=" ").status_code == 422
    assert post(staff.wu, "visits:report_adverse", hint.pk, number="ADR-1").status_code == 302
    assert AdverseHint.objects.get().number == "ADR-1"


def test_the_checklist_is_signed_on_its_page(staff):
    place = staff.wangs_hospital
    words = {f"words-{code}": text for code, text in WORDS.items()}
    shown = client_of(staff.wang).get(reverse("visits:checklist", args=[place.pk])).content.decode()
    assert "十八项" in shown
    refused = post(staff.wang, "visits:checklist", place.pk, purpose=["order"], seen=SEEN[1:], **words)
    assert refused.status_code == 422
    signed = post(staff.wang, "visits:checklist", place.pk, purpose=["order"], seen=SEEN, **words)
    assert signed.status_code == 302
    page = client_of(staff.li).get(reverse("visits:signed", args=[Checklist.objects.get().pk])).content.decode()
    assert "签回对账单" in page


def test_the_medical_brief_and_checklist_hold_no_money(staff):
    place = staff.wangs_hospital
    invoice(staff, "I77319", timezone.localdate() - timedelta(days=40), 7_731_913)
    for name in ("visits:brief", "visits:checklist"):
        seen = client_of(staff.zhou).get(reverse(name, args=[place.pk])).content.decode()
        assert "77,319.13" not in seen
        assert "77,319.13" in client_of(staff.wang).get(reverse(name, args=[place.pk])).content.decode()
        assert client_of(staff.sun).get(reverse(name, args=[place.pk])).status_code == 404


@pytest.mark.parametrize("purpose", ["order", "reconcile", "collect"])
def test_the_medical_doors_let_no_trade_through(staff, now, purpose):
    place = staff.wangs_hospital
    page = post(
        staff.zhou, "visits:check_in", terminal=place.pk, arrived_at=local(now), how="phone", purposes=[purpose],
        unplanned_why="顺路",
    )  # fmt: skip
    given = {
        "terminal": place.pk,
        "arrived_at": now.isoformat(),
        "how": "phone",
        "purposes": [purpose],
        "unplanned_why": "顺路",
    }
    told = api(staff.zhou, "post", "/visits", given)
    assert (page.status_code, told.status_code, told.json()["code"]) == (422, 422, "purpose_not_for_medical")
    assert not Visit.objects.exists()


def test_lists_cost_the_same_however_long(staff, now, django_assert_max_num_queries):
    for n in range(3):
        arrive(staff.wang, staff.wangs_hospital, now - timedelta(hours=n), now=now)
    client = client_of(staff.wang)
    client.get(reverse("visits:list"))
    with django_assert_max_num_queries(20):
        assert "荆门市第一人民医院" in client.get(reverse("visits:list")).content.decode()
    for n in range(6):
        arrive(staff.wang, staff.wangs_hospital, now - timedelta(minutes=n), now=now)
    with django_assert_max_num_queries(20):
        client.get(reverse("visits:list"))
    assert client_of(staff.li).get(reverse("visits:list") + "?format=xlsx").status_code == 200
    assert "还没有拜访" in client_of(staff.sun).get(reverse("visits:list")).content.decode()


def test_the_desk_says_what_is_planned_made_and_owed(staff, now):
    day = timezone.localdate(now)
    plan_stop(staff.wang, staff.wangs_pharmacy, day, aim="谈妥年底备货")
    old = arrive(staff.wang, staff.wangs_hospital, now - timedelta(days=2), now=now)
    assert queries.due(staff.wang, day - timedelta(days=6), day) == queries.Due(1, 0)
    tell(old, at=now, next_on=day)
    assert queries.due(staff.wang, day - timedelta(days=6), day) == queries.Due(0, 1)
    today = arrive(staff.wang, staff.wangs_hospital, now, now=now)
    assert queries.due(staff.wang, day - timedelta(days=6), day) == queries.Due(1, 0)
    panel = client_of(staff.wang).get(reverse("desk:today_visits")).content.decode()
    assert "谈妥年底备货" in panel
    assert reverse("visits:visit", args=[today.pk]) in panel
    assert "次拜访没有写记录" in client_of(staff.wang).get(reverse("desk:today")).content.decode()
    assert client_of(staff.qian).get(reverse("desk:today_visits")).status_code == 403
    card = reverse("desk:terminal", args=[staff.wangs_hospital.pk])
    assert reverse("visits:visit", args=[old.pk]) in client_of(staff.wang).get(card).content.decode()
    assert reverse("visits:visit", args=[old.pk]) not in client_of(staff.zhou).get(card).content.decode()


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_a_visit_goes_through_the_api_once_for_its_key(staff, now):
    place = staff.wangs_hospital
    plan_stop(staff.wang, place, timezone.localdate(now))
    given = {
        "terminal": place.pk,
        "arrived_at": now.isoformat(),
        "lat_e6": 31_000_000,
        "lon_e6": 112_000_000,
        "consented": True,
    }
    headers = {"Idempotency-Key": "phone-1"}
    first = client_of_api(staff.wang, "post", "/api/visits/visits", given, headers)
    again = client_of_api(staff.wang, "post", "/api/visits/visits", given, headers)
    assert (first.status_code, first.json()) == (201, again.json())
    visit = first.json()["id"]
    told = {
        "left_at": now.isoformat(), "achieved": "done", "met": [{"name": "何平"}], "next_step": "再来",
        "next_on": str(timezone.localdate(now)),
    }  # fmt: skip
    assert api(staff.wang, "post", f"/visits/{visit}/report", told).status_code == 201
    whole = api(staff.wang, "get", f"/visits/{visit}").json()
    assert (whole["achieved"], whole["reports"][0]["met"], whole["purposes"]) == (
        "done", [{"name": "何平", "job": ""}], ["order"],
    )  # fmt: skip
    fixed = told | {"next_step": "改天再来", "why": "写错"}
    assert api(staff.wang, "post", f"/reports/{whole['report']}/correct", fixed).status_code == 201
    assert api(staff.li, "post", f"/visits/{visit}/remarks", {"words": "好"}).status_code == 201
    assert api(staff.li, "get", "/visits").json()["count"] == 1
    assert api(staff.zhou, "get", f"/visits/{visit}").status_code == 404


def test_briefs_and_checklists_as_json(staff):
    place = staff.wangs_hospital
    invoice(staff, "I1", timezone.localdate() - timedelta(days=40), 500_00)
    brief = api(staff.wang, "get", f"/briefs/{place.pk}").json()
    assert (brief["money"]["overdue_fen"], brief["card"]["name"]) == (500_00, place.name)
    assert api(staff.zhou, "get", f"/briefs/{place.pk}").json()["money"] is None
    lines = api(staff.wang, "get", f"/checklists/{place.pk}").json()["lines"]
    assert [line["number"] for line in lines] == list(range(1, 19))
    signed = api(
        staff.wang, "post", "/checklists",
        {"terminal": place.pk, "day": str(timezone.localdate()), "purposes": ["order"], "seen": list(SEEN), "words": WORDS},
    )  # fmt: skip
    assert signed.status_code == 201


def test_a_terminal_there_is_not_is_not_found_by_whoever_sees_everything(staff):
    for path in ("/briefs/999999", "/checklists/999999", "/visits/999999"):
        assert api(staff.zheng, "get", path).status_code == 404
