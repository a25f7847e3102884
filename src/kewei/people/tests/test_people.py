import json
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone
from tests import cast

from kewei.config import cli
from kewei.journal import queries as journal
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.people import actions, queries, rules
from kewei.people.models import Person, Post, Territory

pytestmark = pytest.mark.django_db
NOW = cast.MORNING


@pytest.fixture
def staff():
    return cast.assemble()


# --- posts ------------------------------------------------------------------------------------------------------------


def test_a_new_representative_sees_by_their_post(staff):
    chen = actions.hire(
        login="chen", name="陈", password="correct-horse-9", role="representative", territory=staff.hubei,
        by=staff.zheng, now=NOW,
    )  # fmt: skip
    assert chen.may("terminals.see")
    assert not chen.may("receivables.receive")
    names = [f.name for f in journal.facts(staff.zheng)]
    assert names == ["people.post_given", "people.person_added"]


@pytest.mark.parametrize("role", ["representative", "accountant", "credit", "manager", "director"])
def test_who_promotes_may_not_sell_or_collect(staff, role):
    """Domain 4.4: not by one post after the other either, in whichever order."""
    with pytest.raises(rules.PostsCollide):
        actions.give_post(person=staff.zhou, role=role, by=staff.zheng, now=NOW)
    other = actions.hire(login="other", name="丙", role=role, by=staff.zheng, now=NOW)
    with pytest.raises(rules.PostsCollide):
        actions.give_post(person=other, role="medical", by=staff.zheng, now=NOW)
    assert not Post.objects.filter(person=staff.zhou, role=role).exists()


def test_an_ended_post_no_longer_stands_in_the_way(staff):
    actions.end_post(post=Post.objects.get(person=staff.zhou), by=staff.zheng, now=NOW)
    actions.give_post(person=staff.zhou, role="representative", territory=staff.hubei, by=staff.zheng, now=NOW)
    assert {p.role for p in queries.person_card(staff.zheng, staff.zhou.pk).posts} == {"representative"}


def test_the_last_director_stays(staff):
    post = Post.objects.get(person=staff.zheng)
    with pytest.raises(rules.LastDirector):
        actions.end_post(post=post, by=staff.zheng, now=NOW)
    with pytest.raises(rules.LastDirector):
        actions.person_leaves(person=staff.zheng, by=staff.zheng, now=NOW)
    assert Person.objects.get(login="zheng").left_at is None
    actions.give_post(person=staff.li, role="director", by=staff.zheng, now=NOW)
    actions.end_post(post=post, by=staff.zheng, now=NOW)


def test_nobody_is_posted_twice_to_the_same_place(staff):
    with pytest.raises(rules.AlreadyHolds):
        actions.give_post(person=staff.wang, role="representative", territory=staff.hubei, by=staff.zheng, now=NOW)


def test_nobody_becomes_the_system(staff):
    with pytest.raises(rules.NoSuchRole):
        actions.give_post(person=staff.wang, role="system", by=staff.zheng, now=NOW)


@pytest.mark.parametrize("who", ["wang", "zhou", "li", "zhao", "qian", "wu", "sun"])
def test_only_the_director_appoints(staff, who):
    by = getattr(staff, who)
    before = Post.objects.count(), Person.objects.count(), Territory.objects.count()
    for attempt in (
        lambda: actions.add_person(login="x1", name="x", by=by, now=NOW),
        lambda: actions.give_post(person=by, role="director", by=by, now=NOW),
        lambda: actions.end_post(post=Post.objects.get(person=staff.zheng), by=by, now=NOW),
        lambda: actions.person_leaves(person=staff.zheng, by=by, now=NOW),
        lambda: actions.draw_territory(code="X", name="x", parent=None, by=by, now=NOW),
        lambda: actions.move_territory(territory=staff.hubei, parent=None, by=by, now=NOW),
        lambda: actions.set_password(person=staff.zheng, password="correct-horse-9", by=by, now=NOW),
        lambda: actions.set_company(name="x", by=by, now=NOW),
        lambda: actions.make_token(person=staff.zheng, name="x", scopes=["people.see"], by=by, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert (Post.objects.count(), Person.objects.count(), Territory.objects.count()) == before


@pytest.mark.parametrize("login", ["", "x", "X Y", "王", "-a", "a" * 41, "a/b", "system"])
def test_a_login_is_easy_to_type_and_nobodys_else(staff, login):
    with pytest.raises((rules.BadLogin, rules.LoginTaken)):
        actions.add_person(login=login, name="x", by=staff.zheng, now=NOW)


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "chenxiaomei1"])
def test_a_password_others_would_guess_is_refused(staff, password):
    chen = actions.hire(login="chenxiaomei", name="陈小梅", role="credit", by=staff.zheng, now=NOW)
    with pytest.raises(rules.WeakPassword):
        actions.set_password(person=chen, password=password, by=chen, now=NOW)
    assert not Person.objects.get(pk=chen.pk).has_usable_password()


