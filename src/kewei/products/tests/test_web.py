"""Pages of the catalogue."""

import pytest
from django.urls import reverse
from tests import cast

from kewei.products import actions
from kewei.products.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def test_adding_showing_and_changing_a_product(staff, client):
    client.force_login(staff.wu)
    given = {
        "code": "P1",
        "name": "阿莫西林胶囊",
        "scope_class": "general",
        "lifecycle": "live",
        "listed_price": "12.80",
    }
    client.post(reverse("products:new"), given)
    product = Product.objects.get()
    assert product.listed_price_fen == 1280
    assert "阿莫西林胶囊" in client.get(reverse("products:list"), {"text": "amxl"}).content.decode()
    assert "12.80" in client.get(reverse("products:card", args=[product.pk])).content.decode()
    url = reverse("products:edit", args=[product.pk])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"spec": "24粒", "cold_chain": ""}
    assert typed["listed_price"] == "12.80"
    client.post(url, typed)
    product.refresh_from_db()
    assert (product.spec, product.listed_price_fen, product.name) == ("24粒", 1280, "阿莫西林胶囊")


def test_a_taken_code_is_said_at_its_field(staff, client):
    actions.add_product(code="P1", name="甲", by=staff.wu, now=cast.MORNING)
    client.force_login(staff.wu)
    answer = client.post(
        reverse("products:new"), {"code": "P1", "name": "乙", "scope_class": "general", "lifecycle": "live"}
    )
    assert answer.status_code == 422
    assert "已被使用" in answer.content.decode()
    assert Product.objects.count() == 1


def test_sun_reads_the_catalogue_but_does_not_keep_it(staff, client):
    product = actions.add_product(code="P1", name="甲药", by=staff.wu, now=cast.MORNING)
    client.force_login(staff.sun)
    assert "甲药" in client.get(reverse("products:list")).content.decode()
    assert client.get(reverse("products:edit", args=[product.pk])).status_code == 403
    assert client.post(reverse("products:new"), {"code": "P2", "name": "乙"}).status_code == 403
    assert Product.objects.count() == 1
