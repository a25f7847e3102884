"""Score sheets, grading and outlook as forms: every weight and threshold a field, and back into the policy's body.

A body is flattened to texts by field name, drawn from those texts, and read back from what was typed; so a page with a
mistake shows what was typed. What a field does not cover stays as the body has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kewei.credit.rules.evidence import FACTORS, MEASURES, Measure
from kewei.credit.rules.redlines import LISTS, RED_LINES
from kewei.credit.rules.sheets import BEHAVIOUR, CAPS, GRADES, SHEETS, WITHOUT_DATA
from kewei.credit.rules.survey import OUTLOOK
from kewei.kernel import columns
from kewei.kernel.money import yuan_plain
from kewei.kernel.policies import BadPolicy
from kewei.kernel.refusals import N_, Refused
from kewei.terminals.rules import KINDS

RUNGS = ("5", "4", "3", "2")
MOST_WAYS = 8
SEVERAL = ("red.lists", "public_checks")
# Red lines a score finds in the ledger have thresholds of their own.
LEDGER_LINES = ("overdue_60", "promises_broken")
_SHEETS = {policy.name for policy in SHEETS.values()}
WHOLE_WORDS = {
    "behaviour_share": N_("行为占总分的 %"),
    "behaviour_months": N_("交易满几个月起看行为"),
    "missing_bp": N_("行为没有数据时给几个基点"),
}
RED_WORDS = {
    "overdue_days": N_("当前逾期超过多少天"),
    "promises_broken": N_("12 个月内失约几次（0 为不看）"),
}
_UNITS = {"percent": "%", "years": N_("年"), "months": N_("个月"), "days": N_("天"), "fen": N_("元")}


@dataclass(frozen=True)
class Cell:
    """A field: a choice where it has options, several where `many`, else a number."""

    name: str
    label: str
    value: Any
    options: tuple[tuple[str, str], ...] = ()
    many: bool = False


def typed(post: Any) -> dict[str, Any]:
    """What was typed, by field name; lists for fields that may hold several."""
    return {name: post.getlist(name) if name in SEVERAL else post[name] for name in post}


# --- a body as texts, and back ------------------------------------------------------------------------------------------


def flat(policy: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a body's fields, by name; lists for fields that may hold several."""
    if policy == OUTLOOK.name:
        return {f"outlook.{kind}": str(value) for kind, value in body.items()}
    return _flat_sheet(body) if policy in _SHEETS else _flat_grading(body)


def _flat_sheet(body: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: str(body[name]) for name in WHOLE_WORDS}
    for code, told in body["factors"].items():
        found[f"w.{code}"] = str(told["weight"])
        for points, ways in told["rungs"].items():
            for n, way in enumerate(ways):
                found |= {f"r.{code}.{points}.{n}.{name}": _text(name, value) for name, value in way.items()}
        found |= {f"z.{code}.{name}": _text(name, value) for name, value in told.get("zero", {}).items()}
    for code, told in body["behaviour"].items():
        found |= {f"b.{code}.{name}": str(value) for name, value in told.items()}
    return found


