"""Forms of receivables, with fields made from the columns of the noun's files: one list for form and file (law 8)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kewei.journal.forms import FenField, KeyedForm, amount_widget
from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.ids import LARGEST_KEY
from kewei.kernel.refusals import N_, Refused
from kewei.receivables import excel, rules
from kewei.receivables.rules.bill_checks import RESTRICTIONS, Sheet
from kewei.receivables.rules.bills import BILL_KINDS, BillGiven, bill_given
from kewei.terminals import queries as terminals

HOW_WORDS: dict[str, str] = {
    "none": N_("暂不核销"),
    "oldest": N_("按到期先后"),
    "exact": N_("找相等的一张或全部"),
    "subset": N_("找合计相等的几张"),
    "named": N_("指定发票"),
}


def _heading(column: Column) -> str:
    return column.zh if (get_language() or "zh").startswith("zh") else column.en


# A column's heading in the reader's language.
heading = lazy(_heading, str)


class ColumnField(forms.CharField):
    """Reads what people type the way a file's column does, and refuses with the same sentences."""

    def __init__(self, column: Column, **more: Any) -> None:
        self.column = column
        usual: dict[str, Any] = {"label": heading(column), "required": column.required}
        if column.help and column.read is not columns.day:
            usual["help_text"] = _(column.help)
        super().__init__(**(usual | {"max_length": 400} | more))

    def to_python(self, value: Any) -> Any:
        """The column's value; None where nothing was typed."""
        typed = super().to_python(value)
        if typed in self.empty_values:
            return None
        try:
            return self.column.read(typed)
        except Refused as why:
            raise forms.ValidationError(why.sentence(gettext)) from why

    def run_validators(self, value: Any) -> None:
        """The reader has checked it; what is no text has no length."""
        if isinstance(value, str):
            super().run_validators(value)

    def prepare_value(self, value: Any) -> Any:
        """A value as it is typed."""
        return value if value is None or isinstance(value, str) else self.column.show(value)


def day_widget() -> forms.DateInput:
    """A day, chosen from the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def fields_from(listed: Iterable[Column], leave_out: set[str]) -> dict[str, forms.Field]:
    """A form field for each column, with the widget its kind of value asks for."""
    made: dict[str, forms.Field] = {}
    for column in listed:
        if column.name in leave_out:
            continue
        widget: Any = forms.TextInput(attrs={"autocomplete": "off"})
        if column.read is columns.day:
            widget = day_widget()
        elif column.read in (columns.positive_money, columns.money_or_nought, columns.money):
            widget = amount_widget()
        elif column.name == "memo":
            widget = forms.Textarea(attrs={"rows": 2})
        made[column.name] = ColumnField(column, widget=widget)
    return made


class TerminalField(forms.IntegerField):
    """A customer chosen by typing; its value is the row, as far as the reader may see it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=_("客户"), min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput,
            error_messages={"required": _("请先选择客户"), "invalid": _("请先选择客户")}, **more,
        )  # fmt: skip


class DocumentForm(KeyedForm):
    """A document on a customer's account."""

    VERB = "receivables.see"
    terminal = TerminalField()

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.reader = reader
        self.customer: Any = None

    def clean_terminal(self) -> Any:
        """The customer's row; one the reader may not see does not exist for them."""
        try:
            self.customer = terminals.terminal_for(self.reader, self.cleaned_data["terminal"], self.VERB)
        except Refused as why:
            raise forms.ValidationError(why.sentence(gettext)) from why
        return self.customer


class InvoiceForm(DocumentForm):
    """An invoice."""

    VERB = "receivables.post_invoice"
    MORE = ("invoice_type", "tax", "net", "contract", "order", "memo")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields |= fields_from(excel.INVOICES, {"customer_code"})
        self.fields["due_date"].required = True
        self.fields["due_date"].help_text = ""
        self.fields["amount"].help_text = ""
        self.fields["invoice_type"].widget = forms.Select(choices=choices_of(excel.INVOICE_TYPES))

    def invoice_fields(self) -> dict[str, Any]:
        """What the invoice says beyond its amount, as it is kept: amounts in fen under *_fen."""
        given = {name: self.cleaned_data[name] for name in self.MORE if self.cleaned_data.get(name) is not None}
        return {f"{name}_fen" if name in ("tax", "net") else name: value for name, value in given.items()}


