"""Letters through their pages: from the draft to the arrival, the text's editor, many at once."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Letter
from kewei.collecting.queries import clocks, letter_paper
from kewei.collecting.rules.letters import NotItsGuarantor
from kewei.collecting.rules.wordings import SHIPPED
from kewei.collecting.tests.owing import invoice, our_company
from kewei.credit import actions as credit
from kewei.journal.actions import keep_attachment
from kewei.kernel.ids import new_key

DUE = date(2026, 3, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    our_company(staff)
    return staff


def url(name, *args):
    return reverse(f"collecting:{name}", args=args)


def post(client, name, *args, **given):
    return client.post(url(name, *args), {"form_key": new_key(), **given})


def test_a_letter_walks_through_its_page(staff, client):
    item = invoice(staff, "26420000000000000001", DUE, 1_000_00)
    client.force_login(staff.zhao)
    assert "这里" not in client.get(url("letters")).content.decode()
    assert client.get(url("letter_new")).status_code == 200
    page = client.get(url("letter_new"), {"terminal": staff.wangs_hospital.pk, "kind": "demand"}).content.decode()
    assert "26420000000000000001" in page
    where = f"{url('letter_new')}?terminal={staff.wangs_hospital.pk}&kind="
    nothing = client.post(where + "demand", {"form_key": new_key()})
    assert nothing.status_code == 422
    lacking = client.post(where + "instalments", {"form_key": new_key(), "item": item.pk, "plan": "2026-12-31 1"})
    assert "不一致" in lacking.content.decode()
    answer = client.post(where + "demand", {"form_key": new_key(), "item": item.pk})
    letter = Letter.objects.get()
    assert answer.headers["Location"] == url("letter", letter.pk)
    draft = client.get(url("letter", letter.pk)).content.decode()
    assert "等待起草人以外" in draft
    assert client.get(url("letter_pdf", letter.pk)).content.startswith(b"%PDF")

    client.force_login(staff.he)
    assert post(client, "letter_seal", letter.pk, decision="approve").status_code == 302
    client.force_login(staff.zhao)
    missing = post(client, "letter_send", letter.pk, channel="ems", on=letter.day.isoformat())
    assert "内件品名写「催款函」" in missing.content.decode()
    sent = post(
        client, "letter_send", letter.pk, channel="ems", on=letter.day.isoformat(), waybill="E1", content_named="on"
    )
    assert sent.status_code == 302
    arrived = post(
        client,
        "letter_arrive",
        letter.pk,
        outcome="arrived",
        on=letter.day.isoformat(),
        signer="张",
        signer_role="mailroom",
    )
    assert arrived.status_code == 302
    assert "待证" in client.get(url("letter", letter.pk)).content.decode()
    told = client.get(f"/api/collecting/letters/{letter.pk}").json()
    assert (told["state"], told["total_fen"], told["lines"][0]["fen"]) == ("arrived", 1_000_00, 1_000_00)
    assert told["arrivals"][0]["strength"] == "weak"
    assert client.get("/api/collecting/letters", {"state": "arrived"}).json()["count"] == 1
    assert client.get(f"/api/collecting/evidence/{item.pk}").json()["points"] == 5
    for stranger in (staff.sun, staff.zhou):
        client.force_login(stranger)
        assert client.get(url("letter", letter.pk)).status_code in (403, 404)


def test_many_are_sealed_and_taken_along_at_once_by_a_list_that_stays_cheap(staff, client, django_assert_num_queries):
    terminals = [staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic]
    items = [invoice(staff, f"2642000000000000000{n}", DUE, 1_000_00, t) for n, t in enumerate(terminals)]
    client.force_login(staff.zhao)

    def draft(n):
        client.post(
            f"{url('letter_new')}?terminal={terminals[n].pk}&kind=demand", {"form_key": new_key(), "item": items[n].pk}
        )

    draft(0)
    client.get(url("letters"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("letters"))
        cost = len(few)
    draft(1)
    draft(2)
    with django_assert_num_queries(cost):
        assert "益丰大药房中山路店" in client.get(url("letters")).content.decode()
    ids = list(Letter.objects.values_list("pk", flat=True))
    client.force_login(staff.he)
    post(client, "letters_seal", id=ids)
    assert set(Letter.objects.values_list("state", flat=True)) == {"ready"}
    there = post(client, "letters_bundle", id=ids).headers["Location"]
    while "下载压缩包" not in client.get(there).content.decode():
        client.post(there)
    archive = ZipFile(BytesIO(b"".join(client.get(there + "file").streaming_content)))
    assert len(archive.namelist()) == 3
    assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())


def test_a_text_is_seen_before_it_is_kept_and_keeps_its_sentences(staff, client):
    client.force_login(staff.he)
    assert "第一次催款函" in client.get(url("wordings")).content.decode()
    text = SHIPPED["demand"]
    seen = post(client, "wording", "demand", title="催款函", body="新的开头。\n" + text.body, do="preview")
    assert "新的开头。" in seen.content.decode()
    lacking = post(client, "wording", "demand", title="催款函", body=text.body.replace("【请求付款】", ""), do="save")
    assert lacking.status_code == 422
    assert "请求付款" in lacking.content.decode()
    assert (
        post(client, "wording", "demand", title="催款函", body="新的开头。\n" + text.body, do="save").status_code == 302
    )
    page = client.get(url("wording", "demand")).content.decode()
    assert "第 1 版" in page
    assert client.get(url("wording_sample", "demand")).content.startswith(b"%PDF")
    assert client.get(url("wording", "nonsense")).status_code == 404
    client.force_login(staff.wang)
    assert post(client, "wording", "demand", title="x", body="y").status_code == 403


def test_a_notice_to_a_guarantor_goes_to_one_of_the_register(staff, client):
    item = invoice(staff, "26420000000000000001", DUE, 1_000_00)
    today = timezone.localdate()
    client.force_login(staff.zhao)
    where = f"{url('letter_new')}?terminal={staff.wangs_hospital.pk}&kind=guarantee"
    # Typed only while nothing is recorded.
    assert 'name="counterpart"' in client.get(where).content.decode()
    guarantee = credit.record_security(
        terminal=staff.wangs_hospital, kind="guarantee_joint", fen=900_00, guarantor="荆门医药集团",
        since=today - timedelta(days=300), until=today + timedelta(days=40), by=staff.zhao, now=timezone.now(),
    )  # fmt: skip
    page = client.get(where).content.decode()
    assert 'name="counterpart"' not in page
    assert "荆门医药集团" in page
    typed = {"form_key": new_key(), "item": item.pk, "counterpart": "别的公司"}
    assert client.post(where, typed).status_code == 422
    with pytest.raises(NotItsGuarantor):
        actions.draft_letter(
            terminal=staff.wangs_hospital, kind="guarantee", item_ids=[item.pk], given={"counterpart": "别的公司"},
            by=staff.zhao, now=timezone.now(),
        )  # fmt: skip
    assert client.post(where, {"form_key": new_key(), "item": item.pk, "security": guarantee.pk}).status_code == 302
    letter = Letter.objects.get()
    assert letter.given == {
        "security": guarantee.pk,
        "counterpart": "荆门医药集团",
        "counterpart_until": (today + timedelta(days=40)).isoformat(),
    }
    paper = letter_paper.paper_of(letter)
    assert paper["to"] == "荆门医药集团"

    # Provably there, it is the claim the guarantee's own clock waits for.
    now = timezone.now()
    actions.approve_letter(letter=letter, by=staff.he, now=now)
    actions.note_sent(letter=letter, channel="hand", on=today, by=staff.zhao, now=now)
    proof = keep_attachment(filename="签收.pdf", content=PDF, verb="collecting.letter", by=staff.zhao, now=now)
    actions.note_arrived(
        letter=letter, arrived=True, on=today, signer_role="mailroom", proof=proof, by=staff.zhao, now=now
    )
    claimed = clocks.guarantees(staff.zhao, today)[0].clock
    assert claimed.state != "running"
