"""Forms of terminals, made from the columns of a customers' file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kewei.kernel.columns import Column
from kewei.kernel.refusals import Refused
from kewei.people import queries as people
from kewei.people.fields import NOTHING_CHOSEN, ColumnField, WordField, day_field, heading
from kewei.terminals import excel, queries, rules
from kewei.terminals.rules.potential import CLASS_WORDS
from kewei.terminals.rules.prospects import ESTIMATE_BASES, PAPER_CHECKS, PAYS_BY, SOURCES

COLUMN: dict[str, Column] = {column.name: column for column in excel.COLUMNS}
SELLERS = ("representative", "manager")
# What the form has fields for besides place, group and owner, in the order of the page.
PLAIN = ("name", "short_name", "kind", "credit_code", "address", "grade", "beds", "ownership", "size", "note")


def _words(name: str, words: rules.Words, **more: Any) -> WordField:
    return WordField(words, label=_(COLUMN[name].zh), **more)


class CardForm(forms.Form):
    """The fields of a card that are changed together; blank means empty here, since the whole card is on the page."""

    name = ColumnField(COLUMN["name"])
    short_name = ColumnField(COLUMN["short_name"])
    kind = _words("kind", rules.KINDS, required=True)
    credit_code = ColumnField(COLUMN["credit_code"])
    province = forms.CharField(label=_("省"), required=False, widget=forms.Select)
    city = forms.CharField(label=_("市"), required=False, widget=forms.Select)
    district = forms.CharField(label=_("区县"), required=False, widget=forms.Select)
    address = ColumnField(COLUMN["address"])
    grade = _words("grade", rules.GRADES)
    beds = ColumnField(COLUMN["beds"], widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    ownership = _words("ownership", rules.OWNERSHIPS)
    size = _words("size", rules.SIZES, help_text=_("按签约时认定；决定是否适用中小企业款项支付条例"))
    group_code = ColumnField(COLUMN["group_code"], label=_("上级机构编码"))
    note = ColumnField(
        COLUMN["note"],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只记与业务有关的事，不记个人生活、家庭、病人或处方数量"),
    )

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.reader = reader
        self._offer_places()

    def card(self) -> dict[str, Any]:
        """The fields as the actions take them."""
        given = self.cleaned_data
        fields = {name: given[name] if given[name] is not None else "" for name in PLAIN if name != "beds"}
        places = {part: given[part] for part in ("province", "city", "district")}
        return {**fields, **places, "beds": given["beds"], "group": given["group_code"]}

    def clean_group_code(self) -> Any:
        """The card above this one, as far as the reader may see it."""
        code = self.cleaned_data["group_code"]
        if not code:
            return None
        try:
            return queries.terminal_named(self.reader, code)
        except Refused:
            raise forms.ValidationError(rules.UnknownCustomer(text=code).sentence(gettext)) from None

    def _offer_places(self) -> None:
        """Three lists that follow each other; a name that stands on the card stays choosable whatever it is."""
        chosen = {part: self[part].value() or "" for part in ("province", "city", "district")}
        for part, choices in place_choices(chosen["province"], chosen["city"]).items():
            names = [name for _, name in choices]
            if chosen[part] and chosen[part] not in names:
                names.insert(0, chosen[part])
            widget = self.fields[part].widget
            widget.choices = [*NOTHING_CHOSEN, *((name, name) for name in names)]  # type: ignore[attr-defined]


def place_choices(province: str, city: str) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen for province, city and district, given the names chosen so far."""
    return {
        "province": queries.province_choices(),
        "city": queries.city_choices(province) if province else [],
        "district": queries.district_choices(province, city) if city else [],
    }


class NewCardForm(CardForm):
    """A new card: code, owner, and whether it is no twin of one that is here."""

    code = ColumnField(COLUMN["code"], required=False, help_text=_("留空则自动编码"))
    owner = forms.TypedChoiceField(label=_("负责人"), required=False, coerce=int, empty_value=None)
    licence_number = forms.CharField(
        label=_("许可证号"), required=False, max_length=60, help_text=_("用来查重，建档后再登记证照")
    )
    not_a_twin = forms.BooleanField(label=_("已核对，不是同一家，仍要建档"), required=False)
    field_order = [
        "name",
        "code",
        "kind",
        "credit_code",
        "licence_number",
        "short_name",
        "province",
        "city",
        "district",
    ]

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(reader, *args, **given)
        if reader.may("terminals.assign"):
            self.fields["owner"].choices = [*NOTHING_CHOSEN, *people.choices_of_people(SELLERS)]  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]


class AssignForm(forms.Form):
    """Who looks after the terminal in which role."""

    role = WordField(rules.LINK_ROLES, label=_("角色"), required=True)
    person = forms.TypedChoiceField(label=_("人员"), coerce=int)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["person"].choices = people.choices_of_people()  # type: ignore[attr-defined]


