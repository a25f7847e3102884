"""The library's page: what suits, what is not done, and who may not see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast

from kewei.kernel.refusals import Refused


@pytest.fixture
def staff(db):
    return cast.assemble()


def page_for(person, **asked):
    client = Client()
    client.force_login(person)
    return client.get(reverse("collecting:techniques"), asked)


def test_the_page_narrows_and_names_the_lawful_substitute(staff):
    everything = page_for(staff.wang)
    rows = everything.context["rows"]
    assert len(rows) == everything.context["count"] > 30
    assert len(everything.context["not_done"]) == 8
    assert "委托追债公司" in everything.content.decode()
    asked = page_for(staff.wang, segment="public", stage="2", days="60", reason="e5")
    assert {row["code"] for row in asked.context["rows"]} == {"direct_settlement"}
    found = page_for(staff.wang, text="头班车").context["rows"]
    assert [row["code"] for row in found] == ["next_run"]
    nothing = page_for(staff.wang, text="没有这样的办法", stage="x", days="9" * 40)
    assert nothing.status_code == 200
    assert "没有合适的办法" in nothing.content.decode()


def test_a_medical_representative_and_the_warehouse_see_none_of_it(staff):
    for person in (staff.zhou, staff.chu, staff.wu):
        assert page_for(person).status_code == 403
        with pytest.raises(Refused):
            person.must("collecting.see")
