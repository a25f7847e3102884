"""证照报告: a customer's papers on a day, for the quality file and for whoever comes to inspect it (domain 2.2, 4.1)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kewei.kernel.typesetting import compiled
from kewei.people import queries as people
from kewei.terminals import rules

TEMPLATE = Path(__file__).resolve().parent / "report.typ"
_LEVELS = {"block": "禁止", "warn": "提醒", "record": "记录"}


def licence_report(terminal: Any, report: Any, today: date) -> bytes:
    """The report (queries.paper_report) of a terminal as a PDF. Raises NoChineseFont."""
    return compiled(TEMPLATE, as_paper(terminal, report, today))


def as_paper(terminal: Any, report: Any, today: date) -> dict[str, Any]:
    """The texts the template prints; paper is Chinese whoever prints it."""
    return {
        "company": people.company().name,
        "customer": terminal.name,
        "code": terminal.code,
        "credit_code": terminal.credit_code,
        "kind": rules.KINDS[terminal.kind],
        "address": terminal.address,
        "today": today.isoformat(),
        "required": [[_kinds(group), "有" if held else "缺"] for group, held in report.required],
        "held": [
            [
                rules.LICENCE_KINDS.get(one.kind, one.kind), one.number, one.issuer, _until(one),
                f"暂停或吊销：{one.suspended}" if one.suspended else rules.LICENCE_STATES[one.state],
                "、".join(rules.SCOPE_CODES.get(code, code) for code in one.scope), _verified(one),
                _pages(one.images),
            ]
            for one in report.held
        ],
        "authorised": [
            [
                one.name, one.id_masked, "、".join(rules.AUTHORISED_KINDS.get(kind, kind) for kind in one.kinds),
                one.varieties, one.valid_to.isoformat() if one.valid_to else "", "有效" if one.good else "无效",
                "　".join(words for words, there in (("授权书", one.letter), ("印章式样", one.seal)) if there),
            ]
            for one in report.authorised
        ],
        "findings": [[_LEVELS[one.level], rules.finding_says(one, str)] for one in report.findings],
        "vetoes": [
            [rules.SCOPE_CLASSES.get(scope, "全部品类"), reason, who, at.date().isoformat(), until.isoformat() if until else ""]
            for _pk, scope, reason, until, who, at in report.vetoes
        ],
    }  # fmt: skip


def _kinds(group: tuple[str, ...]) -> str:
    return " / ".join(rules.LICENCE_KINDS[kind] for kind in group)


def _until(one: Any) -> str:
    if one.long_term and one.ends_on is None:
        return "长期"
    return one.ends_on.isoformat() if one.ends_on else ""


def _verified(one: Any) -> str:
    if not one.verified_how:
        return "未核验"
    return " ".join(
        part for part in (rules.VERIFIED_HOW[one.verified_how], one.verified_by, str(one.verified_on or "")) if part
    )


def _pages(images: tuple[tuple[int, str, bool], ...]) -> str:
    sealed = sum(is_sealed for _pk, _name, is_sealed in images)
    return f"{len(images)} 页，原印章 {sealed}" if images else ""
