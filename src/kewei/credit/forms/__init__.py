"""Forms of credit: the survey's answers as fields `factor.field`, applications, opinions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kewei.credit.rules.applications import KINDS
from kewei.credit.rules.redlines import LISTS, NEVER_WAIVED, RED_LINES
from kewei.credit.rules.survey import HOW, YEARS, Field, fields_of
from kewei.journal.forms import FenField
from kewei.kernel import columns
from kewei.kernel.money import yuan_plain
from kewei.kernel.refusals import Refused
from kewei.people.fields import WordField, day_field
from kewei.receivables.forms import KeyedForm

ROWS = 5


# --- the survey -------------------------------------------------------------------------------------------------------


@dataclass
class Answers:
    """What was typed into a survey: answers by factor, and what could not be read, by field name."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def read_answers(kind: str, post: Any) -> Answers:
    """The answers of a form for a kind of customer; money is typed in yuan."""
    found = Answers()
    for factor, one in fields_of(kind):
        name = f"{factor.code}.{one.code}"
        try:
            value = _read(one, name, post)
        except Refused as why:
            found.faults[name] = why.sentence(gettext)
            continue
        except ValueError:
            found.faults[name] = gettext("请填整数")
            continue
        if value not in (None, "", []):
            found.answers.setdefault(factor.code, {})[one.code] = value
    return found


def _read(one: Field, name: str, post: Any) -> Any:
    if one.kind == "series":
        years = [_cell(one, post.get(f"{name}.{year}", "")) for year in range(YEARS)]
        return years if any(value is not None for value in years) else None
    if one.kind == "rows":
        rows = []
        for number in range(ROWS):
            row = {c.code: _cell(c, post.get(f"{name}.{number}.{c.code}", "")) for c in one.columns}
            if any(value not in (None, "") for value in row.values()):
                rows.append({code: value for code, value in row.items() if value not in (None, "")})
        return rows
    return _cell(one, post.get(name, ""))


def _cell(one: Field, text: str) -> Any:
    text = text.strip()[:200]
    if not text:
        return None
    if one.kind == "text":
        return text
    if one.kind == "yes":
        return text == "1"
    if one.kind in ("fen", "series"):
        return columns.money(text)
    return int(text)


