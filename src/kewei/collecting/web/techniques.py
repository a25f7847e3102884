"""催收办法  The library: what suits which customer, stage, age and reason; and what is not done, with its substitute."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.rules.library import NOT_DONE
from kewei.collecting.rules.segments import SEGMENTS
from kewei.collecting.rules.techniques import (
    BLANKS,
    CHANNELS,
    LAST_STAGE,
    NEEDS,
    OLDEST,
    PAPERS,
    TECHNIQUES,
    Situation,
    Technique,
    suits,
)
from kewei.journal import queries_policies
from kewei.people.rules import ROLES, VERB_WORDS
from kewei.receivables.web.parts import address, today

SEE = "collecting.see"


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """催收办法  Every technique, narrowed to those that suit; ⛔ ones below with what is done instead."""
    request.user.must(SEE)
    versioned = queries_policies.in_force(TECHNIQUES, today())
    asked = {name: request.GET.get(name, "").strip() for name in ("segment", "stage", "days", "reason", "text")}
    rows = [told(row) for row in versioned.value.values() if _wanted(row, asked)]
    page = {
        "rows": rows,
        "count": len(versioned.value),
        "asked": asked,
        "segments": [(code, _(words)) for code, words in SEGMENTS.items()],
        "stages": [(str(stage), f"ST{stage}") for stage in range(LAST_STAGE + 1)],
        "not_done": [
            (_(row.says), _(row.why), [(code, _(versioned.value[code].name)) for code in row.instead if code in versioned.value])
            for row in NOT_DONE.values()
        ],
        "label": versioned.label,
        "policy_url": address("journal:policy", TECHNIQUES.name),
    }  # fmt: skip
    return render(request, "collecting/techniques.html", page)


def _wanted(row: Technique, asked: dict[str, str]) -> bool:
    """Whether a row is shown; what was not asked for does not narrow."""
    if asked["text"] and asked["text"] not in _(row.name) + _(row.script):
        return False
    if asked["reason"] and not row.answers((asked["reason"].upper(),)):
        return False
    about = Situation(
        segment=asked["segment"] if asked["segment"] in SEGMENTS else next(iter(row.segments), ""),
        stage=_number(asked["stage"], row.stages[0]),
        days=_number(asked["days"], row.days[0]),
        reasons=row.reasons,
        has=frozenset(NEEDS),
    )
    return suits(row, about)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 6 else otherwise


def told(row: Technique) -> dict[str, Any]:
    """A technique as people read it."""
    first, last = row.days
    return {
        "code": row.code,
        "name": _(row.name),
        "channel": _(CHANNELS[row.channel]),
        "rows": row.rows,
        "segments": [_(SEGMENTS[code]) for code in row.segments],
        "stages": f"ST{row.stages[0]}" if row.stages[0] == row.stages[1] else f"ST{row.stages[0]}–ST{row.stages[1]}",
        "days": (_("逾期 {first} 天起") if last >= OLDEST else _("逾期 {first} 至 {last} 天")).format(first=first, last=last),
        "reasons": "、".join(row.reasons),
        "needs": [_(NEEDS[need]) for need in row.needs],
        "role": _(ROLES[row.role].name),
        "verb": _(VERB_WORDS[row.verb]),
        "minutes": row.minutes,
        "fen": row.fen,
        "percent": row.effect_bp // 100,
        "script": _(row.script).format(**{blank: f"〔{_(words)}〕" for blank, words in BLANKS.items()}),
        "evidence": [_(words) for words in row.evidence],
        "paper": _(PAPERS[row.paper]) if row.paper else "",
    }  # fmt: skip