class OwnerForm(forms.Form):
    """The owner of many terminals at once."""

    owner = forms.TypedChoiceField(label=_("负责人"), coerce=int)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["owner"].choices = people.choices_of_people(SELLERS)  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Why a terminal is closed."""

    reason = forms.CharField(label=_("停用原因"), max_length=200, help_text=_("如歇业、注销、并入另一家"))


class AliasForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=_("名称"), max_length=120)
    kind = WordField(rules.ALIAS_KINDS, label=_("名称种类"), required=True)
    distributor_code = ColumnField(
        COLUMN["code"], label=_("所属经销商编码"), required=False, help_text=_("只有某一家经销商这样写时填写")
    )


class ContactForm(forms.Form):
    """A business contact: work details only (domain 4.8)."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    department = forms.CharField(label=_("科室或部门"), max_length=60, required=False)
    job = forms.CharField(label=_("职务"), max_length=60, required=False)
    duty = WordField(rules.CONTACT_DUTIES, label=_("职责"))
    work_phone = forms.CharField(label=_("工作电话"), max_length=40, required=False)
    work_email = forms.EmailField(label=_("工作邮箱"), max_length=120, required=False)
    notice_given_on = day_field(_("告知个人信息处理规则之日"))
    source = forms.CharField(label=_("来源"), max_length=60, required=False)


