"""The plan as it is typed: one form for what there is once, one small form for each line of its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kewei.journal.forms import FenField, KeyedForm
from kewei.kernel import columns
from kewei.kernel.refusals import Refused
from kewei.kernel.yuan_text import yuan_plain
from kewei.keyaccounts.rules.earning import FULL_BP, REASONS
from kewei.keyaccounts.rules.plans import (
    ACTION_KINDS,
    ATTITUDES,
    DEPARTMENTS,
    GOALS,
    LEVELS,
    PARTS,
    RISKS,
    SITUATION,
    SWOT,
    UNITS,
    ActionGiven,
    Content,
    GoalGiven,
    RiskGiven,
    RoleGiven,
)
from kewei.receivables.forms import day_widget
from kewei.terminals import queries as terminals

# Empty lines offered under what is there.
BLANK_LINES = 2
# Lines of a table nobody reaches by hand.
MOST_LINES = 60


def read_value(unit: str, text: str) -> int:
    """A goal's number as typed: yuan, a whole number, or per cent with two decimals. Raises ValidationError."""
    try:
        if unit == "fen":
            return columns.money_or_nought(text)
        if unit == "bp":
            # Per cent has two decimals as yuan have: hundredths of a per cent are read like fen.
            return columns.money_or_nought(text.strip().rstrip("%％"))
    except Refused as why:
        raise forms.ValidationError(why.sentence(_)) from why
    if not text.strip().isdecimal() or len(text.strip()) > 6:
        raise forms.ValidationError(_("请填整数"))
    return int(text)


def typed_value(unit: str, value: int | None) -> str:
    """A goal's number as it is typed again."""
    if value is None:
        return ""
    return yuan_plain(value) if unit in ("fen", "bp") else str(value)


def _choices(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, _(name)) for code, name in words.items()]


class StartForm(KeyedForm):
    """How long a plan runs, who answers for it, and whether it speaks for a group."""

    first_on = forms.DateField(label=gettext_lazy("自（月初）"), widget=day_widget())
    last_on = forms.DateField(label=gettext_lazy("至（月末）"), widget=day_widget())
    owner = forms.ChoiceField(label=gettext_lazy("负责人"))
    for_group = forms.BooleanField(label=gettext_lazy("按集团做：包括名下全部成员"), required=False)

    def __init__(self, owners: list[tuple[int, str]], grouped: bool, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        if not grouped:
            del self.fields["for_group"]


class WordsForm(KeyedForm):
    """A move of a plan with its words."""

    note = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)


