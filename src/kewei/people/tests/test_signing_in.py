from datetime import timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.people import actions, rules
from kewei.people.models import LoginAttempt, Token

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    people = cast.assemble()
    people.wang.set_password(cast.PASSWORD)
    people.wang.save()
    return people


def try_in(login="wang", password="wrong", at=cast.MORNING, address="10.0.0.1"):
    return actions.sign_in(login=login, password=password, address=address, now=at)


def test_wang_signs_in_and_the_house_remembers(staff, client):
    answer = client.post(reverse("people:login"), {"username": "wang", "password": cast.PASSWORD, "next": "/people/me"})
    assert (answer.status_code, answer["Location"]) == (302, "/people/me")
    assert LoginAttempt.objects.filter(login="wang", succeeded=True).count() == 1
    assert client.get(reverse("people:me")).status_code == 200


def test_a_stranger_is_not_sent_elsewhere_after_signing_in(staff, client):
    answer = client.post(
        reverse("people:login"), {"username": "wang", "password": cast.PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == reverse("desk:today")


def test_the_fifth_failure_closes_the_door_for_the_rest_of_a_quarter_of_an_hour(staff):
    for minute in range(5):
        with pytest.raises(rules.WrongPassword):
            try_in(at=cast.MORNING + timedelta(minutes=minute))
    with pytest.raises(rules.TooManyAttempts) as no:
        try_in(password=cast.PASSWORD, at=cast.MORNING + timedelta(minutes=5), address="10.0.0.2")
    assert no.value.numbers == {"minutes": 10}
    assert LoginAttempt.objects.count() == 5
    assert try_in(password=cast.PASSWORD, at=cast.MORNING + timedelta(minutes=15, seconds=1)) == staff.wang


def test_success_forgives_earlier_failures_of_the_login(staff):
    for _ in range(4):
        with pytest.raises(rules.WrongPassword):
            try_in()
    try_in(password=cast.PASSWORD)
    with pytest.raises(rules.WrongPassword):
        try_in()
    assert try_in(password=cast.PASSWORD) == staff.wang


def test_one_address_trying_many_logins_is_stopped_too(staff):
    for n in range(rules.FAILURES_PER_ADDRESS):
        with pytest.raises(rules.WrongPassword):
            try_in(login=f"somebody{n}")
    with pytest.raises(rules.TooManyAttempts):
        try_in(password=cast.PASSWORD)
    assert try_in(password=cast.PASSWORD, address="10.0.0.9") == staff.wang


def test_an_unknown_login_costs_the_same_hash(staff, settings):
    """Whoever measures the answer's time learns nothing: the hasher runs for a login nobody has."""
    from django.contrib.auth import hashers

    ran = []
    before = hashers.PBKDF2PasswordHasher.encode

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    try:
        hashers.PBKDF2PasswordHasher.encode = lambda self, *a, **k: ran.append(1) or before(self, *a, **k)
        with pytest.raises(rules.WrongPassword):
            try_in(login="nobody")
    finally:
        hashers.PBKDF2PasswordHasher.encode = before
    assert ran == [1]


def test_who_has_left_cannot_sign_in_and_their_session_ends(staff, client):
    client.force_login(staff.wang)
    assert client.get(reverse("people:me")).status_code == 200
    actions.person_leaves(person=staff.wang, by=staff.zheng, now=cast.MORNING)
    assert client.get(reverse("people:me")).status_code == 302
    with pytest.raises(rules.WrongPassword):
        try_in(password=cast.PASSWORD)


def test_a_new_password_ends_every_other_session(staff, client):
    from django.test import Client

    elsewhere = Client()
    for one in (client, elsewhere):
        one.post(reverse("people:login"), {"username": "wang", "password": cast.PASSWORD})
    new = "another-horse-77"
    answer = client.post(reverse("people:own_password"), {"old": cast.PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert client.get(reverse("people:me")).status_code == 200
    assert elsewhere.get(reverse("people:me")).status_code == 302


def test_the_session_key_is_new_after_signing_in(staff, client):
    client.get(reverse("people:login"))
    client.session["planted"] = 1
    planted = client.session
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post(reverse("people:login"), {"username": "wang", "password": cast.PASSWORD})
    assert client.cookies["sessionid"].value != planted.session_key


def test_a_token_is_kept_as_a_digest_and_opens_only_its_scopes(staff, client):
    token, secret = actions.make_token(
        person=staff.wang, name="t", scopes=["terminals.see"], by=staff.wang, now=cast.MORNING
    )
    assert secret not in str(Token.objects.filter(pk=token.pk).values())
    answer = client.get("/api/people/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["verbs"] == ["terminals.see"]
    actions.revoke_token(token=token, by=staff.wang, now=cast.MORNING)
    answer = client.get("/api/people/me", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


def test_a_token_cannot_do_what_its_owner_may_not(staff):
    with pytest.raises(rules.BadScopes):
        actions.make_token(person=staff.zhou, name="t", scopes=["receivables.see"], by=staff.zhou, now=cast.MORNING)


def test_guessing_tokens_is_slowed_down(staff, client):
    for _ in range(rules.FAILURES_PER_ADDRESS):
        assert client.get("/api/people/me", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/people/me", headers={"Authorization": "Bearer x"}).status_code == 429


def test_without_credentials_the_api_answers_401_and_a_page_redirects(staff, client):
    answer = client.get("/api/people/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert client.get(reverse("people:list")).status_code == 302
    assert client.get("/api/openapi.json").status_code == 401


def test_a_session_needs_its_csrf_token_to_change_something_through_the_api(staff):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(staff.zheng)
    body = {"login": "new", "name": "新"}
    answer = client.post("/api/people/persons", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_csrf")
    client.get(reverse("people:me"))
    token = client.cookies["csrftoken"].value
    answer = client.post("/api/people/persons", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.content


def test_old_attempts_are_forgotten_at_night(staff):
    from kewei.journal.following import jobs

    for days in (1, 89, 91):
        LoginAttempt.objects.create(login="x", address="", at=cast.MORNING - timedelta(days=days), succeeded=False)
    job = next(j for j in jobs() if j.name == "people.tidy")
    job.do(now=cast.MORNING)
    assert LoginAttempt.objects.count() == 2
