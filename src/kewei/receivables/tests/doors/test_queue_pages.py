"""The queue of unapplied money, statements and figures on pages."""

import io
import json
import os
import re
import time
import zipfile
from datetime import date

import pypdf
import pytest
from django.urls import reverse

from kewei.journal.models import Fact
from kewei.kernel.money import yuan
from kewei.kernel.refusals import NotFound
from kewei.receivables import actions, queries
from kewei.receivables.models import Item
from kewei.receivables.rules.kpis import DEFINITIONS
from kewei.receivables.tests.doors.ledger import form
from kewei.receivables.web import batches

QUEUE = reverse("receivables:unmatched")


def text(answer):
    return answer.content.decode()


def fields_of(page, button):
    """The hidden fields of the form that holds a button."""
    part = next(one for one in page.split("<form") if button in one.split("</form>")[0])
    found = re.findall(r'name="(\w+)" value="([^"]*)"', part.split("</form>")[0])
    return {name: [value for key, value in found if key == name] for name, _value in found}


def test_one_press_applies_the_best_proposal_and_another_takes_it_back(ledger):
    client, receipt = ledger.client("qian"), ledger.entries["SK2"]
    page = text(client.get(QUEUE))
    assert "SK2" in page
    given = fields_of(page, "data-apply-best")
    apply = reverse("receivables:apply", args=[receipt.pk])
    answer = client.post(apply, given, follow=True)
    assert Item.objects.get(entry=receipt).open_fen == 0
    undo = re.search(r'action="(/receivables/postings/\d+/undo/)"', text(answer)).group(1)
    client.post(apply, given)  # a double press
    assert receipt.spent_on.count() == 1
    client.post(undo)
    assert Item.objects.get(entry=receipt).open_fen == 100_00
    assert Item.objects.get(number="FP2").open_fen == 1_500_00


def test_what_no_longer_fits_is_refused_in_words(ledger):
    client, receipt = ledger.client("qian"), ledger.entries["SK2"]
    given = form(share=[f"{ledger.entries['FP2'].pk}:{100_01}"])
    assert client.post(reverse("receivables:apply", args=[receipt.pk]), given).status_code == 422
    assert client.post(reverse("receivables:apply", args=[receipt.pk]), form(share=["x"])).status_code == 422
    assert Item.objects.get(entry=receipt).open_fen == 100_00


@pytest.mark.parametrize(("name", "status"), [("wang", 403), ("sun", 403), ("zhou", 403)])
def test_only_who_keeps_the_ledger_may_apply(ledger, name, status):
    url = reverse("receivables:apply", args=[ledger.entries["SK2"].pk])
    assert ledger.client(name).post(url, form(share=[f"{ledger.entries['FP2'].pk}:100"])).status_code == status
    assert "data-apply-best" not in text(ledger.client("wang").get(QUEUE))


def test_sun_has_another_queue(ledger):
    assert "SK2" not in text(ledger.client("sun").get(QUEUE))


# --- statements ---------------------------------------------------------------------------------------------------


def period(ledger):
    return {"first": date(ledger.today.year - 2, 1, 1).isoformat(), "last": ledger.today.isoformat()}


def test_the_statement_on_the_page_adds_up(ledger):
    hospital = ledger.staff.wangs_hospital
    page = text(ledger.client("wang").get(reverse("receivables:statement", args=[hospital.pk]), period(ledger)))
    made = queries.statement(ledger.staff.wang, hospital, date(ledger.today.year - 2, 1, 1), ledger.today)
    assert made.opening_fen + sum(line.movement.fen for line in made.lines) == made.closing_fen
    assert yuan(made.closing_fen) in page
    assert made.closing_in_words in page
    assert all(line.movement.number in page for line in made.lines)


