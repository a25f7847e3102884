"""Forms of people."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kewei.kernel import ids
from kewei.people import queries, rules
from kewei.people.fields import day_field


def _field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field whose choices are known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class SignInForm(forms.Form):
    """Login and password."""

    username = forms.CharField(label=_("登录名"), max_length=40)
    password = forms.CharField(label=_("密码"), max_length=256, widget=forms.PasswordInput, strip=False)


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new = forms.CharField(
        label=_("新密码"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，不要用常见密码或与登录名相近的密码"),
    )
    again = forms.CharField(
        label=_("再输一次"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict:
        """Both must be the same."""
        given = super().clean() or {}
        if given.get("new") != given.get("again"):
            self.add_error("again", gettext("两次输入的密码不一样"))
        return given


class OwnPasswordForm(NewPasswordForm):
    """The reader's own password: the old one first, so that an unattended screen is not enough."""

    old = forms.CharField(
        label=_("原密码"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old", "new", "again"]


class PersonForm(forms.Form):
    """A new person with a first password and, where chosen, a first post."""

    login = forms.CharField(
        label=_("登录名"), max_length=40, help_text=_("小写字母、数字、点、横线或下划线，以字母开头")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    password = forms.CharField(
        label=_("初始密码"),
        max_length=256,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符；留空则暂不能登录"),
    )


class PostForm(forms.Form):
    """A post: role and where."""

    role = forms.ChoiceField(label=_("角色"))
    territory = forms.ChoiceField(label=_("区域"), required=False)

    def __init__(self, reader, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        _field(self, "role").choices = [(c, gettext(r.name)) for c, r in rules.ROLES.items() if c != "system"]
        tree = queries.territories(reader)
        _field(self, "territory").choices = [
            ("", gettext("全公司")),
            *((t.pk, "　" * t.depth + f"{t.name}（{t.code}）") for t in tree),
        ]

    def clean_territory(self):
        """The territory's row, or None for the whole company."""
        pk = self.cleaned_data["territory"]
        return queries.territory_for(self.reader, int(pk)) if pk else None


class TerritoryForm(forms.Form):
    """A new territory under another."""

    code = forms.SlugField(label=_("区域编码"), max_length=40)
    name = forms.CharField(label=_("区域名称"), max_length=60)
    parent = forms.ChoiceField(label=_("上级区域"), required=False)

    def __init__(self, reader, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        tree = queries.territories(reader)
        _field(self, "parent").choices = [
            ("", gettext("（最上级）")),
            *((t.pk, "　" * t.depth + f"{t.name}（{t.code}）") for t in tree),
        ]

    def clean_parent(self):
        """The territory above, or None."""
        pk = self.cleaned_data["parent"]
        return queries.territory_for(self.reader, int(pk)) if pk else None


class MoveForm(forms.Form):
    """Where a territory moves to."""

    parent = forms.ChoiceField(label=_("移到"), required=False)

    def __init__(self, reader, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        _field(self, "parent").choices = [
            ("", gettext("（最上级）")),
            *((t.pk, f"{t.name}（{t.code}）") for t in queries.territories(reader)),
        ]

    clean_parent = TerritoryForm.clean_parent


class TokenForm(forms.Form):
    """A new API token: its name, what it may do, how long it lives."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：财务系统每日取账龄"))
    scopes = forms.MultipleChoiceField(label=_("权限"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 天")), (90, _("90 天")), (365, _("1 年")), (0, _("不限"))],
    )

    def __init__(self, owner, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "scopes").choices = [
            (verb, gettext(rules.VERB_WORDS[verb])) for verb in queries.granted_verbs(owner)
        ]

    def expires_at(self) -> datetime | None:
        """The end of the last day the token lives, or None."""
        days = self.cleaned_data["days"]
        if not days:
            return None
        last = timezone.localdate() + timedelta(days=days)
        return timezone.make_aware(datetime.combine(last, time.max))


class DeputyForm(forms.Form):
    """Who decides in the reader's place, and from when to when."""

    taker = forms.TypedChoiceField(label=_("代理人"), coerce=int)
    since = day_field(_("从"), required=True)
    until = day_field(_("到"), required=True, help_text=_("含当日；最长 60 天"))
    reason = forms.CharField(label=_("事由"), max_length=200, required=False, help_text=_("例如：年假、出差"))

    def __init__(self, reader, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "taker").choices = queries.choices_of_deputies(reader)


class CompanyForm(forms.Form):
    """What statements and letters print about us."""

    name = forms.CharField(label=_("公司名称"), max_length=120)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    bank = forms.CharField(label=_("开户行"), max_length=120, required=False)
    account = forms.CharField(label=_("账号"), max_length=40, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)

    def clean_credit_code(self) -> str:
        """Empty, or right to its check digit."""
        code = self.cleaned_data["credit_code"].strip().upper()
        if code and (fault := ids.credit_code_fault(code)):
            raise forms.ValidationError(gettext(fault))
        return code
