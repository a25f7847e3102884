"""Orders in words: states, verdicts as sentences with what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kewei.orders.rules.gate import BLOCK, PASS, WARN, Line
from kewei.orders.rules.says import NAMES, refusal_of
from kewei.orders.rules.states import STATES, TONES

LEVEL_TONES = {BLOCK: "bad", WARN: "warn", PASS: "ok"}


@dataclass(frozen=True)
class Said:
    """A line of the gate as the page shows it."""

    name: str
    sentence: str
    tone: str
    level: str
    place: int
    waivable: bool
    waived: bool


def state(code: str) -> tuple[str, str]:
    """A state in words, and its tone."""
    return _(STATES[code]), TONES[code]


def outcome(code: str) -> tuple[str, str]:
    """The gate's answer in words, and its tone."""
    words = {BLOCK: _("拦截"), WARN: _("须批准"), PASS: _("通过")}
    return words[code], LEVEL_TONES[code]


def said(lines: Iterable[Line]) -> list[Said]:
    """What the gate said, gravest first."""
    words = {BLOCK: _("拦截"), WARN: _("警示"), "record": _("记录")}
    return [
        Said(
            _(NAMES[line.rule]), refusal_of(line).sentence(_), "quiet" if line.waived else LEVEL_TONES.get(line.level, "info"),
            _("已豁免") if line.waived else words[line.level], line.place, line.waivable, line.waived,
        )
        for line in lines
    ]  # fmt: skip


def rules(codes: Iterable[str]) -> str:
    """Names of rules in one text."""
    return "、".join(_(NAMES.get(code, code)) for code in codes)
