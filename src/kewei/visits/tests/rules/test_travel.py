"""Travel along the road and from an uploaded matrix."""

import pytest

from kewei.visits.rules.planning.travel import BadTravel, by_matrix, by_road

PEOPLES_SQUARE, HONGQIAO = (31_230_400, 121_473_700), (31_197_900, 121_336_300)


def test_a_road_is_longer_than_the_crow_flies_and_minutes_are_rounded_up():
    travel = by_road([PEOPLES_SQUARE, HONGQIAO], road_percent=130, metres_per_minute=500)
    assert travel.metres[0][1] == travel.metres[1][0] == 17_624
    assert travel.minutes[0] == (0, 36)


def test_a_matrix_that_is_no_square_of_whole_numbers_is_refused():
    assert by_matrix([[0, 5], [6, 0]], [[0, 1], [1, 0]]).metres[1][0] == 6
    for metres in ([[0, 5], [6]], [[0, -1], [1, 0]], [[0, 1.5], [1, 0]]):
        with pytest.raises(BadTravel):
            by_matrix(metres, [[0, 1], [1, 0]])
