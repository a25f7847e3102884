"""The licence report, vetoes and suspensions by page and as JSON; only quality lifts a veto."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate
from pypdf import PdfReader
from tests import cast

from kewei.journal.models import Fact
from kewei.terminals import actions, queries, rules
from kewei.terminals.models import Licence, LicenceImage, Suspension, Terminal, Veto

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def licence(staff):
    return actions.record_licence(
        terminal=staff.wangs_hospital, kind="medical", number="PDY1", valid_to=date(2029, 1, 1), by=staff.wang,
        now=cast.MORNING,
    )  # fmt: skip


@pytest.fixture
def ask(client):
    def asked(person, method, path, body=None):
        client.force_login(person)
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(f"/api/terminals{path}", **given)
        return answer.status_code, (answer.json() if answer.content else None)

    return asked


@pytest.fixture
def post(client):
    def posted(person, name, pk, **data):
        client.force_login(person)
        return client.post(reverse(f"terminals:{name}", args=[pk]), data)

    return posted


def test_the_report_says_what_is_required_held_and_missing(staff, licence, ask, client):
    hospital = staff.wangs_hospital
    status, found = ask(staff.wang, "get", f"/{hospital.pk}/papers")
    assert (status, found["required"]) == (200, [{"one_of": ["medical"], "held": True}])
    assert [(one["number"], one["verified_how"], one["pages"]) for one in found["held"]] == [("PDY1", "", 0)]
    assert [f["rule"] for f in found["findings"]] == ["paper_unverified", "buyer_missing"]
    page = client.get(reverse("terminals:papers", args=[hospital.pk])).content.decode()
    assert "PDY1" in page
    assert ask(staff.sun, "get", f"/{hospital.pk}/papers")[0] == 404


def test_asking_for_a_report_costs_the_same_however_many_papers(staff, licence, client, django_assert_max_num_queries):
    client.force_login(staff.wang)
    url = reverse("terminals:papers", args=[staff.wangs_hospital.pk])
    for n in range(30):
        actions.record_licence(
            terminal=staff.wangs_hospital, kind="business", number=f"B{n}", by=staff.wang, now=cast.MORNING
        )
    with django_assert_max_num_queries(25):
        client.get(url)


def test_quality_vetoes_and_nobody_else_lifts(staff, ask, post):
    hospital = staff.wangs_hospital
    assert ask(staff.wang, "post", f"/{hospital.pk}/vetoes", {"reason": "x"})[0] == 403
    status, found = ask(staff.wu, "post", f"/{hospital.pk}/vetoes", {"reason": "冷链不合格", "scope_class": "生物制品"})
    assert (status, found["vetoes"][0]["scope_class"]) == (201, "biological")
    veto = Veto.objects.get()
    for person in (staff.wang, staff.li, staff.feng, staff.tao, staff.zheng):
        assert ask(person, "post", f"/vetoes/{veto.pk}/lift", {"why": "急"})[0] in (403, 404)
        assert post(person, "lift_veto", veto.pk, why="急").status_code in (403, 404)
    veto.refresh_from_db()
    assert veto.lifted_at is None
    assert ask(staff.wu, "post", f"/vetoes/{veto.pk}/lift", {"why": "整改完成"})[0] == 204
    assert ask(staff.wu, "get", f"/{hospital.pk}/papers")[1]["vetoes"] == []
    assert ask(staff.wu, "post", f"/vetoes/{veto.pk}/lift", {"why": "再来"})[0] == 409


def test_a_veto_by_page(staff, post, client):
    hospital = staff.wangs_hospital
    assert post(staff.wu, "place_veto", hospital.pk, reason="").status_code == 422
    assert post(staff.wu, "place_veto", hospital.pk, reason="资质存疑").status_code == 302
    client.force_login(staff.wang)
    assert "资质存疑" in client.get(reverse("terminals:papers", args=[hospital.pk])).content.decode()


def test_a_licence_is_suspended_and_good_again(staff, licence, ask):
    path = f"/licences/{licence.pk}/suspension"
    assert ask(staff.wang, "post", path, {"reason": "x"})[0] == 403
    assert ask(staff.wu, "post", path, {"reason": "吊销", "revoked": True})[0] == 204
    assert ask(staff.wu, "post", path, {"reason": "吊销"})[0] == 409
    found = ask(staff.wang, "get", f"/{licence.terminal_id}/papers")[1]
    assert (found["held"][0]["suspended"], found["findings"][0]["rule"]) == ("吊销", "paper_suspended")
    assert ask(staff.wu, "delete", path)[0] == 204
    assert Suspension.objects.filter(lifted_at=None).count() == 0


def test_a_page_of_a_licence_is_kept_shown_and_noted(staff, licence, post, client):
    file = SimpleUploadedFile("证.png", PNG, "image/png")
    assert post(staff.wang, "add_licence_image", licence.pk, file=file, sealed="on").status_code == 302
    image = LicenceImage.objects.get()
    assert image.sealed
    url = reverse("terminals:licence_image", args=[image.pk])
    answer = client.get(url)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (body, answer["X-Content-Type-Options"]) == (PNG, "nosniff")
    assert Fact.objects.filter(subject=f"terminals.licenceimage:{image.pk}").exists()
    client.force_login(staff.sun)
    assert client.get(url).status_code == 404


def test_the_work_list_is_narrowed_by_kind_and_owner(staff, licence, client):
    for terminal, kind in ((staff.wangs_hospital, "business"), (staff.suns_clinic, "medical")):
        actions.record_licence(
            terminal=terminal, kind=kind, number=f"{kind}-{terminal.code}", valid_to=cast.MORNING.date(),
            by=terminal.owner, now=cast.MORNING,
        )  # fmt: skip
    client.force_login(staff.zheng)
    url = reverse("terminals:licences")
    both = client.get(url).content.decode()
    by_kind = client.get(url, {"kind": "business"}).content.decode()
    by_owner = client.get(url, {"owner": staff.sun.pk}).content.decode()
    hospitals, clinics = f"business-{staff.wangs_hospital.code}", f"medical-{staff.suns_clinic.code}"
    assert (hospitals in both, clinics in both) == (True, True)
    assert (hospitals in by_kind, clinics in by_kind) == (True, False)
    assert (hospitals in by_owner, clinics in by_owner) == (False, True)
    assert Licence.objects.count() == 3


@pytest.mark.parametrize(
    ("beds", "verified_on", "due"),
    [
        (99, date(2026, 1, 10), date(2027, 1, 10)),
        (100, date(2024, 1, 10), date(2027, 1, 10)),
        (None, date(2026, 1, 10), date(2027, 1, 10)),
        (100, date(2024, 2, 29), date(2027, 2, 28)),
        (99, date(2024, 2, 29), date(2025, 2, 28)),
        (100, date(2026, 1, 10), None),
    ],
)
def test_a_hospital_due_for_verification_is_on_the_work_list(staff, beds, verified_on, due):
    hospital = staff.wangs_hospital
    Terminal.objects.filter(pk=hospital.pk).update(beds=beds)
    actions.record_licence(
        terminal=hospital, kind="medical", number="PDY1", long_term=True, verified_how="original",
        verified_on=verified_on, by=staff.wu, now=cast.MORNING,
    )  # fmt: skip
    rows, count = queries.licences_ending(staff.wang, date(2026, 11, 23))
    assert [row.ends_on for row in rows] == ([due] if due else [])
    assert count == len(rows)
    assert not [row for row in rows if row.state != ("ending" if due > date(2026, 11, 22) else "expired")]


def test_the_authoritys_last_inspection_goes_before_the_day_quality_saw_the_paper(staff):
    """The card, the work list and the gate count with the same day, and it lies not ahead of its inspection."""
    hospital = staff.wangs_hospital
    Terminal.objects.filter(pk=hospital.pk).update(beds=50)
    given = {"terminal": hospital, "kind": "medical", "number": "PDY9", "valid_to": date(2029, 1, 1)}
    today = cast.MORNING.date()
    with pytest.raises(rules.InspectedInFuture):
        actions.record_licence(**given, inspected_on=date(2026, 12, 1), by=staff.wu, now=cast.MORNING)
    actions.record_licence(
        **given, inspected_on=date(2025, 6, 1), verified_how="original", verified_on=date(2026, 11, 1), by=staff.wu,
        now=cast.MORNING,
    )  # fmt: skip
    due = date(2026, 6, 1)
    (paper,) = queries.papers_of([hospital.pk], today)[hospital.pk].licences
    (ending,), _count = queries.licences_ending(staff.wang, today)
    (card,) = queries.card(staff.wang, hospital.pk, today).licences
    assert (paper.verify_by, ending.ends_on, card.verify_by) == (due, due, due)
    assert (ending.state, card.state, card.inspected_on) == ("expired", "expired", date(2025, 6, 1))


def test_the_letter_and_the_seal_of_an_authorised_person(staff, licence, post, ask, client):
    """Kept, shown in the report, downloaded with a note; of somebody else's customer there is none."""
    hospital = staff.wangs_hospital
    person = actions.add_authorised(
        terminal=hospital, name="司马采薇", kinds=["buy", "receive"], valid_to=date(2027, 6, 1), by=staff.wang,
        now=cast.MORNING,
    )  # fmt: skip
    assert post(staff.sun, "add_authorised_paper", person.pk, which="seal").status_code in {403, 404}
    assert post(staff.wang, "add_authorised_paper", person.pk, which="seal").status_code == 422
    for which in ("letter", "seal"):
        scan = SimpleUploadedFile(f"{which}.png", PNG)
        assert post(staff.wang, "add_authorised_paper", person.pk, which=which, file=scan).status_code == 302
        got = client.get(reverse("terminals:authorised_paper", args=[person.pk, which]))
        assert (got.content, got["Content-Type"]) == (PNG, "image/png")
    assert client.get(reverse("terminals:authorised_paper", args=[person.pk, "name"])).status_code == 404
    assert Fact.objects.filter(name="terminals.authorised_paper_kept").count() == 2
    assert Fact.objects.filter(name="journal.sensitive_read").count() == 2
    _status, found = ask(staff.wang, "get", f"/{hospital.pk}/papers")
    assert [(one["name"], one["good"], one["letter"], one["seal"]) for one in found["authorised"]] == [
        ("司马采薇", True, True, True)
    ]
    assert [(one.name, one.seal) for one in queries.authorised_persons(hospital.pk)] == [("司马采薇", True)]
    actions.end_authorised(authorised=person, by=staff.wang, now=cast.MORNING)
    person.refresh_from_db()
    with pytest.raises(rules.AlreadyEnded):
        actions.keep_authorised_paper(
            authorised=person, which="seal", attachment=person.letter, by=staff.wang, now=cast.MORNING
        )
    client.force_login(staff.sun)
    assert client.get(reverse("terminals:authorised_paper", args=[person.pk, "seal"])).status_code == 404


