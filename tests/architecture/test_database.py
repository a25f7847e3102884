"""The database the tests run on: real, as durable as in service, and as new for each test that commits."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import MORNING

from kewei.journal.models import Fact

ROUNDS = 2  # each round finds the first state again


def a_fact(seq: int) -> Fact:
    return Fact(seq=seq, name="test.kept", at=MORNING, subject="", detail="{}", previous="", hash=str(seq))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_test_that_commits_is_undone_for_the_next_even_where_rows_refuse_to_go(round_):
    assert Fact.objects.count() == 0
    a_fact(1).save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.all().delete()
    assert Fact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_threads_see_one_database():
    def write(seq: int) -> None:
        a_fact(seq).save(force_insert=True)
        connection.close()

    threads = [threading.Thread(target=write, args=(seq,)) for seq in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Fact.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_its_promises_here_as_in_service():
    wanted = (
        {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1}
        if connection.vendor == "sqlite"
        else {"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on"}
    )
    with connection.cursor() as cursor:
        for question, answer in wanted.items():
            cursor.execute(question)
            assert cursor.fetchone() == (answer,), question
