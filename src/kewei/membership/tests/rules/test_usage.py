"""Use a day, days of stock, next order (docs/algorithms/usage.md)."""

from datetime import date

from kewei.membership.rules.usage import USAGE, Counted, reckon

TODAY = date(2026, 11, 23)
POLICY = USAGE.read(USAGE.body)


def test_use_is_what_was_bought_and_stock_is_the_last_count_less_what_was_used():
    bought = [(date(2026, 6, 15), 90_000), (date(2026, 8, 15), 90_000), (date(2026, 10, 15), 90_000)]
    use = reckon(bought, Counted(date(2026, 11, 13), 20_000), TODAY, POLICY)
    assert use.a_day_milli == 270_000 // 180
    assert (use.stock_milli, use.days_left, use.basis) == (20_000 - 1_500 * 10, 3, "told")
    assert use.short
    assert (use.usual_days, use.next_on) == (61, date(2026, 12, 15))


def test_without_a_count_the_last_purchase_stands_for_it():
    use = reckon([(date(2026, 11, 3), 180_000)], None, TODAY, POLICY)
    assert (use.a_day_milli, use.stock_milli, use.basis) == (1_000, 160_000, "reckoned")
    assert use.days_left == 160
    assert use.next_on is None


def test_what_came_after_the_count_is_added_and_stock_never_falls_below_nought():
    bought = [(date(2026, 11, 20), 18_000), (date(2026, 7, 1), 180_000)]
    assert reckon(bought, Counted(date(2026, 11, 19), 0), TODAY, POLICY).stock_milli == 18_000 - 4 * 1_100
    assert reckon([(date(2026, 7, 1), 18_000)], None, TODAY, POLICY).stock_milli == 3_500
    assert reckon([(date(2026, 5, 20), 18_000), (date(2026, 5, 21), -1)], None, TODAY, POLICY).stock_milli == 17_999


def test_nothing_bought_is_nothing_known():
    use = reckon([], None, TODAY, POLICY)
    assert (use.a_day_milli, use.stock_milli, use.days_left, use.next_on, use.basis) == (0, None, None, None, "unknown")
