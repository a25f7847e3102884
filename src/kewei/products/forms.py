"""Forms of products, made from the columns of a products' file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kewei.kernel.columns import Column
from kewei.people.fields import ColumnField, WordField
from kewei.products import excel, rules

COLUMN: dict[str, Column] = {column.name: column for column in excel.COLUMNS}
TEXTS = ("name", "trade_name", "spec", "form", "unit", "maker", "approval_no", "storage")


def _words(name: str, words: dict[str, str], **more: Any) -> WordField:
    return WordField(words, label=_(COLUMN[name].zh), **more)


class ProductForm(forms.Form):
    """Every field of a product but its code."""

    name = ColumnField(COLUMN["name"])
    trade_name = ColumnField(COLUMN["trade_name"])
    spec = ColumnField(COLUMN["spec"])
    form = ColumnField(COLUMN["form"])
    unit = ColumnField(COLUMN["unit"])
    per_case = ColumnField(COLUMN["per_case"], widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    maker = ColumnField(COLUMN["maker"])
    approval_no = ColumnField(COLUMN["approval_no"])
    scope_class = _words("scope_class", rules.SCOPE_CLASSES, required=True, help_text=_("客户证照须有相应的经营范围"))
    prescription = _words("prescription", rules.PRESCRIPTION)
    cold_chain = forms.BooleanField(label=_("冷链"), required=False)
    storage = ColumnField(COLUMN["storage"])
    lifecycle = _words("lifecycle", rules.LIFECYCLES, required=True)
    supply = _words("supply", rules.SUPPLIES, help_text=_("集采中选、基药、急救药被信用拦截时转人工批准"))
    tax_bp = ColumnField(COLUMN["tax_bp"], widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    listed_price = ColumnField(COLUMN["listed_price"], widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def card(self) -> dict[str, Any]:
        """The fields as the actions take them; a blank text is empty."""
        given = dict(self.cleaned_data)
        given["listed_price_fen"] = given.pop("listed_price")
        return {**given, **{name: given[name] or "" for name in TEXTS}}


class NewProductForm(ProductForm):
    """A new product: its code too."""

    code = ColumnField(COLUMN["code"])
    field_order = ["code"]

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.initial.setdefault("scope_class", "general")
        self.initial.setdefault("lifecycle", "live")
