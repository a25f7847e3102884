"""Pages and API of orders, as people and programs use them."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import trading
from tests.trading import TODAY

from kewei.kernel.ids import new_key
from kewei.orders import actions, queries
from kewei.orders.models import Order
from kewei.orders.papers.note import as_paper
from kewei.orders.rules.gate import TABLE
from kewei.people.actions import set_company
from kewei.products.actions import change_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(time_machine):
    time_machine.move_to(trading.NOW, tick=False)
    return trading.open_shop()


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def client(person) -> Client:
    made = Client()
    made.force_login(person)
    return made


def entry(trade, **more):
    return {
        "terminal": trade.hospital.pk, "form_key": new_key(), "payment": "credit", "product": ["P1", ""],
        "quantity": ["60", ""], "price": ["", ""],
    } | more  # fmt: skip


def test_an_order_is_placed_by_code_or_name_and_shown(trade):
    wang = client(trade.staff.wang)
    page = wang.get(f"/orders/new/?terminal={trade.hospital.pk}")
    assert page.status_code == 200
    answer = wang.post(
        f"/orders/new/?terminal={trade.hospital.pk}",
        entry(trade, product=["阿莫西林", "P2"], quantity=["5", "1"], price=["", "39"]),
    )
    assert answer.status_code == 302
    order = Order.objects.get()
    assert order.total_fen == 50_00 + 39_00
    shown = wang.get(answer["Location"])
    assert "已放行" in shown.content.decode()
    again = wang.get(f"/orders/new/?terminal={trade.hospital.pk}&like={order.pk}")
    assert "P1 阿莫西林胶囊" in again.content.decode()


def test_rows_pasted_from_a_spreadsheet_are_lines(trade):
    wang = client(trade.staff.wang)
    pasted = entry(trade, product=[""], quantity=[""], price=[""], paste="P1\t3\t9.50\nP2\t1\n")
    assert wang.post(f"/orders/new/?terminal={trade.hospital.pk}", pasted).status_code == 302
    assert [line.fen for line in Order.objects.get().lines.order_by("place")] == [28_50, 40_00]


@pytest.mark.parametrize(
    ("pasted", "milli", "fen"),
    [
        ("P1\t1,000\t12.50", 1000_000, 12_500_00),
        ("P1\t2\t1,250.00", 2_000, 2_500_00),
        ("P1,3,9.50", 3_000, 28_50),
        ("P1，3，9.50", 3_000, 28_50),
    ],
)
def test_commas_inside_pasted_numbers_do_not_part_cells(trade, pasted, milli, fen):
    body = entry(trade, product=[""], quantity=[""], price=[""], paste=pasted)
    assert client(trade.staff.wang).post(f"/orders/new/?terminal={trade.hospital.pk}", body).status_code == 302
    line = Order.objects.get().lines.get()
    assert (line.quantity_milli, line.fen) == (milli, fen)


def test_a_line_still_being_typed_is_no_fault_until_it_is_sent(trade):
    wang, half = client(trade.staff.wang), entry(trade, product=["P1"], quantity=[""], price=[""])
    assert "不能作为数量" not in wang.post("/orders/new/check", half).content.decode()
    assert "不能作为数量" in wang.post(f"/orders/new/?terminal={trade.hospital.pk}", half).content.decode()
    assert not Order.objects.exists()


def test_a_line_nobody_understands_is_said_and_nothing_is_placed(trade):
    wang = client(trade.staff.wang)
    answer = wang.post(f"/orders/new/?terminal={trade.hospital.pk}", entry(trade, product=["P9"], quantity=["x"]))
    assert answer.status_code == 422
    assert "找不到产品「P9」" in answer.content.decode()
    assert not Order.objects.exists()


def test_the_same_form_sent_twice_places_once(trade):
    wang, body = client(trade.staff.wang), entry(trade)
    first = wang.post(f"/orders/new/?terminal={trade.hospital.pk}", body)
    assert wang.post(f"/orders/new/?terminal={trade.hospital.pk}", body)["Location"] == first["Location"]
    assert Order.objects.count() == 1


def test_the_gate_answers_while_one_types_and_writes_nothing(trade):
    wang = client(trade.staff.wang)
    answer = wang.post("/orders/new/check", entry(trade, quantity=["150", ""]), headers={"HX-Request": "true"})
    assert "授信额度还剩 1,000.00 元，此单 1,500.00 元" in answer.content.decode()
    assert not Order.objects.exists()


def test_what_the_gate_says_of_a_line_stands_on_that_line(trade):
    wang = client(trade.staff.wang)
    body = entry(trade, product=["", "P1", "P9", "P3"], quantity=["", "1", "2", "1"], price=["", "", "", ""])
    page = wang.post("/orders/new/check", body).content.decode()
    lines = {n: part.split("</div>")[0] for n, part in enumerate(page.split('id="says-')[1:], 1)}
    assert sorted(lines) == [1, 2, 3, 4]
    assert "拦截" in lines[4]
    assert "找不到产品「P9」" in lines[3]
    assert "拦截" not in lines[1] + lines[2] + lines[3]
    assert "1 行有提示，见各行" in page
    again = wang.post(f"/orders/new/?terminal={trade.hospital.pk}", body).content.decode()
    assert "找不到产品「P9」" in again.split('id="says-2"')[1].split("</div>")[0]  # the blank row is gone


def test_products_come_with_what_this_customer_pays(trade):
    given = {"product": trade.amoxicillin, "price_fen": 9_50, "terminal": trade.hospital, "since": TODAY}
    actions.set_price(**given, by=trade.staff.qian, now=trading.NOW)
    wang = client(trade.staff.wang)
    hits = wang.get(f"/orders/new/products?terminal={trade.hospital.pk}&text=P").content.decode()
    assert [part[:5] for part in hits.split('data-price="')[1:]] == ['9.50"', "40.00", "20.00"]
    order = trade.order(2, price_fen=1_00)
    like = wang.get(f"/orders/new/?terminal={trade.hospital.pk}&like={order.pk}").content.decode()
    assert 'name="price" value="9.50"' in like


def test_an_order_goes_its_whole_way_through_pages(trade):
    staff = trade.staff
    order = trade.order(10)
    chu, qian = client(staff.chu), client(staff.qian)
    line = order.lines.get()
    body = {
        "form_key": new_key(),
        "on": TODAY,
        f"quantity-{line.pk}": "10",
        f"batch-{line.pk}": "B1",
        f"expires-{line.pk}": "2028-01-01",
    }
    shipped = chu.post(f"/orders/{order.pk}/deliver/", body)
    assert shipped.status_code == 302, shipped.content.decode()[:2000]
    url = shipped["Location"]
    assert "何采" in chu.get(url).content.decode()
    assert chu.get(f"{url}receipt").status_code == 404
    receiver = trade.made["receiver"]
    assert "核对印章式样" not in chu.get(url).content.decode()
    scan = {"which": "seal", "file": SimpleUploadedFile("章.png", PNG, "image/png")}
    assert client(staff.wang).post(f"/terminals/authorised/{receiver.pk}/papers", scan).status_code == 302
    seal = f"/terminals/authorised/{receiver.pk}/seal"
    assert seal in chu.get(url).content.decode()
    assert chu.get(seal).content == PNG
    given = {"receiver": receiver.pk, "on": TODAY}
    wrong = SimpleUploadedFile("签收.exe", b"MZ")
    assert chu.post(f"{url}handover", {"form_key": new_key(), "paper": wrong, **given}).status_code == 422
    photo = SimpleUploadedFile("签收.png", PNG, "image/png")
    taken = chu.post(f"{url}handover", {"form_key": new_key(), "paper": photo, **given})
    assert taken.status_code == 302
    assert chu.get(f"{url}receipt").content == PNG
    assert client(staff.sun).get(f"{url}receipt").status_code == 404
    assert client(staff.sun).post(f"{url}signed", {"form_key": new_key()}).status_code == 403
    later = {"form_key": new_key(), "paper": SimpleUploadedFile("补签.png", PNG + b"later", "image/png")}
    assert chu.post(f"{url}signed", later).status_code == 302
    assert chu.get(f"{url}receipt").content == PNG + b"later"
    assert "签收单" in qian.get(url).content.decode()
    assert qian.get(f"{url}note.pdf").content.startswith(b"%PDF")
    billed = qian.post(f"{url}invoice", {"form_key": new_key(), "number": "26420000000000000001", "on": TODAY})
    assert billed.status_code == 302
    assert "26420000000000000001" in qian.get(url).content.decode()
    order.refresh_from_db()
    assert order.state == "closed"
    back = {
        "form_key": new_key(),
        "reason": "破损",
        "on": TODAY,
        "red_letter_number": "HZ1",
        f"quantity-{queries.delivery(staff.qian, int(url.split('/')[-2])).lines[0].pk}": "2",
    }
    assert qian.post(f"{url}return", back).status_code == 302
    assert "破损" in qian.get(f"/orders/{order.pk}/").content.decode()


def test_a_special_release_by_page_needs_a_reason(trade):
    order = trade.order(300)
    li = client(trade.staff.li)
    assert "特批放行" in li.get(f"/orders/{order.pk}/").content.decode()
    assert li.post(f"/orders/{order.pk}/special", {"form_key": new_key(), "expires_on": TODAY}).status_code == 422
    answer = li.post(f"/orders/{order.pk}/special", {"form_key": new_key(), "reason": "急用", "expires_on": TODAY})
    assert answer.status_code == 302
    verdict = queries.order(trade.staff.li, order.pk).verdicts[0]
    page = li.get(f"/orders/{order.pk}/verdicts/{verdict.pk}/")
    assert "逐位相同" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["/orders/", "/orders/deliveries/", "/orders/prices/", "/orders/gate/", "/orders/refusals/", "/orders/new/"]
)
def test_lists_are_useful_when_empty_and_full(trade, path):
    zheng = client(trade.staff.zheng)
    assert zheng.get(path).status_code == 200
    trade.ship(trade.order(10), 3)
    trade.order(500)
    assert zheng.get(path).status_code == 200


def test_the_table_on_screen_says_that_it_is_whole(trade):
    page = client(trade.staff.wu).get("/orders/gate/").content.decode()
    assert "无缺口、无重叠" in page
    assert "疫苗" in page
    tried = client(trade.staff.wu).get("/orders/gate/try", {"customer": trade.hospital.code, "product": "P3"})
    assert "印鉴卡" in tried.content.decode()


def test_the_table_is_narrowed_and_an_order_is_tried_without_scripts(trade):
    wu = client(trade.staff.wu)

    def rows(**asked):
        return [row for _name, rows in wu.get("/orders/gate/", asked).context["questions"] for row in rows]

    assert len(rows()) == len(TABLE)
    assert {row["who"] for row in rows(who="final")} == {"任何人不能豁免"}
    assert {row["level"] for row in rows(level="warn", question="price")} == {"警示"}
    assert len(rows(level="nonsense", who="<b>")) == len(TABLE)
    order = {"customer": trade.hospital.code, "product": "P1", "quantity": "150"}
    outcomes = {
        payment: wu.get("/orders/gate/", {**order, "payment": payment}).context["outcome"]
        for payment in ("credit", "prepaid")
    }
    assert outcomes == {"credit": "拦截", "prepaid": "通过"}


def test_the_delivery_note_says_who_sells_and_how_the_goods_are_kept(trade):
    set_company(
        name="客维医药", credit_code="", address="武汉市光谷大道1号", bank="", account="", phone="027-1", by=trade.staff.zheng,
        now=trading.NOW,
    )  # fmt: skip
    delivery = trade.ship(trade.order(1, product=trade.insulin))
    paper = as_paper(queries.delivery(trade.staff.chu, delivery.pk))
    assert (paper["seller_address"], paper["seller_phone"]) == ("武汉市光谷大道1号", "027-1")
    assert paper["lines"][0][-1] == "冷链：按说明书温度，途中测温"
    change_product(product=trade.insulin, storage="2～8℃避光", by=trade.staff.zheng, now=trading.NOW)
    change_product(product=trade.amoxicillin, storage="密封，阴凉处", by=trade.staff.zheng, now=trading.NOW)
    again = as_paper(queries.delivery(trade.staff.chu, delivery.pk))
    assert again["lines"][0][-1] == "冷链：2～8℃避光，途中测温"
    dry = trade.ship(trade.order(1))
    assert as_paper(queries.delivery(trade.staff.chu, dry.pk))["lines"][0][-1] == "密封，阴凉处"


def test_a_signed_receipt_comes_only_after_a_handover(trade):
    delivery = trade.ship(trade.order(1))
    body = {"form_key": new_key(), "paper": SimpleUploadedFile("签收.png", PNG, "image/png")}
    answer = client(trade.staff.chu).post(f"/orders/deliveries/{delivery.pk}/signed", body)
    assert answer.status_code == 422
    assert "还没有签收" in answer.content.decode()


def test_orders_and_deliveries_are_found_by_number_and_by_the_customers_own(trade):
    order = trade.order(10)
    Order.objects.filter(pk=order.pk).update(customer_ref="CG-77")
    sent = trade.ship(order, 3)

    def found(who, text):
        return client(who).get("/search/", {"q": text}, headers={"HX-Request": "true"}).content.decode()

    assert f"/orders/{order.pk}/" in found(trade.staff.wang, order.number[:8].lower())
    assert f"/orders/{order.pk}/" in found(trade.staff.wang, "CG-77")
    assert f"/orders/deliveries/{sent.pk}/" in found(trade.staff.wang, sent.number)
    for who in (trade.staff.sun, trade.staff.zhou):
        assert not {order.number, sent.number} & set(found(who, order.number[1:4]).split())
        assert f"/orders/{order.pk}/" not in found(who, order.number) + found(who, "CG-77")
    help_page = client(trade.staff.wang).get("/help/").content.decode()
    assert "特批" in help_page


def test_a_page_of_orders_costs_the_same_however_many_there_are(trade):
    wang = client(trade.staff.wang)
    costs = []
    for count in (1, 12):
        for _n in range(count):
            trade.order(500)
        wang.get("/orders/")
        with CaptureQueriesContext(connection) as asked:
            wang.get("/orders/")
        costs.append(len(asked))
    assert costs[0] == costs[1]


# --- API --------------------------------------------------------------------------------------------------------------


def post(person, path, body, key="k1"):
    return client(person).post(
        path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def body(trade, quantity=60):
    return {"customer_code": trade.hospital.code, "lines": [{"product_code": "P1", "quantity_milli": quantity * 1000}]}


def test_the_api_checks_without_placing_and_places_once_per_key(trade):
    wang = trade.staff.wang
    told = post(wang, "/api/orders/check", body(trade, 150)).json()
    assert (told["outcome"], told["total_fen"], told["headroom_fen"], told["over_fen"]) == (
        "block",
        1_500_00,
        1_000_00,
        500_00,
    )
    said = next(one for one in told["said"] if one["level"] == "block")
    assert said["rule"] == "over_limit"
    assert said["numbers"] == {"left_fen": 1_000_00, "wanted_fen": 1_500_00, "limit_fen": 1_000_00}
    assert not Order.objects.exists()
    first, second = post(wang, "/api/orders", body(trade)), post(wang, "/api/orders", body(trade))
    assert first.status_code == 201
    assert first.json()["number"] == second.json()["number"]
    assert Order.objects.count() == 1


def test_the_api_refuses_with_the_same_sentence_as_the_page(trade):
    trade.hospital.licences.update(valid_to=date(2026, 1, 1))
    order = trade.order(1)
    answer = post(trade.staff.li, f"/api/orders/{order.pk}/release", {})
    assert answer.status_code in (409, 422)
    assert answer.json()["code"] == "gate_says_no"
    assert "到期" in answer.json()["sentence"]


def test_the_medical_representative_gets_nothing_by_any_door(trade):
    order = trade.order(10)
    zhou = client(trade.staff.zhou)
    for path in (
        "/orders/",
        f"/orders/{order.pk}/",
        "/orders/new/",
        "/orders/prices/",
        "/orders/gate/",
        "/api/orders",
        f"/api/orders/{order.pk}",
    ):
        assert zhou.get(path).status_code in (403, 404), path
    assert post(trade.staff.zhou, "/api/orders", body(trade)).status_code in (403, 404)
    assert post(trade.staff.zhou, "/api/orders/check", body(trade)).status_code in (403, 404)