@dataclass(frozen=True)
class Input:
    """A field as the page draws it; a series and rows have parts of their own."""

    name: str
    words: str
    kind: str
    value: str
    required: bool
    source: str
    missing: bool
    fault: str
    options: tuple[tuple[str, str], ...] = ()
    parts: tuple[Input, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()
    shown: str = ""


def inputs(factor_code: str, one: Field, value: Any, required: bool, missing: bool, fault: str, day: date) -> Input:
    """A field of the form with what it holds."""
    name = f"{factor_code}.{one.code}"
    given: dict[str, Any] = {
        "required": required,
        "source": gettext(one.source) if one.source else "",
        "missing": missing,
        "fault": fault,
    }
    if one.kind == "series":
        years = value or [None] * YEARS
        parts = tuple(
            Input(f"{name}.{n}", str(day.year - YEARS + n), "fen", _text(one, years[n]), False, "", False, "")
            for n in range(YEARS)
        )
        return Input(name, gettext(one.words), "series", "", **given, parts=parts, shown=show(one, value))
    if one.kind == "rows":
        kept = [*(value or []), *({} for _n in range(ROWS))][:ROWS]
        rows = tuple(
            tuple(
                Input(
                    f"{name}.{n}.{c.code}", gettext(c.words), c.kind, _text(c, row.get(c.code)), False, "", False, "",
                    _options(c),
                )
                for c in one.columns
            )
            for n, row in enumerate(kept)
        )  # fmt: skip
        return Input(name, gettext(one.words), "rows", "", **given, rows=rows, shown=show(one, value))
    return Input(
        name, gettext(one.words), one.kind, _text(one, value), **given, options=_options(one), shown=show(one, value)
    )


def _options(one: Field) -> tuple[tuple[str, str], ...]:
    if one.kind == "yes":
        return (("1", gettext("是")), ("0", gettext("否")))
    return tuple((str(n), gettext(words)) for n, words in enumerate(one.levels))


def _text(one: Field, value: Any) -> str:
    if value is None:
        return ""
    if one.kind == "yes":
        return "1" if value else "0"
    return yuan_plain(value) if one.kind in ("fen", "series") else str(value)


def show(one: Field, value: Any) -> str:
    """An answer as people read it."""
    if value is None or value == "":
        return ""
    if one.kind == "series":
        return " → ".join(yuan_plain(fen) if fen is not None else "–" for fen in value)
    if one.kind == "rows":
        return "；".join(
            "，".join(show(c, row.get(c.code)) for c in one.columns if row.get(c.code) is not None) for row in value
        )
    if one.kind == "yes":
        return gettext("是") if value else gettext("否")
    if one.kind == "level":
        return gettext(one.levels[value]) if 0 <= value < len(one.levels) else str(value)
    return yuan_plain(value) if one.kind == "fen" else str(value)


class StartForm(KeyedForm):
    """A new survey."""

    how = WordField(HOW, label=_("调查方式"), required=True)
    surveyed_on = day_field(_("调查日"), required=True)


class SurveyHeadForm(forms.Form):
    """What a survey says beside its factors."""

    how = WordField(HOW, label=_("调查方式"), required=True)
    surveyed_on = day_field(_("调查日"), required=True)
    suggested_grade = forms.ChoiceField(
        label=_("建议级别"), required=False, choices=[("", "–"), *((letter, letter) for letter in "ABCD")]
    )
    suggested = forms.CharField(label=_("建议额度（元）"), max_length=20, required=False)
    suggested_term_days = forms.IntegerField(label=_("建议账期（天）"), required=False, min_value=0, max_value=365)
    opinion = forms.CharField(
        label=_("综合意见"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_suggested(self) -> int | None:
        """Fen, or none."""
        text = self.cleaned_data["suggested"]
        try:
            return columns.money_or_nought(text) if text else None
        except Refused as why:
            raise forms.ValidationError(why.sentence(gettext)) from why


class CheckForm(KeyedForm):
    """A look into an official list."""

    line = WordField(LISTS, label=_("名单"), required=True)
    found = forms.TypedChoiceField(
        label=_("结果"), coerce=lambda text: text == "1", choices=[("0", _("未列入")), ("1", _("已列入"))]
    )
    checked_on = day_field(_("查询日"), required=True)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    picture = forms.FileField(label=_("截图"), required=False, help_text=_("PNG、JPEG 或 PDF"))


class ReviewForm(KeyedForm):
    """A review of a survey."""

    accept = forms.TypedChoiceField(
        label=_("复核结论"), coerce=lambda text: text == "1", choices=[("1", _("通过")), ("0", _("退回"))]
    )
    opinion = forms.CharField(
        label=_("复核意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


# --- applications -----------------------------------------------------------------------------------------------------


class ApplicationForm(KeyedForm):
    """客户授信申请表: what a person fills in; the rest fills itself."""

    kind = WordField(KINDS, label=_("类型"), required=True)
    wanted = FenField(label=_("申请额度（元）"))
    term_days = forms.IntegerField(label=_("申请账期（天）"), min_value=0, max_value=365)
    until = day_field(_("有效期至"), required=True)
    first_order = FenField(
        label=_("新客户每月计划采购（元）"), required=False, empty=0, help_text=_("没有历史销售时用来测算")
    )
    over_reason = forms.CharField(
        label=_("超建议或特殊理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    for_group = forms.BooleanField(label=_("集团额度"), required=False)
    accepts_bills = forms.BooleanField(label=_("接受承兑汇票"), required=False)
    waives = forms.MultipleChoiceField(
        label=_("申请豁免的红线"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, _(words)) for code, words in RED_LINES.items() if code not in NEVER_WAIVED],
    )  # fmt: skip
    pledged = forms.BooleanField(label=_("申请人承诺负责回款"), required=False)


class OpinionForm(KeyedForm):
    """What an approver says."""

    word = forms.ChoiceField(
        label=_("意见"),
        choices=[
            ("agree", _("同意")), ("reduce", _("减额同意")), ("condition", _("附条件同意")), ("return", _("退回补充")),
            ("reject", _("驳回")),
        ],
    )  # fmt: skip
    fen = FenField(label=_("额度（元，减额时填）"), required=False)
    term_days = forms.IntegerField(label=_("账期（天，缩短时填）"), required=False, min_value=0, max_value=365)
    reason = forms.CharField(label=_("理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    stands_in_for = forms.IntegerField(required=False, widget=forms.HiddenInput)
