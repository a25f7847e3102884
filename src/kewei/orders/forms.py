"""Forms of orders. Lines come as parallel fields (product, quantity, price) or pasted from a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kewei.journal.forms import FenField
from kewei.kernel import columns
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.orders.rules.gate import PAYMENTS
from kewei.orders.rules.lines import LineWanted, SentBack, Shipped
from kewei.people.fields import WordField, day_field
from kewei.products import queries as products
from kewei.receivables.forms import KeyedForm
from kewei.sales.excel import quantity
from kewei.terminals import rules as terminal_rules

EMPTY_ROWS = 6
MOST_ROWS = 500


@refusal
class ProductNotFound(Refused):
    code = "order_product_not_found"
    says = N_("找不到产品「{text}」：请填产品编码，或从提示中选一个")


@refusal
class ProductNotClear(Refused):
    code = "order_product_not_clear"
    says = N_("「{text}」对应多个产品：{choices}；请填产品编码")


@dataclass
class TypedLine:
    """A line as somebody typed it, what it was understood as, and what is wrong with it.

    `field` is the row of the form it stands in, from 1; 0 for what was pasted below.
    """

    product: str = ""
    quantity: str = ""
    price: str = ""
    field: int = 0
    wanted: LineWanted | None = None
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Nothing was typed."""
        return not (self.product or self.quantity or self.price)


def typed_lines(post: Any) -> list[TypedLine]:
    """Rows of the form, then rows pasted from a spreadsheet: product, quantity, price in the first three columns."""
    rows = [
        TypedLine(product.strip()[:120], quantity.strip()[:120], price.strip()[:120], field)
        for field, (product, quantity, price) in enumerate(
            zip(post.getlist("product"), post.getlist("quantity"), post.getlist("price"), strict=False), 1
        )
    ]
    for text in post.get("paste", "").splitlines()[:MOST_ROWS]:
        cells = [cell.strip()[:120] for cell in _cells(text)]
        if cells and cells[0]:
            product, count, price = [*cells, "", ""][:3]
            rows.append(TypedLine(product, count, price))
    return rows[:MOST_ROWS]


def _cells(text: str) -> list[str]:
    """A row's cells. Where tabs part them, commas belong to numbers: 1,000 of a spreadsheet is not one piece for nothing."""
    return text.split("\t") if "\t" in text else text.replace("，", ",").split(",")


def understood(person: Any, rows: list[TypedLine]) -> tuple[list[TypedLine], list[LineWanted]]:
    """The rows that say something, each with the line it means or its fault; and the lines, where all are clear."""
    rows = [row for row in rows if not row.blank]
    codes = products.by_codes(person, [row.product.split()[0] for row in rows if row.product])
    for row in rows:
        try:
            price_fen = columns.money_or_nought(row.price) if row.price else None
            row.wanted = LineWanted(_product(person, row.product, codes), quantity(row.quantity), price_fen)
        except Refused as why:
            row.fault = why.sentence(gettext)
    return rows, [row.wanted for row in rows if row.wanted]


def _product(person: Any, text: str, codes: dict[str, int]) -> int:
    first = text.split()[0] if text.split() else ""
    if first in codes:
        return codes[first]
    hits = products.search(person, text, limit=4) if text else []
    if not hits:
        raise ProductNotFound(text=text)
    if len(hits) > 1:
        raise ProductNotClear(text=text, choices="、".join(f"{hit.code} {hit.name} {hit.spec}" for hit in hits[:3]))
    return hits[0].pk


class OrderForm(KeyedForm):
    """The head of an order."""

    payment = WordField(PAYMENTS, label=_("付款方式"), required=True)
    customer_ref = forms.CharField(label=_("客户单号"), max_length=60, required=False)
    wanted_on = day_field(_("要货日"))
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


