"""大客户计划 (domain 2.9) on paper, in the order of the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kewei.kernel.money import yuan
from kewei.kernel.typesetting import compiled
from kewei.people import queries as people

TEMPLATE = Path(__file__).resolve().parent / "plan.typ"


def plan_paper(shown: dict[str, Any]) -> bytes:
    """The plan as a PDF, from everything of it in words (web.plans). Raises NoChineseFont."""
    file, row, figures = shown["file"], shown["row"], shown["file"].figures
    situation = [[name, str(value)] for name, value in shown["situation"]]
    return compiled(
        TEMPLATE,
        {
            "company": people.company().name,
            "customer": row.terminal_name,
            "code": row.terminal_code,
            "span": shown["span"],
            "group": row.for_group,
            "owner": row.owner_name,
            "state": shown["state"],
            "version": str(file.number),
            "written_by": file.written_by,
            "reasons": "、".join(shown["reasons"]),
            "reason_words": file.content.reason_words,
            "figures": [yuan(figures.get(name, 0)) for name in _FIGURES] if figures else [],
            "roles": [list(one) for one in shown["roles"]],
            "situation": situation,
            "swot": [[name, text] for name, text in shown["swot"]],
            "goals": [[name, base, target, " / ".join(steps)] for name, base, target, steps in shown["goals"]],
            "work": [_action(one) for one in shown["work"]],
            "talks": [_action(one) for one in shown["talks"]],
            "risks": [list(one) for one in shown["risks"]],
            "reviews": [[str(one.quarter), one.by, one.reasons, one.adjust] for one in file.reviews],
        },
    )


_FIGURES = ("sales_fen", "gross_fen", "tied_fen", "credit_fen", "visit_fen", "profit_fen")


def _action(one: dict[str, Any]) -> list[str]:
    row = one["row"]
    posts = " – ".join(post for post in (row.ours, row.theirs) if post)
    what = f"{row.words}（{posts}）" if posts else row.words
    budget = yuan(row.budget_fen) if row.budget_fen else ""
    return [what, row.owner_name, row.due_on.isoformat(), budget, row.compliance, one["state"]]