def test_every_verb_is_said_in_words():
    assert set(rules.VERB_WORDS) == rules.VERBS


# --- territories ------------------------------------------------------------------------------------------------------


def test_moving_a_territory_moves_what_its_manager_sees(staff):
    jingmen = actions.draw_territory(code="JM", name="荆门", parent=staff.hubei, by=staff.zheng, now=NOW)
    staff.suns_clinic.territory = jingmen
    staff.suns_clinic.save()
    terminals = type(staff.suns_clinic).objects
    assert terminals.visible_to(Person.objects.get(login="li")).filter(pk=staff.suns_clinic.pk).exists()
    actions.move_territory(territory=jingmen, parent=staff.sichuan, by=staff.zheng, now=NOW)
    assert not terminals.visible_to(Person.objects.get(login="li")).filter(pk=staff.suns_clinic.pk).exists()
    assert Territory.objects.get(code="JM").path == f"{Territory.objects.get(code='SC').path}{jingmen.pk}/"


def test_moving_takes_everything_below_along(staff):
    actions.move_territory(territory=staff.hubei, parent=staff.sichuan, by=staff.zheng, now=NOW)
    below = actions.draw_territory(
        code="JM", name="荆门", parent=Territory.objects.get(code="HB"), by=staff.zheng, now=NOW
    )
    actions.move_territory(territory=Territory.objects.get(code="HB"), parent=None, by=staff.zheng, now=NOW)
    assert Territory.objects.get(code="JM").path == f"/{staff.hubei.pk}/{below.pk}/"
    tree = [(t.code, t.depth) for t in queries.territories(staff.zheng)]
    assert tree == [("CN", 0), ("SC", 1), ("HB", 0), ("JM", 1)]


def test_a_territory_cannot_hang_under_itself(staff):
    china = Territory.objects.get(code="CN")
    with pytest.raises(rules.UnderItself):
        actions.move_territory(territory=china, parent=staff.hubei, by=staff.zheng, now=NOW)


# --- who sees whom ----------------------------------------------------------------------------------------------------


def test_a_representative_sees_only_themselves(staff):
    assert [p.login for p in queries.persons(staff.sun)[0]] == ["sun"]
    with pytest.raises(NotFound):
        queries.person_card(staff.sun, staff.wang.pk)
    assert queries.territories(staff.sun) == []


def test_a_list_of_people_takes_the_same_few_queries_however_many(staff, django_assert_num_queries):
    for n in range(30):
        actions.hire(login=f"more{n}", name="丁", role="representative", territory=staff.hubei, by=staff.zheng, now=NOW)
    zheng = Person.objects.get(login="zheng")
    assert zheng.held
    with django_assert_num_queries(3):
        rows, count = queries.persons(zheng)
    assert count == len(cast.PEOPLE) - 1 + 30
    assert len(rows) == count


# --- the company ------------------------------------------------------------------------------------------------------


def test_the_companys_card_keeps_its_former_versions(staff):
    actions.set_company(name="甲公司", bank="中国银行", by=staff.zheng, now=NOW)
    actions.set_company(name="甲公司", bank="工商银行", account="6222", by=staff.zheng, now=NOW)
    assert (queries.company().bank, queries.company().account) == ("工商银行", "6222")
    assert [c.bank for c in queries.company_versions()] == ["工商银行", "中国银行"]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_director_appoints_through_the_pages(staff, client):
    client.force_login(staff.zheng)
    form = {
        "login": "chen",
        "name": "陈",
        "password": "correct-horse-9",
        "role": "representative",
        "territory": staff.hubei.pk,
    }
    answer = client.post("/people/new", form)
    chen = Person.objects.get(login="chen")
    assert answer["Location"] == f"/people/{chen.pk}"
    assert client.get(f"/people/{chen.pk}").status_code == 200
    refused = client.post(f"/people/{chen.pk}/posts/new", {"role": "medical", "territory": ""})
    assert refused.status_code == 422
    assert "医药代表" in refused.content.decode()
    assert client.post(f"/people/{chen.pk}/leave").status_code == 302
    assert Person.objects.get(login="chen").left_at is not None
    for address in (
        "/people/",
        "/people/?left=1",
        "/people/territories",
        "/people/company",
        "/people/tokens/new",
        "/api/docs",
    ):
        assert client.get(address).status_code == 200, address