class ReasonForm(KeyedForm):
    """A reason."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SpecialForm(ReasonForm):
    """A special release: why, and until when it holds."""

    expires_on = day_field(_("特批有效至"), required=True)
    stands_in_for = forms.TypedChoiceField(
        label=_("代理"), coerce=int, empty_value=None, required=False, help_text=_("代理时按被代理人的权限")
    )

    def __init__(self, today: Any, givers: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.initial.setdefault("expires_on", today + timedelta(days=7))
        self.fields["stands_in_for"].choices = [("", _("本人")), *givers]  # type: ignore[attr-defined]
        if not givers:
            del self.fields["stands_in_for"]


class DeliveryForm(KeyedForm):
    """How goods leave; their lines come as fields named after the order's lines."""

    on = day_field(_("发货日"), required=True)
    carrier = forms.CharField(label=_("承运人"), max_length=120, required=False)
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    address = forms.CharField(label=_("收货地址"), max_length=200, required=False)
    temperature = forms.CharField(label=_("启运温度"), max_length=120, required=False, help_text=_("冷链药品必填"))


class HandoverForm(KeyedForm):
    """Who took the goods."""

    receiver = forms.TypedChoiceField(label=_("收货人"), coerce=int, empty_value=None)
    on = day_field(_("签收日"), required=True)
    temperature = forms.CharField(label=_("交接温度"), max_length=120, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    paper = forms.FileField(
        label=_("签收单"), required=False, help_text=_("照片或 PDF，最多 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip

    def __init__(self, people: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["receiver"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class SignedReceiptForm(KeyedForm):
    """The scan of a signed receipt that came afterwards."""

    paper = forms.FileField(
        label=_("签收单"),
        help_text=_("照片或 PDF，最多 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class InvoiceForm(KeyedForm):
    """An invoice from a delivery."""

    number = forms.CharField(label=_("发票号"), max_length=60)
    on = day_field(_("开票日"), required=True)


class ReturnForm(KeyedForm):
    """Goods that came back; their lines come as fields named after the delivered lines."""

    reason = forms.CharField(label=_("退货原因"), max_length=200)
    on = day_field(_("退货日"), required=True)
    red_letter_number = forms.CharField(
        label=_("红字发票号"), max_length=60, required=False, help_text=_("已开票的货必填")
    )


class PriceForm(KeyedForm):
    """A price of the book."""

    product = forms.CharField(label=_("产品编码"), max_length=120)
    customer_kind = WordField(terminal_rules.KINDS, label=_("客户类型"), help_text=_("留空为所有客户"))
    customer_code = forms.CharField(label=_("客户编码"), max_length=40, required=False, help_text=_("只对一家客户时填"))
    price = FenField(label=_("含税单价"))
    floor = FenField(label=_("底价"), required=False)
    since = day_field(_("起始日"), required=True)
    until = day_field(_("截止日"))
    source = forms.CharField(label=_("依据"), max_length=120, required=False)


def shipped_lines(post: Any, open_lines: Any) -> list[Shipped]:
    """Lines of a delivery: `milli-<line>`, `batch-<line>`, `expires-<line>`; blanks are not shipped. Raises refusals."""
    found = []
    for line in open_lines:
        text = post.get(f"quantity-{line.pk}", "").strip()
        if text:
            expires = post.get(f"expires-{line.pk}", "").strip()
            found.append(
                Shipped(
                    line.pk, quantity(text), post.get(f"batch-{line.pk}", "").strip()[:40],
                    columns.day(expires) if expires else None,
                )
            )  # fmt: skip
    return found


def returned_lines(post: Any, delivered: Any) -> list[SentBack]:
    """Lines of a return: `quantity-<delivered line>`; blanks stay with the customer. Raises refusals."""
    return [
        SentBack(line.pk, quantity(text)) for line in delivered if (text := post.get(f"quantity-{line.pk}", "").strip())
    ]


def cancelled_lines(post: Any, open_lines: Any) -> dict[int, int]:
    """Lines to cancel: `cancel-<line>`; none means all. Raises refusals."""
    return {line.pk: quantity(text) for line in open_lines if (text := post.get(f"cancel-{line.pk}", "").strip())}
