"""Forms of the journal, and what every form that changes something is made from: a key, for which it is done once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kewei.kernel import columns, ids
from kewei.kernel.refusals import Refused


class KeyedForm(forms.Form):
    """A form with a hidden key, so that it posts once however often it is sent."""

    form_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput, initial=ids.new_key)

    def renew_key(self) -> None:
        """Let the next sending be another one."""
        again = QueryDict(mutable=True)
        again.update(self.data)
        again["form_key"] = ids.new_key()
        self.data = again


def amount_widget() -> forms.TextInput:
    """An amount, repeated in capital characters by the server while it is typed."""
    return forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "k-amount-input", "placeholder": "0.00"}
    )


class FenField(forms.CharField):
    """Yuan as people type them; its value is whole fen, `empty` where nothing was typed. Never below nought; `positive`
    refuses nought too."""

    def __init__(self, *, positive: bool = False, empty: int | None = None, **more: Any) -> None:
        usual: dict[str, Any] = {"max_length": 30, "widget": amount_widget()}
        super().__init__(**usual | more)
        self.read, self.empty = columns.positive_money if positive else columns.money_or_nought, empty

    def to_python(self, value: Any) -> Any:
        """Fen; None where nothing was typed, so that what must be there is asked for."""
        typed = super().to_python(value)
        if typed in self.empty_values:
            return None
        try:
            return self.read(typed)
        except Refused as why:
            raise forms.ValidationError(why.sentence(gettext)) from why

    def run_validators(self, value: Any) -> None:
        """The reader has checked it; a number has no length."""

    def clean(self, value: Any) -> Any:
        """Fen, or what nothing means."""
        fen = super().clean(value)
        return self.empty if fen is None else fen


class DropForm(forms.Form):
    """Why a fact that was set aside is closed without being dealt with."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class ProposeForm(forms.Form):
    """A new version of a policy."""

    body = forms.JSONField(label=_("内容（JSON）"), widget=forms.Textarea(attrs={"rows": 16, "class": "k-mono"}))
    since = forms.DateField(label=_("生效日"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    source = forms.CharField(label=_("来源（法规、文件或决定）"), max_length=300)
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)


class DecideForm(forms.Form):
    """A decision on a version."""

    approve = forms.ChoiceField(choices=[("1", _("批准")), ("0", _("驳回"))])
    why = forms.CharField(max_length=200, required=False)
