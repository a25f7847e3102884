"""Forms of campaigns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kewei.campaigns.rules.holding_out import MOST_TERMINALS
from kewei.campaigns.rules.states import BENEFITS, CHECKS, COSTS, Given
from kewei.journal.forms import FenField, KeyedForm
from kewei.people import queries as people
from kewei.products import queries as products
from kewei.receivables.forms import day_widget

# A catalogue longer than this is searched by code in the API.
MOST_PRODUCTS = 1_000
MOST_UNITS = Decimal(1_000_000)


class CampaignForm(KeyedForm):
    """What a campaign is for, when and where."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    product = forms.TypedChoiceField(label=gettext_lazy("重点产品"), coerce=int)
    territory = forms.TypedChoiceField(label=gettext_lazy("销售区域"), coerce=int, required=False, empty_value=None)
    first_on = forms.DateField(label=gettext_lazy("第一天"), widget=day_widget())
    last_on = forms.DateField(label=gettext_lazy("最后一天"), widget=day_widget())
    goal = forms.CharField(label=gettext_lazy("目标"), max_length=200)
    goal_units = forms.DecimalField(
        label=gettext_lazy("每家每月多用"), min_value=Decimal(0), max_value=MOST_UNITS, decimal_places=3,
        help_text=gettext_lazy("单位同产品；留出组的大小由它推算"),
    )  # fmt: skip
    benefit = forms.ChoiceField(label=gettext_lazy("附带优惠"))
    benefit_words = forms.CharField(
        label=gettext_lazy("优惠的内容和依据"), max_length=300, required=False,
        help_text=gettext_lazy("价格优惠只在发票或红字发票上体现；不给个人任何利益"),
    )  # fmt: skip
    cap = FenField(label=gettext_lazy("费用上限（元）"), required=False, empty=0)

    def __init__(self, person: Any, *args: Any, fixed: bool = False, **given: Any) -> None:
        super().__init__(*args, **given)
        reach = person.reach("campaigns.propose")
        names = people.every_territory_name()
        mine = sorted(names) if reach.everything else people.territory_ids(reach.territory_paths)
        whole: list[tuple[Any, str]] = [("", _("全公司"))] if reach.everything else []
        found: dict[str, list[tuple[Any, str]]] = {
            "territory": [*whole, *((pk, names[pk]) for pk in mine if pk in names)],
            "benefit": [(code, _(words)) for code, words in BENEFITS.items()],
        }
        if fixed:
            del self.fields["product"], self.fields["territory"], found["territory"]
        else:
            found["product"] = _products(person)
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def given(self) -> Given:
        """The campaign as the rules take it; its month is that of its first day."""
        typed = self.cleaned_data
        return Given(
            typed["name"], typed["first_on"].replace(day=1), typed["first_on"], typed["last_on"], typed["goal"],
            int(typed["goal_units"] * 1000), typed["benefit"], typed["benefit_words"], typed["cap"],
        )  # fmt: skip


class ComposeForm(KeyedForm):
    """How long the list, and how many are left alone where not as many as proposed."""

    size = forms.IntegerField(label=gettext_lazy("名单家数"), min_value=1, max_value=MOST_TERMINALS, initial=100)
    held = forms.IntegerField(
        label=gettext_lazy("留出家数"), min_value=0, max_value=MOST_TERMINALS, required=False,
        help_text=gettext_lazy("留空按建议；留出的终端活动期间不为本品拜访，用来比较"),
    )  # fmt: skip


class OpinionForm(KeyedForm):
    """Compliance's word: every point ticked, or why not."""

    checks = forms.MultipleChoiceField(
        label=gettext_lazy("逐项核对"), widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.ChoiceField(label=gettext_lazy("结论"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["checks"].choices = [(code, _(words)) for code, words in CHECKS.items()]  # type: ignore[attr-defined]
        self.fields["agreed"].choices = [("yes", _("同意")), ("no", _("退回"))]  # type: ignore[attr-defined]


class JudgeForm(KeyedForm):
    """Compliance's word about a version of a material."""

    agreed = forms.ChoiceField(label=gettext_lazy("结论"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["agreed"].choices = [("yes", _("通过")), ("no", _("不通过"))]  # type: ignore[attr-defined]


class WhyForm(KeyedForm):
    """The reason for a step."""

    why = forms.CharField(label=gettext_lazy("原因"), max_length=200)


class CostForm(KeyedForm):
    """What was spent on a campaign."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"))
    amount = FenField(label=gettext_lazy("金额（元）"))
    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    document = forms.CharField(
        label=gettext_lazy("凭证号"), max_length=60, required=False, help_text=gettext_lazy("优惠须填红字发票号")
    )
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in COSTS.items()]  # type: ignore[attr-defined]


class UseForm(KeyedForm):
    """Which material a campaign shows."""

    version = forms.TypedChoiceField(label=gettext_lazy("材料"), coerce=int)

    def __init__(self, versions: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["version"].choices = versions  # type: ignore[attr-defined]


class VersionForm(KeyedForm):
    """A version of a material."""

    says = forms.CharField(label=gettext_lazy("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    valid_until = forms.DateField(label=gettext_lazy("有效期至"), widget=day_widget())
    paper = forms.FileField(
        label=gettext_lazy("文件"), required=False, help_text=gettext_lazy("照片或 PDF，最多 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip


class MaterialForm(VersionForm):
    """A material with its first version."""

    name = forms.CharField(label=gettext_lazy("材料名称"), max_length=80)
    product = forms.TypedChoiceField(label=gettext_lazy("产品"), coerce=int)
    field_order = ["name", "product", "says", "valid_until", "paper"]

    def __init__(self, person: Any, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["product"].choices = _products(person)  # type: ignore[attr-defined]


def _products(person: Any) -> list[tuple[int, str]]:
    """What a form offers to choose from the catalogue."""
    rows, _count = products.list_products(person, limit=MOST_PRODUCTS)
    return [(row.pk, f"{row.code} {row.name} {row.spec}".strip()) for row in rows]
