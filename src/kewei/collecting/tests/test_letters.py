"""Letters ask for what is open and undisputed, are sealed by another hand, and prove that they arrived (docs/algorithms/letters.md)."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from tests import cast

from kewei.collecting import actions, papers
from kewei.collecting.models import Letter
from kewei.collecting.queries import letter_paper
from kewei.collecting.queries import letters as asking
from kewei.collecting.rules import letters as rules
from kewei.collecting.rules import wordings
from kewei.collecting.rules.letters import KINDS, LETTERS, Claim, LetterWanted
from kewei.collecting.rules.words import WORDS, ForbiddenWords, check_outgoing
from kewei.collecting.tests.owing import NOW, TODAY, invoice, our_company, pay
from kewei.journal.actions import keep_attachment
from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.terminals import actions as terminals

ROOT = Path(__file__).parents[4]
POLICY = LETTERS.read(LETTERS.body)
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF"


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def owing(staff):
    """Three invoices: 100 days over due, 10 days over due, and due next week."""
    our_company(staff)
    return (
        staff,
        invoice(staff, "26420000000000000001", TODAY - timedelta(days=100), 1_000_00),
        invoice(staff, "26420000000000000002", TODAY - timedelta(days=10), 500_50),
        invoice(staff, "26420000000000000003", TODAY + timedelta(days=7), 70_00),
    )


def draft(staff, kind, *items, by=None, **given):
    return actions.draft_letter(
        terminal=staff.wangs_hospital, kind=kind, item_ids=[item.pk for item in items], given=given,
        by=by or staff.zhao, now=NOW,
    )  # fmt: skip


# --- rules ----------------------------------------------------------------------------------------------------------


def test_the_worked_table_of_the_page_holds():
    page = (ROOT / "docs" / "algorithms" / "letters.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| ")
    ]
    table = [row for row in rows if row[0] in KINDS and len(row) == 8]
    assert len(table) >= 10
    for kind, due, opened, disputed, rate, asked, interest, until in table:
        claim = Claim(1, "F1", date(2026, 1, 1), date.fromisoformat(due), int(opened), int(disputed))
        lines = rules.lines_of(KINDS[kind], [claim], TODAY, int(rate))
        assert [str(line.fen) for line in lines] == ([] if asked == "–" else [asked]), (kind, due)
        if lines:
            assert str(lines[0].interest_fen) == interest
            assert rules.pay_by(KINDS[kind], lines, TODAY, POLICY).isoformat() == until


def test_nothing_but_the_listed_moves_is_made_whatever_the_order():
    """Every walk of eight steps through the states stays on the list."""
    walks = {(rules.DRAFT,)}
    for _step in range(8):
        longer = set()
        for walk, following in product(walks, rules.STATES):
            if following in rules.MOVES[walk[-1]]:
                rules.check_move(walk[-1], following)
                longer.add((*walk, following))
            else:
                with pytest.raises(rules.LetterMoved):
                    rules.check_move(walk[-1], following)
        walks = longer or walks
    ends = {state for state, onward in rules.MOVES.items() if not onward}
    assert ends == {rules.ARRIVED, rules.DROPPED}
    assert all(walk.index(rules.SENT) > walk.index(rules.READY) for walk in walks if rules.SENT in walk)


@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_text_keeps_its_sentences_and_knows_its_fields(kind):
    wordings.check_wording(kind, wordings.SHIPPED[kind])
    check_outgoing(wordings.SHIPPED[kind].body + "".join(wordings.FIXED.values()), WORDS.read(WORDS.body))
    for missing in wordings.REQUIRED[kind]:
        text = wordings.SHIPPED[kind]
        lacking = wordings.Wording(text.title, text.body.replace(f"【{missing}】", ""))
        with pytest.raises(wordings.WordingLacks) as why:
            wordings.check_wording(kind, lacking)
        assert missing in why.value.missing
    with pytest.raises(wordings.WordingUnknown):
        wordings.check_wording(kind, wordings.Wording("函", wordings.SHIPPED[kind].body + "{银行卡}"))


@pytest.mark.parametrize(
    ("channel", "role", "proof", "named", "strength"),
    [
        ("ems", "mailroom", True, True, "strong"),
        ("ems", "mailroom", True, False, "weak"),
        ("ems", "legal_rep", False, True, "weak"),
        ("hand", "authorised", True, True, "strong"),
        ("email", "unknown", True, True, "fair"),
        ("express", "unknown", True, True, "fair"),
    ],
)
def test_an_arrival_is_as_strong_as_its_proof(channel, role, proof, named, strength):
    assert rules.strength(channel, role, proof, named) == strength


# --- the way of a letter --------------------------------------------------------------------------------------------


def test_a_demand_goes_from_draft_to_arrival_with_the_ledgers_amounts(owing):
    staff, oldest, newer, _future = owing
    terminals.set_settlement(terminal=staff.wangs_hospital, late_rate_bp=5, by=staff.wang, now=NOW)
    letter = draft(staff, "demand", oldest, newer)
    assert (letter.state, letter.total_fen) == ("draft", 1_500_50)
    assert letter.interest_fen == 1_000_00 * 100 * 5 // 10_000 + 500_50 * 10 * 5 // 10_000
    paper = letter_paper.paper_of(letter)
    assert [line[5] for line in paper["lines"]] == ["1,000.00", "500.50"]
    assert paper["total"] == "1,500.50"
    text = "".join(paper["paragraphs"])
    assert "请求贵单位于2026年11月30日前支付" in text
    assert "壹仟伍佰圆伍角" in text.replace("元", "圆")
    assert "争议" not in text
    assert "每日万分之5" in text

    with pytest.raises(NotAllowed):
        actions.approve_letter(letter=letter, by=staff.zhao, now=NOW)
    with pytest.raises(rules.LetterMoved):
        actions.note_sent(letter=letter, channel="ems", on=TODAY, waybill="E1", by=staff.zhao, now=NOW)
    sealed = actions.approve_letter(letter=letter, by=staff.he, now=NOW)
    assert sealed.paper["mark"] == sealed.mark
    assert len(sealed.mark) == 16

    with pytest.raises(rules.SealedGoesOnPaper):
        actions.note_sent(letter=letter, channel="email", on=TODAY, by=staff.zhao, now=NOW)
    with pytest.raises(rules.WaybillMissing):
        actions.note_sent(letter=letter, channel="ems", on=TODAY, by=staff.zhao, now=NOW)
    with pytest.raises(rules.LetterDay):
        actions.note_sent(letter=letter, channel="ems", on=TODAY + timedelta(1), waybill="E1", by=staff.zhao, now=NOW)
    sent = actions.note_sent(letter=letter, channel="ems", on=TODAY, waybill="EA1234", by=staff.zhao, now=NOW)
    assert sent.sending.content == "催款函"

    proof = keep_attachment(filename="妥投.pdf", content=PDF, verb="collecting.letter", by=staff.zhao, now=NOW)
    arrived = actions.note_arrived(
        letter=letter,
        arrived=True,
        on=TODAY,
        signer="收发室",
        signer_role="mailroom",
        proof=proof,
        by=staff.zhao,
        now=NOW,
    )
    assert arrived.strength == "strong"
    demands = asking.arrived_demands([oldest.pk, newer.pk])
    assert [(d.effect, d.on, d.strength) for d in demands[oldest.pk]] == [("demand", TODAY, "strong")]
    assert set(demands) == {oldest.pk, newer.pk}
    told = list(
        Fact.objects.filter(name__startswith="collecting.letter").order_by("seq").values_list("name", flat=True)
    )
    assert told == [
        "collecting.letter_drafted", "collecting.letter_sealed", "collecting.letter_sent", "collecting.letter_arrived"
    ]  # fmt: skip
    card = asking.letter(staff.wang, letter.pk)
    assert card.row.state == "arrived"
    assert card.sending.waybill == "EA1234"
    assert card.arrivals[0].strength == "strong"
    with pytest.raises(NotFound):
        asking.letter(staff.sun, letter.pk)


def test_a_letter_over_what_is_open_is_neither_sealed_nor_sent(owing):
    staff, oldest, newer, _future = owing
    letter = draft(staff, "demand", oldest, newer)
    pay(staff, "SK1", 200_00)
    with pytest.raises(rules.LetterStale) as why:
        actions.approve_letter(letter=letter, by=staff.he, now=NOW)
    assert (why.value.letter_fen, why.value.now_fen) == (1_000_00, 800_00)
    renewed = actions.renew_letter(letter=letter, by=staff.zhao, now=NOW)
    assert renewed.total_fen == 1_300_50
    actions.approve_letter(letter=letter, by=staff.he, now=NOW)
    pay(staff, "SK2", 1_300_50)
    with pytest.raises(rules.LetterStale):
        actions.note_sent(letter=letter, channel="hand", on=TODAY, by=staff.zhao, now=NOW)
    with pytest.raises(rules.NothingToAskFor):
        actions.renew_letter(letter=letter, by=staff.zhao, now=NOW)
    actions.drop_letter(letter=letter, why="已付清", by=staff.zhao, now=NOW)
    assert asking.list_letters(staff.zhao)[1] == 0


def test_many_letters_are_drafted_once_and_replace_drafts(owing, django_assert_max_num_queries):
    staff, oldest, newer, future = owing
    terminal = staff.wangs_hospital.pk
    first = LetterWanted(terminal, "reminder", "ST2", (oldest.pk, newer.pk, future.pk))
    made = actions.draft_letters(wanted=[first], day=TODAY, by=staff.system, now=NOW)
    letter = Letter.objects.get(pk=made[0])
    assert (letter.state, letter.total_fen, letter.pay_by) == ("ready", 1_500_50, date(2026, 11, 30))
    assert actions.draft_letters(wanted=[first], day=TODAY, by=staff.system, now=NOW) == []
    higher = LetterWanted(terminal, "demand", "ST4", (oldest.pk, newer.pk))
    with django_assert_max_num_queries(30):
        actions.draft_letters(wanted=[higher], day=TODAY + timedelta(1), by=staff.system, now=NOW)
    assert [row.kind for row in asking.list_letters(staff.zhao)[0]] == ["demand"]
    other = LetterWanted(terminal, "reminder", "ST2", (newer.pk,))
    actions.draft_letters(wanted=[other], day=TODAY + timedelta(2), by=staff.system, now=NOW)
    assert [row.kind for row in asking.list_letters(staff.zhao)[0]] == ["reminder", "demand"]
    someone_elses = LetterWanted(staff.suns_clinic.pk, "reminder", "ST2", (oldest.pk,))
    assert actions.draft_letters(wanted=[someone_elses], day=TODAY, by=staff.system, now=NOW) == []
    with pytest.raises(NotFound):
        draft(staff, "demand", invoice(staff, "X1", date(2026, 3, 1), 1_00, staff.suns_clinic))


def test_agreements_need_what_they_are_about(owing):
    staff, oldest, _newer, future = owing
    with pytest.raises(rules.LetterNeeds):
        draft(staff, "instalments", oldest)
    with pytest.raises(rules.PlanDoesNotAdd):
        draft(staff, "instalments", oldest, plan=[["2026-12-31", 999_99]])
    with pytest.raises(rules.PlanOutOfOrder):
        draft(staff, "instalments", oldest, plan=[["2026-12-31", 500_00], ["2026-12-01", 500_00]])
    letter = draft(staff, "reconfirm", oldest, plan=[["2026-12-31", 500_00], ["2027-01-31", 500_00]])
    paper = letter_paper.paper_of(letter)
    assert "不再以诉讼时效期间届满为由提出抗辩" in "".join(paper["paragraphs"])
    assert len(paper["plan"]) == 2
    with pytest.raises(rules.NothingToAskFor):
        draft(staff, "offset", future, asset="货车一辆", asset_fen=70_00)
    offset = draft(staff, "offset", oldest, asset="货车一辆", asset_fen=900_00)
    assert "已到期" in "".join(letter_paper.paper_of(offset)["paragraphs"])
    hold = draft(staff, "hold", oldest)
    assert "恢复赊销供货" in "".join(letter_paper.paper_of(hold)["paragraphs"])


def test_texts_are_edited_in_versions_and_old_letters_keep_theirs(owing):
    staff, oldest, _newer, _future = owing
    before = draft(staff, "demand", oldest, by=staff.he)
    with pytest.raises(rules.SealOwnLetter):
        actions.approve_letter(letter=before, by=staff.he, now=NOW)
    text = wordings.SHIPPED["demand"]
    with pytest.raises(ForbiddenWords):
        actions.edit_wording(
            kind="demand", title="催款函", body="不付就曝光。\n" + text.body, why="", by=staff.he, now=NOW
        )
    with pytest.raises(ForbiddenWords):
        draft(staff, "hold", oldest, note="后果自负")
    with pytest.raises(NotAllowed):
        actions.edit_wording(kind="demand", title="催款函", body=text.body, why="", by=staff.zhao, now=NOW)
    actions.edit_wording(
        kind="demand", title="付款催告函", body="贵我双方合作多年。\n" + text.body, why="改称呼", by=staff.he, now=NOW
    )
    assert letter_paper.paper_of(before)["title"] == "催款函"
    after = actions.renew_letter(letter=before, by=staff.zhao, now=NOW)
    assert letter_paper.paper_of(after)["title"] == "付款催告函"
    with pytest.raises(IntegrityError), transaction.atomic():
        asking.WordingRow.objects.update(body="")


@pytest.mark.parametrize("kind", ["demand", "instalments", "promise", "guarantee"])
def test_papers_print(owing, kind):
    _staff, _oldest, _newer, _future = owing
    paper = letter_paper.sample(kind, letter_paper.shipped(kind), TODAY, NOW)
    made = papers.letter_pdf(paper, state="样张")
    assert made.startswith(b"%PDF")
