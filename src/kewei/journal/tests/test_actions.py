from contextlib import suppress

import pytest
from django.db import DatabaseError, transaction
from tests import cast

from kewei.journal import queries, rules
from kewei.journal.actions import action, once, record
from kewei.journal.models import Fact
from kewei.kernel.refusals import KeyReused

pytestmark = pytest.mark.django_db


@action
def greet(*, whom, by, now):
    record("test.greeted", whom, by=by, at=now, words="您好")


@action
def greet_all(*, by, now):
    greet(whom="a:1", by=by, now=now)
    with suppress(ValueError):
        greet_badly(by=by, now=now)
    greet(whom="b:2", by=by, now=now)


@action
def greet_badly(*, by, now):
    record("test.greeted", "bad:0", by=by, at=now)
    raise ValueError


def test_facts_are_chained_and_what_was_undone_is_not_recorded():
    staff = cast.assemble()
    greet_all(by=staff.wang, now=cast.MORNING)
    assert list(Fact.objects.values_list("subject", flat=True)) == ["a:1", "b:2"]
    assert list(rules.broken_links(queries.links(), *queries.head())) == []


@pytest.mark.parametrize(
    "change", ["update journal_fact set detail='{}' where seq=1", "delete from journal_fact where seq=1"]
)
def test_the_database_refuses_to_change_or_delete_a_fact(change):
    staff = cast.assemble()
    greet(whom="a:1", by=staff.wang, now=cast.MORNING)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        from django.db import connection

        connection.cursor().execute(change)


def test_one_key_is_one_effect_and_another_body_is_refused():
    staff = cast.assemble()
    done = []

    def ask(body):
        return once(
            key="k1",
            verb="test",
            body=body,
            by=staff.wang,
            now=cast.MORNING,
            do=lambda: done.append(1) or {"n": len(done)},
        )

    assert ask({"a": 1}) == ask({"a": 1}) == {"n": 1}
    with pytest.raises(KeyReused):
        ask({"a": 2})
    assert len(done) == 1
