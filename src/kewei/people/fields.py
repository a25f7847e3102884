"""Form fields the rooms share: made from the columns of a noun's files, so that form, file and API read alike (law 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kewei.kernel import columns
from kewei.kernel.columns import Column
from kewei.kernel.refusals import Refused

NOTHING_CHOSEN = [("", "–")]


def _heading(column: Column) -> str:
    return column.zh if (get_language() or "zh").startswith("zh") else column.en


# A column's heading in the reader's language.
heading = lazy(_heading, str)


class ColumnField(forms.CharField):
    """Reads what people type the way a file's column does, and refuses with the same sentences; blank is None."""

    def __init__(self, column: Column, **more: Any) -> None:
        self.column = column
        usual: dict[str, Any] = {"label": heading(column), "required": column.required, "max_length": 2000}
        if column.help and column.read is not columns.day:
            usual["help_text"] = _(column.help)
        super().__init__(**(usual | more))

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


class WordField(forms.ChoiceField):
    """One of a table of words: code -> Chinese label, shown in the reader's language; blank is ''."""

    def __init__(self, words: Mapping[str, str], **more: Any) -> None:
        choices = [(code, _(label)) for code, label in words.items()]
        required = more.get("required", False)
        super().__init__(choices=choices if required else [*NOTHING_CHOSEN, *choices], **({"required": False} | more))


def day_field(label: Any, required: bool = False, **more: Any) -> forms.DateField:
    """A day, chosen from the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **more)
