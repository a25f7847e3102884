"""How well an invoice can be proved, and the pack for counsel (docs/algorithms/evidence.md, domain 4.6)."""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import EvidencePack
from kewei.collecting.queries import clocks
from kewei.collecting.queries import evidence as asking
from kewei.collecting.rules import evidence as rules
from kewei.collecting.rules.evidence import EVIDENCE, Traces
from kewei.collecting.tests.owing import NOW, TODAY, invoice, our_company, pay
from kewei.journal.actions import keep_attachment
from kewei.kernel.ids import new_key
from kewei.kernel.policies import BadPolicy
from kewei.kernel.refusals import NotFound
from kewei.receivables import actions as receivables

PAGE = Path(__file__).parents[4] / "docs" / "algorithms" / "evidence.md"
POLICY = EVIDENCE.read(EVIDENCE.body)
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF"
FLAGS = set(Traces.__dataclass_fields__) - {"demand", "papers"}


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    our_company(staff)
    return staff


def traces_of(words: str) -> Traces:
    """`delivered received demand=strong paper=contract` as traces."""
    given: dict = {"papers": set()}
    for word in words.split():
        name, _equals, value = word.partition("=")
        if name == "paper":
            given["papers"].add(value)
        elif name == "demand":
            given["demand"] = value
        elif name != "–":
            assert name in FLAGS, name
            given[name] = True
    return Traces(**{**given, "papers": frozenset(given["papers"])})


def test_the_worked_table_of_the_page_holds():
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    table = [row for row in rows if len(row) == 3 and row[1].isdigit()]
    assert len(table) >= 10
    for words, points, gap in table:
        found = rules.score(traces_of(words.strip("`")), POLICY)
        assert (found.points, (found.gaps or ("–",))[0]) == (int(points), gap), words


def test_every_trace_only_ever_helps():
    """Whatever there is, one more trace never lowers the score; everything makes 100."""
    everything = Traces(**dict.fromkeys(FLAGS, True), demand="strong", papers=frozenset({"acceptance"}))
    assert rules.score(everything, POLICY).points == 100
    have = ""
    points = rules.score(traces_of(have or "–"), POLICY).points
    for word in [*sorted(FLAGS), "demand=fair", "demand=strong", *(f"paper={kind}" for kind in rules.PARTS)]:
        have += f" {word}"
        more = rules.score(traces_of(have), POLICY).points
        assert more >= points, have
        points = more


def test_weights_make_a_hundred():
    with pytest.raises(BadPolicy):
        EVIDENCE.read({**EVIDENCE.body, "weights": {**EVIDENCE.body["weights"], "payment": 6}})


def test_the_score_follows_what_happens(staff, django_assert_num_queries):
    item = invoice(staff, "26420000000000000001", TODAY - timedelta(days=40), 1_000_00)
    plain = asking.scores([item.pk], TODAY)[item.pk].points
    assert plain == 5
    assert rules.is_low(plain, 40, POLICY)
    assert not rules.is_low(plain, 30, POLICY)
    pay(staff, "SK1", 100_00)
    assert asking.scores([item.pk], TODAY)[item.pk].points == 10
    statement = receivables.make_statement(
        terminal=staff.wangs_hospital, first=date(2026, 1, 1), last=date(2026, 10, 31), closing_fen=1, mark="m", form="pdf",
        by=staff.qian, now=NOW,
    )  # fmt: skip
    receivables.sign_back(
        statement=statement, agrees=True, signer="李", job="会计", seal="finance", on=TODAY, by=staff.qian, now=NOW
    )
    assert asking.scores([item.pk], TODAY)[item.pk].points == 25
    kept = keep_attachment(filename="合同.pdf", content=PDF, verb="collecting.contact", by=staff.wang, now=NOW)
    paper = actions.add_evidence(entry=item.pk, kind="contract", attachment=kept, by=staff.wang, now=NOW)
    assert asking.scores([item.pk], TODAY)[item.pk].points == 40
    actions.end_evidence(paper=paper, by=staff.wang, now=NOW)
    assert asking.scores([item.pk], TODAY)[item.pk].points == 25
    with pytest.raises(rules.UnknownPaper):
        actions.add_evidence(entry=item.pk, kind="gossip", attachment=kept, by=staff.wang, now=NOW)
    more = [invoice(staff, f"2642000000000000010{n}", TODAY - timedelta(days=40), 1_00) for n in range(5)]
    asking.scores([item.pk], TODAY)
    with django_assert_num_queries(8):
        asking.scores([item.pk, *(one.pk for one in more)], TODAY)
    with pytest.raises(NotFound):
        asking.evidence_of(staff.sun, item.pk, TODAY)


