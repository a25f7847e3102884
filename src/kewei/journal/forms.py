"""Forms of the journal."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DropForm(forms.Form):
    """Why a fact that was set aside is closed without being dealt with."""

    reason = forms.CharField(label=_("原因"), max_length=200)