class RedLetterForm(DocumentForm):
    """A red-letter note; the original is named by its number."""

    VERB = "receivables.post_red_letter"
    allocate = forms.BooleanField(label=_("立即冲减原发票"), required=False, initial=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields |= fields_from(excel.RED_LETTERS, {"customer_code"})
        self.fields["amount"].help_text = _("写正数或负数都可以，一律冲减")

    def clean_amount(self) -> int:
        """Whatever its sign, it takes away."""
        return abs(self.cleaned_data["amount"])


class ReceiptForm(DocumentForm):
    """Money received."""

    VERB = "receivables.receive"
    reference = forms.CharField(label=_("银行流水号或票据号"), max_length=120, required=False)
    payer_terminal = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=_("核销方式"), initial="oldest", widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        choices=[(how, _(words)) for how, words in HOW_WORDS.items()],
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields |= fields_from(excel.RECEIPTS, {"customer_code"})
        self.fields["method"].widget = forms.Select(choices=choices_of(excel.METHODS, optional=False))
        self.fields["method"].help_text = ""
        self.fields["bill_kind"].widget = forms.Select(choices=choices_of(excel.BILLS))
        self.fields["invoice_no"].help_text = _("几张发票用分号隔开，按所写次序核销；也可以在下面勾选")
        self.fields["payer"].help_text = _("与客户不同时填写，例如医保中心代付")
        self.seen = SeenForm(self.data if self.is_bound else None, prefix="seen", use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        """Invoices that are named must be wanted, and the other way round; a bill says when it falls due."""
        given = super().clean() or {}
        if given.get("method") == "bill":
            for name in ("bill_kind", "bill_due"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, gettext("承兑汇票须写明种类和到期日：它在兑付前可能占用授信额度"))
            if not self.seen.is_valid():
                self.add_error(None, gettext("收票前先填检查表：不得接收的票据不能入账"))
        if given.get("how") == "named" and not self.invoice_numbers() and "invoice_no" not in self.errors:
            self.add_error("invoice_no", gettext("请写明或勾选要核销的发票"))
        return given

    def invoice_numbers(self) -> list[str]:
        """Numbers typed and ticked, each once, in their order."""
        ticked = self.data.getlist("tick") if hasattr(self.data, "getlist") else []
        return list(dict.fromkeys([*(self.cleaned_data.get("invoice_no") or []), *ticked[:500]]))

    def receipt_fields(self) -> dict[str, Any]:
        """What a bill says beyond its amount, kept with the receipt (domain 2.16)."""
        given = self.cleaned_data
        if given.get("method") != "bill":
            return {}
        names = ("bill_kind", "bill_no", "bill_due", "acceptor")
        return {name: given[name] for name in names if given.get(name)}

    def bill(self) -> BillGiven | None:
        """The bill the money came as, None where it came otherwise."""
        given = self.cleaned_data
        told = bill_given(
            given["method"] or "transfer", given["received_on"], given["bill_kind"], given["bill_due"], given["bill_no"],
            given["acceptor"],
        )  # fmt: skip
        return told and replace(told, issued_on=self.seen.cleaned_data.get("issued_on"))

    def sheet(self) -> Sheet | None:
        """What was seen of the bill, None where the money came otherwise."""
        bill = self.bill()
        if bill is None:
            return None
        return self.seen.sheet(kind=bill.kind, number=bill.number, acceptor=bill.acceptor, due_on=bill.due_on)


class ReasonForm(KeyedForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class AllocateForm(KeyedForm):
    """How to spend what is left of a receipt or a red-letter note."""

    how = forms.ChoiceField(
        label=_("核销方式"), widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        choices=[(how, _(words)) for how, words in HOW_WORDS.items() if how != "none"] + [("table", _("逐张填写金额"))],
    )  # fmt: skip

    def shares(self) -> list[tuple[int, int]]:
        """(debit entry, fen) of every amount typed into the table, in its order; a bad amount becomes an error."""
        shares = []
        for name, typed in self.data.items():
            key = name.removeprefix("fen_")
            if name.startswith("fen_") and key.isdecimal() and typed.strip():
                try:
                    shares.append((int(key), columns.positive_money(typed.strip())))
                except Refused as why:
                    self.add_error(None, why.sentence(gettext))
        return shares

    def invoice_numbers(self) -> list[str]:
        """Numbers ticked in the table."""
        return list(dict.fromkeys(self.data.getlist("tick")[:500])) if hasattr(self.data, "getlist") else []


class PeriodForm(forms.Form):
    """A period, both days included."""

    first = forms.DateField(label=_("起"), widget=day_widget())
    last = forms.DateField(label=_("止"), widget=day_widget())

    def clean(self) -> dict[str, Any]:
        """The end does not come before the beginning."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            why = rules.refusals.PeriodReversed(first=given["first"], last=given["last"])
            self.add_error("last", why.sentence(gettext))
        return given


def choices_of(labels: dict[str, str], optional: bool = True) -> list[tuple[str, Any]]:
    """The choices of a column, in words; the value is one its reader understands."""
    made: list[tuple[str, Any]] = [(value, _(label)) for label, value in labels.items()]
    return [("", "—"), *made] if optional else made


class SeenForm(forms.Form):
    """What was seen of a bill (domain 2.16); what is not ticked was not seen to be so."""

    sub_range = forms.CharField(
        label=_("子票区间"), max_length=40, initial="0", help_text=_("不可分包填 0，否则填起止号，如 1-500000")
    )
    issued_on = forms.DateField(label=_("出票日"), required=False, widget=day_widget())
    acceptor_exact = forms.BooleanField(label=_("承兑人名称与披露平台登记完全一致"), required=False)
    searched_on = forms.DateField(label=_("披露平台查询日"), required=False, widget=day_widget())
    acceptor_listed = forms.BooleanField(label=_("承兑人在持续逾期名单上"), required=False)
    complete = forms.BooleanField(label=_("必备记载齐全，金额、日期、收款人没有更改"), required=False)
    chain_unbroken = forms.BooleanField(label=_("背书连续"), required=False)
    restriction = forms.ChoiceField(label=_("限制性记载"))
    before_us_pays = forms.BooleanField(label=_("直接前手就是付款客户"), required=False)
    paid_by_another = forms.CharField(label=_("代付证明"), max_length=120, required=False)
    contract = forms.CharField(label=_("合同号"), max_length=60)
    invoice = forms.CharField(label=_("发票号"), max_length=200, help_text=_("几张用分号隔开"))
    refused = forms.BooleanField(label=_("已被拒付，或已过提示付款期"), required=False)
    paper = forms.BooleanField(label=_("纸质票据"), required=False)
    discount = FenField(label=_("贴现成本（元）"), required=False, empty=0)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        words = [(code, gettext(said)) for code, said in RESTRICTIONS.items()]
        self.fields["restriction"].choices = words  # type: ignore[attr-defined]

    def sheet(self, **of_the_bill: Any) -> Sheet:
        """The answers as the rules take them; what the bill itself says is given where the form does not ask it."""
        given = self.cleaned_data | of_the_bill
        plain = {name: given[name] for name in Sheet.__dataclass_fields__ if name in given}
        return Sheet(**plain, discount_fen=given["discount"])


class BillCheckForm(SeenForm, KeyedForm):
    """The check sheet of a bill by itself."""

    kind = forms.ChoiceField(label=_("种类"))
    number = forms.CharField(label=_("票据号码"), max_length=40)
    acceptor = forms.CharField(label=_("承兑人"), max_length=120)
    due_on = forms.DateField(label=_("到期日"), widget=day_widget())
    field_order = ["kind", "number", "sub_range", "acceptor", "issued_on", "due_on"]

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        kinds = {kind: words for kind, words in BILL_KINDS.items() if kind != "unnamed"}
        self.fields["kind"].choices = [(kind, gettext(words)) for kind, words in kinds.items()]  # type: ignore[attr-defined]


class BillTryForm(BillCheckForm):
    """The sheet of a bill that is only offered: who offers it, and its face value."""

    customer = forms.CharField(label=_("客户编码"), max_length=40)
    amount = FenField(label=_("票面金额（元）"))
    field_order = ["customer", "amount", *BillCheckForm.field_order]

    def __init__(self, person: Any, *args: Any, **given: Any) -> None:
        self.person = person
        super().__init__(*args, **given)

    def clean_customer(self) -> int:
        """The key of the customer."""
        found = terminals.by_codes(self.person, [self.cleaned_data["customer"].strip()])
        if not found:
            raise forms.ValidationError(gettext("没有这家客户"))
        return next(iter(found.values()))