def test_the_report_on_paper_says_what_the_page_says(staff, licence, client):
    hospital = staff.wangs_hospital
    actions.place_veto(terminal=hospital, reason="假药调查", by=staff.wu, now=cast.MORNING)
    actions.add_authorised(terminal=hospital, name="司马采薇", kinds=["buy"], by=staff.wang, now=cast.MORNING)
    client.force_login(staff.wang)
    answer = client.get(reverse("terminals:papers_pdf", args=[hospital.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages))
    said = (
        "客户证照报告",
        hospital.code,
        "医疗机构执业许可证",
        "PDY1",
        "未核验",
        "司马采薇",
        "无效",
        "质管否决：假药调查",
    )
    assert not [words for words in said if words not in text]
    client.force_login(staff.sun)
    assert client.get(reverse("terminals:papers_pdf", args=[hospital.pk])).status_code == 404


def test_papers_of_the_past_are_what_was_known_then(staff):
    """Whatever is done later, asking for an earlier moment answers what was answered at that moment."""
    hospital, licence, veto, person = staff.wangs_hospital, None, None, None
    given = {"terminal": hospital, "kind": "medical", "valid_to": date(2029, 1, 1), "by": staff.wu}

    def renew(now):
        return actions.record_licence(**given, number="PDY2", replaces=licence, now=now)

    told = []

    def at(days):
        return cast.MORNING + timedelta(days=days)

    def snapshot(days):
        day = localdate(at(days))
        told.append((day, at(days) + timedelta(hours=1), queries.papers_of([hospital.pk], day)))

    snapshot(0)
    licence = actions.record_licence(**given, number="PDY1", now=at(1))
    snapshot(1)
    actions.verify_licence(licence=licence, how="original", by=staff.wu, now=at(2))
    veto = actions.place_veto(terminal=hospital, reason="抽检", by=staff.wu, now=at(2))
    snapshot(2)
    actions.suspend_licence(licence=licence, reason="停业", by=staff.wu, now=at(3))
    person = actions.add_authorised(terminal=hospital, name="司马", kinds=["buy"], by=staff.wang, now=at(3))
    snapshot(3)
    actions.unsuspend_licence(licence=licence, by=staff.wu, now=at(4))
    actions.lift_veto(veto=veto, why="合格", by=staff.wu, now=at(4))
    snapshot(4)
    renew(at(5))
    actions.close_terminal(terminal=hospital, reason="搬迁", by=staff.li, now=at(5))
    actions.end_authorised(authorised=person, by=staff.wang, now=at(5))
    snapshot(5)
    assert len({repr(papers) for _day, _before, papers in told}) == len(told)
    for ids in ([hospital.pk], [hospital.pk, staff.suns_clinic.pk]):
        for day, before, papers in told:
            assert queries.papers_of(ids, day, before=before)[hospital.pk] == papers[hospital.pk]