def _flat_grading(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {f"band.{grade}": yuan_plain(points_c) for grade, points_c in body["bands"].items()}
    found |= {f"review.{grade}": str(months) for grade, months in body["review_months"].items()}
    red = body["red_lines"]
    found |= {"red.lists": list(red["lists"]), "public_checks": list(body["public_checks"])}
    found |= {f"red.{name}": str(red[name]) for name in ("overdue_days", "promises_broken")}
    for code, told in body["caps"].items():
        found |= {f"cap.{code}.{name}": str(value) for name, value in told.items()}
    return found


def _text(measure: str, value: int) -> str:
    return yuan_plain(value) if MEASURES[measure].unit == "fen" else str(value)


def body_of(policy: str, body: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the fields say. Raises BadPolicy with the field's label where a number cannot be read."""
    if policy == OUTLOOK.name:
        return {kind: _whole(typed, f"outlook.{kind}", _(KINDS.get(kind, kind))) for kind in body}
    return _sheet_body(typed) if policy in _SHEETS else _grading_body(body, typed)


def _sheet_body(typed: Mapping[str, Any]) -> dict[str, Any]:
    factors = {}
    for code, words in FACTORS.items():
        if not typed.get(f"w.{code}", "").strip():
            continue
        rungs = {}
        for points in RUNGS:
            ways = [_way(typed, f"r.{code}.{points}.{n}", code) for n in range(MOST_WAYS)]
            if kept := [way for way in ways if way]:
                rungs[points] = kept
        weight = _whole(typed, f"w.{code}", _(words))
        factors[code] = {"weight": weight, "rungs": rungs, "zero": _way(typed, f"z.{code}", code)}
    behaviour = {}
    for code, words in BEHAVIOUR.items():
        if not typed.get(f"b.{code}.weight", "").strip():
            continue
        part: dict[str, Any] = {"weight": _whole(typed, f"b.{code}.weight", _(words))}
        part["without"] = typed.get(f"b.{code}.without", "")
        if code == "days_late":
            part["nought_at"] = _whole(typed, f"b.{code}.nought_at", _(words))
        behaviour[code] = part
    whole = {name: _whole(typed, name, _(words)) for name, words in WHOLE_WORDS.items()}
    return {"factors": factors, "behaviour": behaviour} | whole


def _way(typed: Mapping[str, Any], prefix: str, factor: str) -> dict[str, int]:
    found = {}
    for measure in measures_of(factor):
        name = f"{prefix}.{measure.code}"
        if typed.get(name, "").strip():
            found[measure.code] = _value(measure, typed[name])
    return found


def _grading_body(body: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    red = dict(body["red_lines"]) | {"lists": list(typed.get("red.lists", ()))}
    red |= {name: _whole(typed, f"red.{name}", _(words)) for name, words in RED_WORDS.items()}
    caps = {}
    for code in CAPS:
        if grade := typed.get(f"cap.{code}.grade", ""):
            caps[code] = {"grade": grade} | {
                name: _whole(typed, f"cap.{code}.{name}", code)
                for name in ("limit", "window")
                if typed.get(f"cap.{code}.{name}", "").strip()
            }
    return dict(body) | {
        "bands": {grade: _points(typed, f"band.{grade}", grade) for grade in GRADES[:-1]},
        "review_months": {grade: _whole(typed, f"review.{grade}", grade) for grade in GRADES},
        "red_lines": red,
        "caps": caps,
        "public_checks": list(typed.get("public_checks", ())),
    }


def _whole(typed: Mapping[str, Any], name: str, label: str) -> int:
    text = str(typed.get(name, "")).strip()
    if not text.lstrip("-").isdecimal() or len(text) > 15:
        raise BadPolicy(reason=f"{label}: {text or '–'}")
    return int(text)


def _points(typed: Mapping[str, Any], name: str, label: str) -> int:
    try:
        return columns.money(str(typed.get(name, "")).strip() or "-")
    except Refused as why:
        raise BadPolicy(reason=f"{label}: {why.sentence(_)}") from why


def _value(measure: Measure, text: str) -> int:
    if measure.unit == "fen":
        return _points({"": text}, "", _(measure.words))
    return _whole({"": text}, "", _(measure.words))


# --- the fields as they are drawn -----------------------------------------------------------------------------------------


def measures_of(factor: str) -> list[Measure]:
    """The measures of a factor, in their order."""
    return [measure for measure in MEASURES.values() if measure.factor == factor]


def drawn(policy: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the page draws: cells by part of the policy."""
    if policy == OUTLOOK.name:
        levels = tuple((str(n), f"{n} {_(words)}") for n, words in enumerate(MEASURES["sector"].levels))
        kinds = [name.partition(".")[2] for name in typed if name.startswith("outlook.")]
        return {"outlook": [Cell(f"outlook.{k}", _(KINDS.get(k, k)), typed[f"outlook.{k}"], levels) for k in kinds]}
    return _drawn_sheet(typed) if policy in _SHEETS else _drawn_grading(typed)


def _drawn_sheet(typed: Mapping[str, Any]) -> dict[str, Any]:
    factors = []
    for code, words in FACTORS.items():
        rows = []
        for points in RUNGS:
            used = [
                n
                for n in range(MOST_WAYS)
                if any(typed.get(f"r.{code}.{points}.{n}.{m.code}") for m in measures_of(code))
            ]
            for n in range(min(max(used, default=-1) + 2, MOST_WAYS)):
                rows.append((points, n, _row(typed, f"r.{code}.{points}.{n}", code, f"{_(words)} {points}")))
        rows.append(("0", 0, _row(typed, f"z.{code}", code, f"{_(words)} 0")))
        heads = [
            (_(m.words), _("至少") if m.better > 0 else _("至多"), m.unit in ("yes", "level"), _unit(m))
            for m in measures_of(code)
        ]
        weight = _number(typed, f"w.{code}", _(words))
        factors.append({"words": _(words), "weight": weight, "heads": heads, "rows": rows})
    without = tuple((code, _(words)) for code, words in WITHOUT_DATA.items())
    parts = [
        (
            _number(typed, f"b.{code}.weight", _(words)),
            Cell(
                f"b.{code}.without", f"{_(words)} {_('没有数据时')}", typed.get(f"b.{code}.without", "missing"), without
            ),
            _number(typed, f"b.{code}.nought_at", _("多少天得零分")) if code == "days_late" else None,
        )
        for code, words in BEHAVIOUR.items()
    ]
    return {"factors": factors, "parts": parts, "whole": [_number(typed, n, _(w)) for n, w in WHOLE_WORDS.items()]}


def _drawn_grading(typed: Mapping[str, Any]) -> dict[str, Any]:
    grades = (("", "–"), *((grade, grade) for grade in GRADES))
    lines = tuple((code, _(words)) for code, words in RED_LINES.items() if code not in LEDGER_LINES)
    limits = {"limit": _("天数或月数"), "window": _("看多少天")}
    return {
        "bands": [_number(typed, f"band.{grade}", grade) for grade in GRADES[:-1]],
        "reviews": [_number(typed, f"review.{grade}", grade) for grade in GRADES],
        "red": [_number(typed, f"red.{name}", _(words)) for name, words in RED_WORDS.items()],
        "lists": Cell("red.lists", _("红线名单"), typed.get("red.lists", ()), lines, many=True),
        "checks": Cell(
            "public_checks", _("必查的公开名单"), typed.get("public_checks", ()),
            tuple((code, _(words)) for code, words in LISTS.items()), many=True,
        ),
        "caps": [
            (
                _(words).format(months="N", days="N", window="N"),
                Cell(f"cap.{code}.grade", _("最高"), typed.get(f"cap.{code}.grade", ""), grades),
                [_number(typed, f"cap.{code}.{name}", label) for name, label in limits.items()],
            )
            for code, words in CAPS.items()
        ],
    }  # fmt: skip


def _row(typed: Mapping[str, Any], prefix: str, factor: str, label: str) -> list[Cell]:
    cells = []
    for measure in measures_of(factor):
        name = f"{prefix}.{measure.code}"
        options: tuple[tuple[str, str], ...] = ()
        if measure.unit == "yes":
            options = (("", "–"), ("1", _("是")), ("0", _("否")))
        elif measure.levels:
            options = (("", "–"), *((str(n), _(words)) for n, words in enumerate(measure.levels)))
        cells.append(Cell(name, f"{label} {_(measure.words)}", typed.get(name, ""), options))
    return cells


def _unit(measure: Measure) -> str:
    return _(_UNITS[measure.unit]) if measure.unit in _UNITS else ""


def _number(typed: Mapping[str, Any], name: str, label: str) -> Cell:
    return Cell(name, label, typed.get(name, ""))