def test_a_signed_statement_restarts_the_clock_of_what_was_open_and_of_nothing_later(staff):
    old = invoice(staff, "26420000000000000001", date(2026, 3, 1), 1_000_00)
    later = invoice(staff, "26420000000000000002", date(2026, 11, 20), 1_000_00, on=date(2026, 11, 5))
    statement = receivables.make_statement(
        terminal=staff.wangs_hospital, first=date(2026, 1, 1), last=date(2026, 10, 31), closing_fen=1, mark="m", form="pdf",
        by=staff.qian, now=NOW,
    )  # fmt: skip
    signed = {"statement": statement, "agrees": True, "signer": "李", "job": "会计", "on": date(2026, 11, 10)}
    receivables.sign_back(**signed, seal="finance", by=staff.qian, now=NOW)
    doubtful = clocks.limitation_of([old.pk], TODAY)[old.pk]
    assert doubtful.clock.last_day == date(2029, 3, 1)
    assert doubtful.hoped_day == date(2029, 11, 12)  # 10 November 2029 is a Saturday
    kept = keep_attachment(filename="回签.pdf", content=PDF, verb="receivables.statement", by=staff.qian, now=NOW)
    receivables.sign_back(**signed, seal="finance", paper=kept, by=staff.qian, now=NOW)
    assert clocks.limitation_of([old.pk], TODAY)[old.pk].clock.last_day == date(2029, 11, 12)
    assert clocks.limitation_of([later.pk], TODAY)[later.pk].clock.counted == ()


def test_a_pack_holds_every_file_and_an_index(staff, client):
    item = invoice(staff, "26420000000000000001", TODAY - timedelta(days=40), 1_000_00)
    where = reverse("collecting:evidence", args=[item.pk])
    client.force_login(staff.zhao)
    assert "补随货同行单" in client.get(where).content.decode()
    given = {"form_key": new_key(), "kind": "delivery", "file": SimpleUploadedFile("送货单.pdf", PDF), "note": "签收联"}
    assert client.post(where, given).status_code == 302
    letter = actions.draft_letter(
        terminal=staff.wangs_hospital, kind="demand", item_ids=[item.pk], by=staff.zhao, now=NOW
    )
    actions.approve_letter(letter=letter, by=staff.he, now=NOW)
    packing = reverse("collecting:evidence_pack")
    assert client.post(packing, {"id": item.pk}).status_code == 422
    answer = client.post(packing, {"id": item.pk, "recipient": "某某律师事务所"})
    assert answer.status_code == 200
    archive = ZipFile(BytesIO(answer.content))
    names = archive.namelist()
    assert names[-1] == "00 证据目录.pdf"
    assert [name[:2] for name in names[:-1]] == ["01", "02"]
    assert archive.read(names[0]) == PDF
    assert archive.read(names[1]).startswith(b"%PDF")
    kept = EvidencePack.objects.get()
    assert (kept.recipient, kept.files, kept.digest) == (
        "某某律师事务所",
        2,
        hashlib.sha256(answer.content).hexdigest(),
    )
    listed = reverse("collecting:evidence_list")
    assert "26420000000000000001" in client.get(listed).content.decode()
    one = client.get(listed, {"terminal": staff.wangs_hospital.pk}).content.decode()
    assert "某某律师事务所" in one
    elsewhere = invoice(staff, "26420000000000000002", TODAY - timedelta(days=40), 1_00, staff.suns_clinic)
    two = client.post(packing, {"id": [item.pk, elsewhere.pk], "recipient": "甲"})
    assert two.status_code == 422
    client.force_login(staff.sun)
    assert client.post(packing, {"id": item.pk, "recipient": "乙"}).status_code in (403, 404)
