"""Score sheets as forms: what is drawn says what the body says, and comes back as it was."""

import re
from html import unescape

import pytest
from django.urls import reverse
from tests import cast

from kewei.credit.forms import sheets as forms
from kewei.credit.models import Run
from kewei.credit.rules.sheets import GRADING, SHEETS
from kewei.credit.rules.survey import OUTLOOK
from kewei.kernel.policies import BadPolicy

EVERY = [*SHEETS.values(), GRADING, OUTLOOK]


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.name)
def test_a_body_comes_back_as_it_was(policy):
    assert forms.body_of(policy.name, policy.body, forms.flat(policy.name, policy.body)) == policy.body


def test_what_is_typed_is_read():
    policy = SHEETS["new"]
    typed = forms.flat(policy.name, policy.body)
    typed |= {"w.capital": "6", "w.bank": "14", "z.capital.net_worth": "-1,000.50", "r.bank.5.1.account": "1"}
    typed["w.peers"] = " "
    body = forms.body_of(policy.name, policy.body, typed)
    assert (body["factors"]["capital"]["weight"], body["factors"]["bank"]["weight"]) == (6, 14)
    assert body["factors"]["capital"]["zero"] == {"net_worth": -1_000_50}
    assert body["factors"]["bank"]["rungs"]["5"][1:] == [{"account": 1}]
    assert "peers" not in body["factors"]
    typed["w.bank"] = "many"
    with pytest.raises(BadPolicy, match="many"):
        forms.body_of(policy.name, policy.body, typed)


def fields(page):
    """The fields of a page as a browser would send them."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' not in tag and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = [chosen[1] if chosen else re.search(r'value="([^"]*)"', inside)[1]]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.name)
def test_a_sheet_sent_as_it_is_drawn_is_the_sheet_that_was(policy, client):
    staff = cast.assemble()
    client.force_login(staff.feng)
    page = reverse("credit:sheet", args=[policy.name])
    sent = fields(client.get(page).content.decode())
    assert len(sent) < 900, "Django takes at most 1,000 fields"
    run = client.post(page, sent)
    assert run.status_code == 302, run.content.decode()
    kept, shipped = (
        {name: sorted(told) if isinstance(told, list) else told for name, told in forms.flat(policy.name, body).items()}
        for body in (Run.objects.get().body, policy.body)
    )
    assert kept == shipped
    wrong = {name: ["x"] for name in sent if name.startswith(("w.principal", "band.A", "outlook.cdc"))}
    again = client.post(page, sent | wrong)
    assert again.status_code == 422
    if policy is not OUTLOOK:
        assert 'value="x"' in again.content.decode()
    assert client.get(f"{page}?run={Run.objects.get().pk}").status_code == 200
