import pytest
from django.test import RequestFactory
from tests import cast

from kewei.journal.api import keyed
from kewei.journal.models import Key
from kewei.journal.rules import BadKey, KeyMissing
from kewei.kernel.refusals import KeyReused

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return cast.assemble()


def ask(person, key, body, did, **more):
    request = RequestFactory().post("/api/x", headers={"Idempotency-Key": key} if key is not None else {})
    request.user = person

    def do():
        did.append(body)
        return {"n": len(did)}

    return keyed(request, "x.do", body, do, **more)


def test_the_same_key_answers_the_same_and_does_nothing(staff):
    did = []
    assert ask(staff.qian, "k1", {"fen": 1}, did) == ask(staff.qian, "k1", {"fen": 1}, did) == {"n": 1}
    assert did == [{"fen": 1}]


def test_the_same_key_with_something_else_is_refused(staff):
    did = []
    ask(staff.qian, "k1", {"fen": 1}, did)
    with pytest.raises(KeyReused):
        ask(staff.qian, "k1", {"fen": 2}, did)
    assert did == [{"fen": 1}]


def test_two_people_may_choose_the_same_key(staff):
    did = []
    ask(staff.qian, "k1", {"fen": 1}, did)
    assert ask(staff.zheng, "k1", {"fen": 1}, did) == {"n": 2}


def test_what_was_refused_leaves_its_key_free(staff):
    request = RequestFactory().post("/api/x", headers={"Idempotency-Key": "k1"})
    request.user = staff.qian
    with pytest.raises(ZeroDivisionError):
        keyed(request, "x.do", {}, lambda: 1 / 0)
    assert Key.objects.count() == 0


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_key_can_be_required(staff, key):
    with pytest.raises(KeyMissing):
        ask(staff.qian, key, {}, [])
    assert ask(staff.qian, key, {}, [], required=False) == {"n": 1}


@pytest.mark.parametrize("key", ["k" * 81, "a\x07b"])
def test_a_key_is_short_and_visible(staff, key):
    with pytest.raises(BadKey):
        ask(staff.qian, key, {}, [])