class ProgressForm(KeyedForm):
    """What became of an action."""

    state = forms.CharField(max_length=8)
    words = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class ReviewForm(KeyedForm):
    """Why, and what is changed; the share of the market, which no ledger of ours knows."""

    share = forms.CharField(label=gettext_lazy("本季份额估计（%）"), max_length=8, required=False)
    reasons = forms.CharField(
        label=gettext_lazy("偏差原因"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    adjust = forms.CharField(
        label=gettext_lazy("调整"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_share(self) -> int | None:
        """Basis points; None where nothing was typed."""
        text = self.cleaned_data["share"].strip()
        if not text:
            return None
        share = read_value("bp", text)
        if share > FULL_BP:
            raise forms.ValidationError(_("份额不能超过 100%"))
        return share


class OnceForm(KeyedForm):
    """What stands in a plan once: why, the situation, SWOT, and the reason for private words."""

    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("为何是大客户"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason_words = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)
    covered = forms.CharField(max_length=300, required=False)
    share_bp = forms.CharField(max_length=8, required=False)
    share_basis = forms.CharField(max_length=200, required=False)
    competition = forms.CharField(max_length=300, required=False)
    price_agreement = forms.CharField(max_length=300, required=False)
    procurement = forms.CharField(max_length=300, required=False)
    term_days = forms.IntegerField(min_value=0, max_value=FULL_BP, required=False)
    paid_days = forms.IntegerField(min_value=0, max_value=FULL_BP, required=False)
    strengths = forms.CharField(max_length=500, required=False)
    weaknesses = forms.CharField(max_length=500, required=False)
    opportunities = forms.CharField(max_length=500, required=False)
    threats = forms.CharField(max_length=500, required=False)
    why_words = forms.CharField(label=gettext_lazy("敏感词的必要理由"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["reasons"].choices = _choices(REASONS)  # type: ignore[attr-defined]
        for name, words in {**SITUATION, **SWOT}.items():
            self.fields[name].label = _(words)
        self.fields["share_bp"].label = _("份额估计（%）")
        for name in SWOT:
            self.fields[name].widget = forms.Textarea(attrs={"rows": 2})

    def clean_share_bp(self) -> int | None:
        """Basis points; None where nothing was typed."""
        text = self.cleaned_data["share_bp"].strip()
        return read_value("bp", text) if text else None


class LineForm(forms.Form):
    """A line of a table: empty ones count for nothing."""

    LEAD = ""

    @property
    def said(self) -> bool:
        """Whether somebody wrote something in it."""
        return bool(self.cleaned_data.get(self.LEAD))


class RoleForm(LineForm):
    """A post and its part in deciding; no field for a name."""

    LEAD = "post"
    department = forms.ChoiceField(label=gettext_lazy("部门"))
    post = forms.CharField(label=gettext_lazy("岗位（不写姓名）"), max_length=40, required=False)
    part = forms.ChoiceField(label=gettext_lazy("角色"))
    attitude = forms.ChoiceField(label=gettext_lazy("态度"), initial="unknown")
    needs = forms.CharField(label=gettext_lazy("对我们的要求"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name, words in (("department", DEPARTMENTS), ("part", PARTS), ("attitude", ATTITUDES)):
            self.fields[name].choices = _choices(words)  # type: ignore[attr-defined]

    def given(self) -> RoleGiven:
        """The line as the plan keeps it."""
        d = self.cleaned_data
        return RoleGiven(d["department"], d["post"], d["part"], d["attitude"], d["needs"])


class GoalForm(LineForm):
    """A goal of one kind: from, to, and milestones by quarter."""

    LEAD = "target"
    baseline = forms.CharField(label=gettext_lazy("基线"), max_length=20, required=False)
    target = forms.CharField(label=gettext_lazy("目标"), max_length=20, required=False)
    milestones = forms.CharField(label=gettext_lazy("各季里程碑（用 / 分开）"), max_length=120, required=False)

    def __init__(self, kind: str, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.kind, self.unit, self.name = kind, UNITS[kind], _(GOALS[kind])

    @property
    def unit_words(self) -> str:
        """What its numbers are."""
        return {"fen": _("元"), "count": _("个"), "days": _("天"), "bp": "%"}[self.unit]

    def clean_baseline(self) -> int:
        """Nought where nothing was typed."""
        text = self.cleaned_data["baseline"].strip()
        return read_value(self.unit, text) if text else 0

    def clean_target(self) -> int | None:
        """None where nothing was typed: then there is no such goal."""
        text = self.cleaned_data["target"].strip()
        return read_value(self.unit, text) if text else None

    def clean_milestones(self) -> tuple[int, ...]:
        """One number a quarter."""
        parts = [part for part in self.cleaned_data["milestones"].replace("／", "/").split("/") if part.strip()]
        return tuple(read_value(self.unit, part) for part in parts)

    @property
    def said(self) -> bool:
        """Nought is a target too."""
        return self.cleaned_data.get("target") is not None

    def given(self) -> GoalGiven:
        """The line as the plan keeps it."""
        d = self.cleaned_data
        return GoalGiven(self.kind, d["baseline"], d["target"], d["milestones"])


class ActionForm(LineForm):
    """An action or an executive visit."""

    LEAD = "words"
    number = forms.IntegerField(min_value=0, max_value=32_000, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    words = forms.CharField(label=gettext_lazy("行动或主题"), max_length=200, required=False)
    owner = forms.ChoiceField(label=gettext_lazy("负责人"))
    due_on = forms.DateField(label=gettext_lazy("日期"), required=False, widget=day_widget())
    serves = forms.ChoiceField(label=gettext_lazy("服务的目标"))
    visit = forms.BooleanField(label=gettext_lazy("需要拜访"), required=False)
    terminal = forms.ChoiceField(label=gettext_lazy("在哪一家"), required=False)
    budget = FenField(label=gettext_lazy("预算（元）"), required=False, empty=0)
    compliance = forms.CharField(label=gettext_lazy("合规审批号"), max_length=40, required=False)
    ours = forms.CharField(label=gettext_lazy("我方岗位"), max_length=40, required=False)
    theirs = forms.CharField(label=gettext_lazy("对方岗位"), max_length=40, required=False)

    def __init__(self, owners: list[tuple[int, str]], members: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = _choices(ACTION_KINDS)  # type: ignore[attr-defined]
        self.fields["serves"].choices = _choices(GOALS)  # type: ignore[attr-defined]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        self.fields["terminal"].choices = [("", _("客户本部")), *members]  # type: ignore[attr-defined]
        if not members:
            del self.fields["terminal"]

    def clean(self) -> dict[str, Any]:
        """A line with words needs its day."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("words") and not found.get("due_on"):
            self.add_error("due_on", _("请填日期"))
        return found

    def given(self) -> ActionGiven:
        """The line as the plan keeps it."""
        d = self.cleaned_data
        return ActionGiven(
            d["words"], int(d["owner"]), d["due_on"], d["number"] or 0, d["kind"], d["budget"], d["compliance"], d["serves"],
            d["visit"], int(d["terminal"]) if d.get("terminal") else None, d["ours"], d["theirs"],
        )  # fmt: skip


class RiskForm(LineForm):
    """A risk and what we do then."""

    LEAD = "words"
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    words = forms.CharField(label=gettext_lazy("风险"), max_length=200, required=False)
    level = forms.ChoiceField(label=gettext_lazy("可能"), initial="middle")
    answer = forms.CharField(label=gettext_lazy("预案"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = _choices(RISKS)  # type: ignore[attr-defined]
        self.fields["level"].choices = _choices(LEVELS)  # type: ignore[attr-defined]

    def given(self) -> RiskGiven:
        """The line as the plan keeps it."""
        d = self.cleaned_data
        return RiskGiven(d["kind"], d["words"], d["level"], d["answer"])


class PlanForms:
    """The whole paper form: what stands once, and the lines of its tables, with two empty ones under each."""

    def __init__(
        self, content: Content, owners: list[tuple[int, str]], members: list[tuple[int, str]], usual_owner: int,
        data: Any = None,
    ) -> None:  # fmt: skip
        situation = dict(content.situation)
        share = situation.pop("share_bp", None)
        once = {
            "reasons": list(content.reasons), "reason_words": content.reason_words, "why_words": content.why_words,
            "share_bp": typed_value("bp", share), **situation, **content.swot,
        }  # fmt: skip
        self.once = OnceForm(data, initial=once)
        self.roles = [
            RoleForm(data, prefix=f"role-{n}", initial=vars_of(one))
            for n, one in _lines(data, "role", content.roles)
        ]  # fmt: skip
        goals = {one.kind: one for one in content.goals}
        self.goals = [
            GoalForm(kind, data, prefix=f"goal-{kind}", initial=_typed(goals.get(kind), UNITS[kind])) for kind in GOALS
        ]
        self.actions = [
            ActionForm(
                owners, members, data, prefix=f"action-{n}",
                initial=vars_of(one) | ({"budget": typed_value("fen", one.budget_fen)} if one.budget_fen else {})
                if one else {"owner": usual_owner},
            )
            for n, one in _lines(data, "action", content.actions)
        ]  # fmt: skip
        self.risks = [
            RiskForm(data, prefix=f"risk-{n}", initial=vars_of(one)) for n, one in _lines(data, "risk", content.risks)
        ]

    @property
    def every(self) -> list[forms.Form]:
        """All of them."""
        return [self.once, *self.roles, *self.goals, *self.actions, *self.risks]

    def is_valid(self) -> bool:
        """Every one, so that every fault is shown at once."""
        found = [form.is_valid() for form in self.every]
        return all(found)

    def content(self) -> Content:
        """What was typed, as the plan keeps it."""
        d = self.once.cleaned_data
        return Content(
            reasons=tuple(d["reasons"]),
            reason_words=d["reason_words"],
            roles=tuple(form.given() for form in self.roles if form.said),
            situation={name: d[name] for name in SITUATION if d[name] not in ("", None)},
            swot={name: d[name] for name in SWOT if d[name]},
            goals=tuple(form.given() for form in self.goals if form.said),
            actions=tuple(form.given() for form in self.actions if form.said),
            risks=tuple(form.given() for form in self.risks if form.said),
            why_words=d["why_words"],
        )


def vars_of(line: Any) -> dict[str, Any]:
    """The fields of a line by name; nothing of none."""
    return {} if line is None else {name: getattr(line, name) for name in line.__dataclass_fields__}


def _lines(data: Any, name: str, known: Iterable[Any]) -> list[tuple[int, Any]]:
    """Places of a table's lines: those there are and two empty ones, or as many as were sent."""
    lines = list(known)
    wanted = len(lines) + BLANK_LINES
    if data is not None:
        sent = {key.split("-")[1] for key in data if key.startswith(f"{name}-")}
        wanted = max((int(n) + 1 for n in sent if n.isdecimal() and len(n) < 4), default=0)
    return [(n, lines[n] if n < len(lines) else None) for n in range(min(wanted, MOST_LINES))]


def _typed(goal: GoalGiven | None, unit: str) -> dict[str, str]:
    if goal is None:
        return {}
    return {
        "baseline": typed_value(unit, goal.baseline), "target": typed_value(unit, goal.target),
        "milestones": " / ".join(typed_value(unit, step) for step in goal.milestones),
    }  # fmt: skip


def members_to_choose(plan: Any, ids: list[int]) -> list[tuple[int, str]]:
    """The other members of a group's plan, by code; none where it is of one customer."""
    if not plan.for_group:
        return []
    names = terminals.named(pk for pk in ids if pk != plan.terminal_id)
    return [(pk, f"{code} {name}") for pk, (code, name) in sorted(names.items(), key=lambda one: one[1])]