class LicenceForm(forms.Form):
    """A licence with its dates and scope."""

    kind = WordField(rules.LICENCE_KINDS, label=_("证照种类"), required=True)
    number = forms.CharField(label=_("证号"), max_length=60)
    issuer = forms.CharField(label=_("发证机关"), max_length=100, required=False)
    issued_on = day_field(_("发证日"))
    valid_from = day_field(_("有效期起"))
    valid_to = day_field(_("有效期至"))
    long_term = forms.BooleanField(label=_("长期有效"), required=False)
    inspected_on = day_field(_("上次校验日"), help_text=_("登记机关最近一次校验；校验到期由此算出"))
    verify_by = day_field(_("校验到期"), help_text=_("可不填：床位不足 100 张每年，其余每三年"))
    scope = forms.MultipleChoiceField(
        label=_("经营范围或诊疗范围"),
        required=False,
        choices=[(code, _(label)) for code, label in rules.SCOPE_CODES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    warehouse = forms.CharField(label=_("仓库地址"), max_length=200, required=False)
    verified_how = WordField(rules.VERIFIED_HOW, label=_("核验方式"))

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if not reader.may("terminals.licence"):
            del self.fields["verified_how"]


class AuthorisedForm(forms.Form):
    """Somebody the customer has authorised in writing."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("身份证号"), max_length=20, required=False, help_text=_("只保存前三位和后四位，用于核对授权书")
    )
    kinds = forms.MultipleChoiceField(
        label=_("授权类型"),
        choices=[(code, _(label)) for code, label in rules.AUTHORISED_KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    varieties = forms.CharField(label=_("授权品种"), max_length=200, required=False)
    area = forms.CharField(label=_("授权地域"), max_length=100, required=False)
    valid_to = day_field(_("授权有效期至"), required=True, help_text=_("空白或过期的授权书无效"))


class SettlementForm(forms.Form):
    """How and when a terminal pays."""

    method = WordField(rules.SETTLEMENT_METHODS, label=_("结算方式"))
    term_days = forms.IntegerField(label=_("账期天数"), min_value=0, max_value=3650, required=False)
    term_start = WordField(rules.TERM_STARTS, label=_("账期起算"))
    cutoff_day = forms.IntegerField(label=_("对账截止日（每月几号）"), min_value=1, max_value=31, required=False)
    handin_day = forms.IntegerField(label=_("交票日（每月几号）"), min_value=1, max_value=31, required=False)
    pay_day = forms.CharField(label=_("付款日规则"), max_length=60, required=False, help_text=_("如每月 25 日、季末"))
    signing_chain = forms.CharField(
        label=_("签字链"), max_length=200, required=False, help_text=_("谁先签、谁后签，如药剂科→财务科→院长")
    )
    bank = forms.CharField(label=_("开户行"), max_length=100, required=False)
    account = forms.CharField(label=_("账号"), max_length=40, required=False, help_text=_("只保存后四位"))
    account_name = forms.CharField(label=_("户名"), max_length=120, required=False)
    payers = forms.CharField(
        label=_("允许的付款方"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("除客户本身以外，一行一个"),
    )
    late_rate_bp = forms.IntegerField(label=_("逾期利率（日万分之几）"), min_value=0, max_value=1000, required=False)

    def clean_payers(self) -> list[str]:
        """One payer a line."""
        lines = (line.strip() for line in self.cleaned_data["payers"].splitlines())
        return [line[:120] for line in lines if line]


class VetoForm(forms.Form):
    """A veto of quality: of one class, or of everything."""

    scope_class = WordField(rules.SCOPE_CLASSES, label=_("品类"), help_text=_("留空为全部品类"))
    reason = forms.CharField(label=_("理由"), max_length=200)
    until = day_field(_("到哪天为止"))


class ImageForm(forms.Form):
    """A page of a licence."""

    file = forms.FileField(label=_("扫描件"), help_text=_("PNG、JPEG 或 PDF，最多 10 MB"))
    sealed = forms.BooleanField(label=_("盖有原印章"), required=False)


class AuthorisedPaperForm(forms.Form):
    """The letter of an authorised person, or the sample of their seal."""

    which = WordField(rules.AUTHORISED_PAPERS, label=_("哪一种"), required=True)
    file = forms.FileField(label=_("扫描件"), help_text=_("PNG、JPEG 或 PDF，最多 10 MB"))


# --- prospects --------------------------------------------------------------------------------------------------------

PROSPECT: dict[str, Column] = {column.name: column for column in excel.PROSPECTS}
PROSPECT_WORDS = {
    "source": SOURCES,
    "paper_check": PAPER_CHECKS,
    "estimate_basis": ESTIMATE_BASES,
    "pays_by": PAYS_BY,
}
_LONG = {"scope_text", "rivals", "buying_process", "obstacles"}
_DAYS = {"estimate_on", "first_order_on"}


def _prospect_field(column: Column) -> forms.Field:
    """A form field for a column of prospects, as its values ask for."""
    if column.name in PROSPECT_WORDS:
        return WordField(PROSPECT_WORDS[column.name], label=heading(column), required=column.required)
    if column.name in _DAYS:
        return day_field(heading(column))
    widget = forms.Textarea(attrs={"rows": 2}) if column.name in _LONG else None
    return ColumnField(column, **({"widget": widget} if widget else {}))


def _degrees(name: str) -> ColumnField:
    column = next(column for column in excel.LISTED if column.name == name)
    return ColumnField(column, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


class ProspectForm(forms.Form):
    """What a prospect's card holds beyond the customer card; all of it is on the page, so blank means empty."""

    latitude = _degrees("latitude")
    longitude = _degrees("longitude")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for column in excel.PROSPECTS:
            self.fields[column.name] = _prospect_field(column)
        self.order_fields([*PROSPECT, "latitude", "longitude"])

    def known(self) -> dict[str, Any]:
        """The prospect's fields; None where nothing was given."""
        return {name: self.cleaned_data[name] or None for name in PROSPECT}

    def place(self) -> dict[str, Any]:
        """The coordinates as the card keeps them."""
        return {"lat_e6": self.cleaned_data["latitude"], "lon_e6": self.cleaned_data["longitude"]}


class RegisterForm(NewCardForm):
    """登记潜在客户: where it is, who was met, what is next; the rest of domain 2.1 follows as it becomes known."""

    source = WordField(SOURCES, label=_("信息来源"), required=True)
    contact_name = forms.CharField(label=_("联系人"), max_length=60)
    contact_job = forms.CharField(label=_("职务"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("工作电话"), max_length=40, required=False)
    contact_duty = WordField(rules.CONTACT_DUTIES, label=_("职责"))
    notice_given_on = day_field(_("告知个人信息处理规则之日"))
    estimate_fen = _prospect_field(PROSPECT["estimate_fen"])
    estimate_basis = _prospect_field(PROSPECT["estimate_basis"])
    rivals = _prospect_field(PROSPECT["rivals"])
    next_what = forms.CharField(label=_("下次行动"), max_length=200)
    next_on = day_field(_("下次行动日期"), required=True)

    def known(self) -> dict[str, Any]:
        """What of the prospect's own fields was given."""
        return {
            name: self.cleaned_data[name] for name in ("estimate_fen", "estimate_basis", "rivals", "licence_number")
        }

    def contact(self) -> dict[str, Any]:
        """The contact as add_contact takes it."""
        given = self.cleaned_data
        return {
            "name": given["contact_name"], "job": given["contact_job"], "work_phone": given["contact_phone"],
            "duty": given["contact_duty"], "notice_given_on": given["notice_given_on"],
        }  # fmt: skip


class NextActionForm(forms.Form):
    """What is next, by which day, by whom."""

    what = forms.CharField(label=_("下次行动"), max_length=200)
    due_on = day_field(_("日期"), required=True)
    person = forms.TypedChoiceField(label=_("负责人"), required=False, coerce=int, empty_value=None)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if reader.may("terminals.assign"):
            self.fields["person"].choices = [*NOTHING_CHOSEN, *people.choices_of_people(SELLERS)]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]


class PotentialForm(forms.Form):
    """A class set by a person."""

    potential = WordField(CLASS_WORDS, label=_("潜力级"), required=True)
    note = forms.CharField(label=_("依据"), max_length=200)
    barrier = forms.BooleanField(label=_("进院受阻"), required=False)


class NearForm(forms.Form):
    """Around which point, how far."""

    latitude = _degrees("latitude")
    longitude = _degrees("longitude")
    kilometres = forms.IntegerField(label=_("多少公里以内"), min_value=1, max_value=500, required=False)
