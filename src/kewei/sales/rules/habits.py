"""购买习惯: the columns of what is reckoned of each terminal every night, and the segments by fifths (RFM)."""

from __future__ import annotations

from kewei.kernel.refusals import N_

FIELDS = (
    "terminal_id", "first_day", "last_day", "purchases", "usual_days", "spread_days", "next_day", "alarm_day", "alive_bp",
    "expected_milli", "orders_year", "year_fen", "before_fen", "recency", "frequency", "money", "mix_bp", "months",
)  # fmt: skip

BEST, GROW, KEEP, WIN_BACK, FRESH, REMIND, QUIET, GONE = (
    "best", "grow", "keep", "win_back", "fresh", "remind", "quiet", "gone",
)  # fmt: skip
# By whether recency, frequency and money are above the middle fifth.
SEGMENTS: dict[tuple[bool, bool, bool], str] = {
    (True, True, True): BEST,
    (True, False, True): GROW,
    (False, True, True): KEEP,
    (False, False, True): WIN_BACK,
    (True, True, False): REMIND,
    (True, False, False): FRESH,
    (False, True, False): QUIET,
    (False, False, False): GONE,
}
WORDS: dict[str, str] = {
    BEST: N_("重要价值：近、勤、多"),
    GROW: N_("重要发展：近、多，次数少"),
    KEEP: N_("重要保持：勤、多，最近没来"),
    WIN_BACK: N_("重要挽留：多，少来又久未来"),
    REMIND: N_("一般价值：近、勤，金额小"),
    FRESH: N_("一般发展：近，次数和金额都小"),
    QUIET: N_("一般保持：勤，久未来、金额小"),
    GONE: N_("一般挽留：都低"),
}
MIDDLE = 3


def segment_of(recency: int, frequency: int, money: int) -> str:
    """The segment of fifths (1–5 each): above the middle or not."""
    return SEGMENTS[recency > MIDDLE, frequency > MIDDLE, money > MIDDLE]
