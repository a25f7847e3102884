"""Forms of the journal, and what every form that changes something is made from: a key, for which it is done once."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kewei.kernel import ids


class KeyedForm(forms.Form):
    """A form with a hidden key, so that it posts once however often it is sent."""

    form_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput, initial=ids.new_key)

    def renew_key(self) -> None:
        """Let the next sending be another one."""
        again = QueryDict(mutable=True)
        again.update(self.data)
        again["form_key"] = ids.new_key()
        self.data = again


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
