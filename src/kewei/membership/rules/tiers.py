"""会员等级: which tier a member stands in, by what it bought, and why; what a review would change."""

from __future__ import annotations

from dataclasses import dataclass

from kewei.kernel.refusals import N_
from kewei.membership.rules.programmes import Rules, Tier

UP, DOWN, STAYS, HELD = "up", "down", "stays", "held"
SAYS: dict[str, str] = {
    UP: N_("近 12 个月 {basis_fen} 元，达到「{after}」的 {least_fen} 元"),
    DOWN: N_("近 12 个月 {basis_fen} 元，低于「{before}」保级线 {hold_fen} 元"),
    HELD: N_("近 12 个月 {basis_fen} 元，不足「{before}」的 {least_fen} 元，但仍在保级线 {hold_fen} 元之上"),
    STAYS: N_("近 12 个月 {basis_fen} 元，仍为「{before}」"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a review finds: the tier a member leaves and the one it gets, on which basis (fen in twelve months), and why.

    `missing_fen` is what it lacks to the next tier, nought where there is none above.
    """

    before: Tier
    after: Tier
    basis_fen: int
    way: str
    hold_fen: int
    missing_fen: int

    @property
    def moves(self) -> bool:
        """Whether the tier changes."""
        return self.before.code != self.after.code

    @property
    def numbers(self) -> dict[str, object]:
        """What its sentence needs."""
        least_fen = self.after.least_fen if self.way == UP else self.before.least_fen
        return {
            "before": self.before.name, "after": self.after.name, "basis_fen": self.basis_fen,
            "least_fen": least_fen, "hold_fen": self.hold_fen,
        }  # fmt: skip


def judge(current: str, basis_fen: int, rules: Rules) -> Judged:
    """The tier by the money bought in twelve months: up at once, down only below the line at which a tier is kept."""
    before = rules.tier(current)
    reached = max((tier for tier in rules.tiers if tier.least_fen <= max(0, basis_fen)), key=lambda t: t.least_fen)
    hold_fen = before.least_fen * rules.hold_bp // 10_000
    if reached.least_fen > before.least_fen:
        after, way = reached, UP
    elif reached.least_fen == before.least_fen:
        after, way = before, STAYS
    elif basis_fen >= hold_fen:
        after, way = before, HELD
    else:
        after, way = reached, DOWN
    above = [tier.least_fen for tier in rules.tiers if tier.least_fen > after.least_fen]
    missing = max(0, min(above) - basis_fen) if above else 0
    return Judged(before, after, basis_fen, way, hold_fen, missing)