def test_a_statement_is_taken_away_as_a_file_and_remembered_with_its_mark(ledger):
    hospital = ledger.staff.wangs_hospital
    url = reverse("receivables:make_statement", args=[hospital.pk])
    answer = ledger.client("wang").post(url, period(ledger) | {"format": "pdf"})
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    assert "2,400.00" in words
    fact = Fact.objects.get(name="receivables.statement_made")
    detail = json.loads(fact.detail)
    assert (fact.terminal, fact.by, detail["closing_fen"]) == (hospital.pk, ledger.staff.wang, 2_400_00)
    assert detail["mark"] in "".join(words.split())
    assert ledger.client("wang").post(url, period(ledger) | {"format": "xlsx"}).content.startswith(b"PK")
    assert ledger.client("sun").post(url, period(ledger)).status_code == 404
    assert Fact.objects.filter(name="receivables.statement_made").count() == 2


@pytest.mark.parametrize("asked", [{"first": "2026-02-01", "last": "2026-01-01"}, {"first": "x", "last": "2026-01-01"}])
def test_a_period_that_cannot_be_is_refused(ledger, asked):
    url = reverse("receivables:statement", args=[ledger.staff.wangs_hospital.pk])
    assert ledger.client("wang").get(url, asked).status_code == 422
    made = reverse("receivables:make_statement", args=[ledger.staff.wangs_hospital.pk])
    assert ledger.client("wang").post(made, asked).status_code == 422


def test_ticked_customers_get_a_statement_each_in_one_archive(ledger):
    staff, url, client = ledger.staff, reverse("receivables:statements"), ledger.client("wang")
    chosen = {"id": [staff.wangs_hospital.pk, staff.wangs_pharmacy.pk]}
    assert staff.wangs_pharmacy.name in text(client.post(url, chosen))
    batch = client.post(url, chosen | period(ledger) | {"format": "pdf"})["Location"]
    assert "0 / 2" in text(client.get(batch))
    assert client.get(f"{batch}archive/").status_code == 404  # not whole yet
    for _ in range(2):
        client.post(batch, headers={"HX-Request": "true"})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"{batch}archive/").streaming_content)))
    assert sorted("T0001" in name for name in archive.namelist()) == [False, True]
    assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    assert Fact.objects.filter(name="receivables.statement_made").count() == 2
    assert [ledger.client("qian").get(path).status_code for path in (batch, f"{batch}archive/")] == [404, 404]
    with_suns = chosen | {"id": [staff.suns_clinic.pk]} | period(ledger)
    assert client.post(url, with_suns).status_code == 404


def test_an_archive_is_swept_away_after_a_day(ledger):
    person, day = ledger.staff.wang, ledger.today
    old = batches.begin(person, [ledger.staff.wangs_hospital.pk], day, day, "pdf")
    long_ago = time.time() - batches.FORGOTTEN_SECONDS - 1
    os.utime(batches.home() / f"{old.token}.json", (long_ago, long_ago))
    batches.begin(person, [ledger.staff.wangs_hospital.pk], day, day, "pdf")
    with pytest.raises(NotFound):
        batches.batch_for(person, old.token)


# --- figures ------------------------------------------------------------------------------------------------------


def test_every_figure_stands_with_its_definition_and_its_numbers(ledger):
    page = text(ledger.client("qian").get(reverse("receivables:kpis")))
    for code, definition in DEFINITIONS.items():
        assert f'id="{code}"' in page
        assert definition.name in page
    assert yuan(queries.ageing(ledger.staff.qian, ledger.today).totals.owed_fen) in page
    trend = text(ledger.client("qian").get(reverse("receivables:kpi_trend")))
    assert 'data-chart="spark"' in trend


def test_figures_follow_the_day_and_the_period(ledger):
    url = reverse("receivables:kpis")
    for asked in ({"months": "12"}, {"months": "x"}, {"as_of": "2020-01-01"}):
        assert ledger.client("qian").get(url, asked).status_code == 200


def test_money_of_a_past_day_is_not_lost_on_the_queue(ledger):
    """What is wholly applied leaves the queue, what is partly applied stays with its rest."""
    receipt = ledger.entries["SK2"]
    actions.allocate(
        credit=receipt, shares=[(ledger.entries["FP1"].pk, 40_00)], by=ledger.staff.qian, now=receipt.posting.at
    )
    assert "60.00" in text(ledger.client("qian").get(QUEUE))