def test_a_token_is_shown_once(staff, client):
    client.force_login(staff.wang)
    answer = client.post("/people/tokens/new", {"name": "取账龄", "scopes": ["receivables.see"], "days": "30"})
    secret = answer.content.decode().split('value="kewei_')[1].split('"')[0]
    assert answer["Cache-Control"].startswith("max-age=0")
    assert secret not in client.get("/people/me").content.decode()
    token = queries.tokens(staff.wang)[0]
    assert token.scopes == ("receivables.see",)
    assert client.post(f"/people/tokens/{token.pk}/revoke").status_code == 302
    client.force_login(staff.sun)
    assert client.post(f"/people/tokens/{token.pk}/revoke").status_code == 404


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def kewei(monkeypatch, capsys):
    """Run a command with something on its standard input; (exit code, output, errors)."""
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh")

    def run(*words, given=""):
        monkeypatch.setattr("sys.stdin", StringIO(given))
        code = cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_company_is_founded_once(kewei):
    words = ("init", "--user", "zheng", "--name", "郑", "--company", "甲公司", "--password-stdin")
    assert kewei(*words, given="correct-horse-9\n")[0] == 0
    assert queries.company().name == "甲公司"
    assert queries.system().may("journal.follow")
    assert [t.code for t in queries.territories(queries.acting("zheng"))] == ["CN"]
    assert actions.sign_in(login="zheng", password="correct-horse-9", address="", now=NOW).may("people.appoint")
    code, _out, err = kewei(*words, given="correct-horse-9\n")
    assert (code, Person.objects.count()) == (1, 2)
    assert "已经有一家公司" in err


def test_a_weak_password_founds_nothing(kewei):
    code, _out, err = kewei("init", "--user", "zheng", "--password-stdin", given="short\n")
    assert (code, Person.objects.count()) == (1, 0)
    assert "至少 10 个字符" in err


def test_people_and_tokens_from_the_command_line(staff, kewei, client):
    words = ("user", "add", "chen", "--name", "陈", "--role", "accountant", "--password-stdin", "--json")
    assert json.loads(kewei(*words, given="correct-horse-9\n")[1])["login"] == "chen"
    rows = {row["login"]: row for row in json.loads(kewei("user", "list", "--json")[1])}
    assert rows["chen"]["posts"][0]["role"] == "accountant"
    made = json.loads(kewei("token", "make", "chen", "--name", "t", "--scope", "receivables.see", "--json")[1])
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert client.get("/api/people/me", headers=headers).json()["verbs"] == ["receivables.see"]
    assert kewei("token", "revoke", made["id"])[0] == 0
    assert client.get("/api/people/me", headers=headers).status_code == 401
    assert kewei("user", "leave", "chen", "--as", "zheng")[0] == 0
    code, out, _err = kewei("user", "leave", "zheng", "--as", "zheng", "--json")
    assert (code, json.loads(out)["code"]) == (1, "last_director")
    assert kewei("user", "leave", "wang", "--as", "sun")[0] == 1


# --- deputies ---------------------------------------------------------------------------------------------------------


def test_a_deputy_is_appointed_and_ended_on_their_page(staff, client):
    """By whom they stand in for, or by whoever appoints people; nobody else sees it, and no medical representative is offered."""
    client.force_login(staff.li)
    assert "还没有代理" in client.get("/people/deputies").text
    today = timezone.localdate()
    days = {"since": today.isoformat(), "until": (today + timedelta(days=9)).isoformat(), "reason": "年假"}
    offered = {pk for pk, _name in queries.choices_of_deputies(staff.li)}
    assert staff.tao.pk in offered
    assert not offered & {staff.li.pk, staff.zhou.pk, staff.system.pk}
    assert client.post("/people/deputies", {"taker": staff.zhou.pk, **days}).status_code == 422
    too_long = {**days, "until": (today + timedelta(days=61)).isoformat()}
    answer = client.post("/people/deputies", {"taker": staff.tao.pk, **too_long})
    assert (answer.status_code, "60 天" in answer.text) == (422, True)
    assert client.post("/people/deputies", {"taker": staff.tao.pk, **days}).status_code == 302
    (row,) = queries.deputies(staff.tao)
    assert (row.giver, row.taker, row.state(today), row.state(today + timedelta(days=10))) == (
        "li",
        "tao",
        "live",
        "over",
    )
    client.force_login(staff.tao)
    page = client.get("/people/deputies").text
    assert "您今天代以下同事作决定" in page
    assert f"/people/deputies/{row.pk}/end" not in page  # the deputy cannot end it
    assert client.post(f"/people/deputies/{row.pk}/end").status_code == 404
    client.force_login(staff.qian)
    assert queries.deputies(staff.qian) == []
    client.force_login(staff.zheng)
    assert client.post(f"/people/deputies/{row.pk}/end").status_code == 302
    assert queries.deputies(staff.li)[0].state(today) == "ended"
    assert queries.stands_in_for(staff.tao, today) == []


def test_deputies_as_json(staff, client):
    client.force_login(staff.li)
    today = timezone.localdate()
    body = {"taker": "tao", "since": today.isoformat(), "until": today.isoformat()}
    for taker in ("nobody", "system"):
        answer = client.post("/api/people/deputies", {**body, "taker": taker}, content_type="application/json")
        assert answer.status_code == 404
    made = client.post("/api/people/deputies", body, content_type="application/json").json()
    assert (made["giver"], made["taker"], made["state"]) == ("li", "tao", "live")
    assert client.get("/api/people/deputies").json() == [made]
    assert client.delete(f"/api/people/deputies/{made['id']}").status_code == 204
    assert client.delete(f"/api/people/deputies/{made['id']}").status_code == 409
