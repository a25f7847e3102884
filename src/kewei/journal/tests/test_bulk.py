"""Rows written in bulk: a few at a time with the keys they got."""

import pytest

from kewei.journal import bulk
from kewei.journal.models import Place


@pytest.mark.django_db
def test_keys_come_in_the_order_of_the_rows_whatever_the_size_of_a_statement(monkeypatch):
    monkeypatch.setattr(bulk, "_AT_ONCE", 14)  # seven rows of two values
    rows = [(f"follower {n}", n * 3) for n in range(40)]
    keys = bulk.insert_numbered(Place, ("follower", "seq"), rows)
    kept = {place.pk: (place.follower, place.seq) for place in Place.objects.all()}
    assert [kept[key] for key in keys] == rows


@pytest.mark.django_db
def test_no_rows_need_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bulk.insert_numbered(Place, ("follower", "seq"), []) == []
