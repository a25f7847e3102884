"""Doors of orders besides the pages of one order: commands, bulk presses on the list, the price book and its API."""

import json

import pytest
from django.test import Client
from tests import trading

from kewei.config import cli
from kewei.kernel.ids import new_key
from kewei.orders.models import Order, Price

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(time_machine):
    time_machine.move_to(trading.NOW, tick=False)
    return trading.open_shop(letter="C")


@pytest.fixture
def kewei(capsys, monkeypatch):
    """Run a command; gives (exit code, its JSON or what it printed)."""
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")

    def run(*argv, by):
        capsys.readouterr()
        code = cli.main([*map(str, argv), "--as", by])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if "--json" in argv else printed.out + printed.err

    return run


def client(person) -> Client:
    made = Client()
    made.force_login(person)
    return made


def test_the_gate_answers_on_the_command_line_and_places_nothing(trade, kewei):
    code = trade.hospital.code
    failed, said = kewei("order-check", code, "P1=150", "P2=1@39.50", by="wang")
    assert failed == 1
    assert "拦截" in said
    assert "授信额度还剩 1,000.00 元" in said
    passed, told = kewei("order-check", code, "P1=2", "--payment", "prepaid", "--json", by="wang")
    assert (passed, told["outcome"], told["total_fen"]) == (0, "pass", 20_00)
    for wrong in ("P1", "P1=", "P1=1@", "P9=1"):
        assert kewei("order-check", code, wrong, by="wang")[0] == 1
    assert kewei("order-check", code, "P1=1", by="zhou")[0] == 1
    assert not Order.objects.exists()


def test_orders_are_listed_on_the_command_line(trade, kewei):
    order, big = trade.order(5), trade.order(150)
    _, told = kewei("orders", "--customer", trade.hospital.code, "--from", "2026-11-23", "--json", by="wang")
    assert {one["number"]: one["state"] for one in told["orders"]} == {order.number: "waiting", big.number: "held"}
    code, said = kewei("orders", "--state", "held", by="wang")
    assert (code, big.number in said, order.number in said) == (0, True, False)
    assert kewei("orders", "--json", by="sun")[1]["count"] == 0


def test_ticked_orders_are_released_and_the_others_named_with_why(trade):
    good, own, big = trade.order(5), trade.order(5, by=trade.staff.li), trade.order(150)
    li = client(trade.staff.li)
    answer = li.post("/orders/release", {"id": [good.pk, own.pk, big.pk, 10**9]}, follow=True)
    page = answer.content.decode()
    assert "已放行 1 张订单；3 张没有处理" in page
    assert big.number in page
    assert own.number in page
    assert dict(Order.objects.values_list("number", "state")) == {
        good.number: "released", own.number: "waiting", big.number: "held",
    }  # fmt: skip
    again = li.post("/orders/recheck", {"id": [good.pk, own.pk]}, follow=True).content.decode()
    assert "已重新过关口 1 张订单，0 张的状态有变化；1 张没有处理" in again
    assert client(trade.staff.wang).post("/orders/release", {"id": [own.pk]}).status_code == 403


def test_prices_are_set_listed_and_ended_by_page_and_api(trade):
    qian = client(trade.staff.qian)
    body = {
        "product_code": "P1",
        "price_fen": 900,
        "floor_fen": 800,
        "customer_kind": "public_hospital",
        "since": "2026-11-01",
    }

    def send(more, key=None):
        headers = {"Idempotency-Key": key or new_key()}
        return qian.post("/api/orders/prices", body | more, content_type="application/json", headers=headers)

    key = new_key()
    first = send({}, key)
    assert first.status_code == 201, first.content
    assert send({}, key).json() == first.json()
    assert send({"customer_kind": "", "customer_code": trade.hospital.code}).status_code == 201
    assert send({"floor_fen": 901}).json()["code"] == "floor_above_price"
    assert send({"product_code": "P9"}).json()["code"] == "order_file_unknown_product"
    listed = client(trade.staff.wang).get("/api/orders/prices").json()
    assert [row["price_fen"] for row in listed["items"]] == [900, 900]
    assert client(trade.staff.sun).get("/api/orders/prices").json()["count"] == 1  # a kind's price is no customer's
    page = qian.get("/orders/prices/").content.decode()
    assert "停用" in page
    assert client(trade.staff.wang).post("/orders/prices/end", {"id": [first.json()["id"]]}).status_code == 403
    assert (
        "已停用 1 条价格" in qian.post("/orders/prices/end", {"id": [first.json()["id"]]}, follow=True).content.decode()
    )
    left = Price.objects.get(ended_at=None)
    assert qian.delete(f"/api/orders/prices/{left.pk}").status_code == 204
    assert qian.delete(f"/api/orders/prices/{left.pk}").status_code == 409
