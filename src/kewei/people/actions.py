"""What can be done with people: appoint, end a post, draw territories, sign in, make tokens, set the company's card."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from kewei.kernel.refusals import N_, NotFound
from kewei.people import facts, queries, rules
from kewei.people.frame import action, record
from kewei.people.models import Company, Deputy, LoginAttempt, Person, Post, Territory, Token
from kewei.people.rules import (
    AlreadyHolds,
    BadExpiry,
    CodeTaken,
    CompanyExists,
    DeputyEnded,
    HasLeft,
    LoginTaken,
    PostEnded,
    TokenEnded,
    WeakPassword,
    WrongPassword,
)

TOKEN_PREFIX = "kewei_"  # noqa: S105


@action
def found_company(
    *, company: str, login: str, name: str, password: str, by: Person | None = None, now: datetime
) -> Person:
    """建立公司  Make the system person, the root of the territory tree, the company's card and the first director.

    The one action nobody is there to be allowed. Raises CompanyExists where anybody works here, WeakPassword, BadLogin.
    """
    if Person.objects.exists():
        raise CompanyExists
    system = Person(login=queries.SYSTEM_LOGIN, name="系统")
    system.set_unusable_password()
    system.save()
    Post.objects.create(person=system, role="system", since=now)
    draw_territory(code="CN", name="全国", parent=None, by=system, now=now)
    set_company(name=company, by=system, now=now)
    director = add_person(login=login, name=name, password=password, by=system, now=now)
    give_post(person=director, role="director", territory=None, by=system, now=now)
    return director


@action
def add_person(*, login: str, name: str, password: str | None = None, by: Person, now: datetime) -> Person:
    """新增人员  Somebody who can sign in once they have a post; without a password they cannot sign in yet.

    Raises BadLogin, LoginTaken, WeakPassword.
    """
    by.must("people.appoint")
    rules.check_login(login)
    if Person.objects.filter(login=login).exists():
        raise LoginTaken(login=login)
    person = Person(login=login, name=name.strip() or login)
    _put_password(person, password)
    person.save()
    record(facts.PERSON_ADDED, person, by=by, at=now, login=login, name=person.name)
    return person


@action
def hire(
    *,
    login: str,
    name: str,
    password: str | None = None,
    role: str,
    territory: Territory | None = None,
    by: Person,
    now: datetime,
) -> Person:
    """录用  Add a person and give them their first post, both or neither. Raises what the two raise."""
    person = add_person(login=login, name=name, password=password, by=by, now=now)
    give_post(person=person, role=role, territory=territory, by=by, now=now)
    return person


@action
def give_post(*, person: Person, role: str, territory: Territory | None = None, by: Person, now: datetime) -> Post:
    """任职  Give a person a role, in a territory or for the whole company.

    Raises NoSuchRole, HasLeft, AlreadyHolds, PostsCollide (promotion apart from selling and collecting, domain 4.4).
    """
    by.must("people.appoint")
    rules.check_role(role)
    held = _live_posts_locked(person)
    if any(post.role == role and post.territory_id == (territory and territory.pk) for post in held):
        raise AlreadyHolds(name=person.name, role=rules.ROLES[role].name)
    rules.check_posts(person.name, {post.role for post in held}, role)
    post = Post.objects.create(person=person, role=role, territory=territory, since=now, given_by=by)
    record(facts.POST_GIVEN, person, by=by, at=now, post=post.pk, role=role, territory=territory and territory.code)
    return post


@action
def end_post(*, post: Post, by: Person, now: datetime) -> Post:
    """结束任职  End a post. Raises PostEnded, LastDirector."""
    by.must("people.appoint")
    # Whoever ends a director's post waits for the others who do: two at once must not each leave one to the other.
    directors = list(Post.objects.select_for_update().filter(role="director", until=None, person__left_at=None))
    post = Post.objects.select_for_update(of=("self",)).select_related("person").get(pk=post.pk)
    if post.until is not None:
        raise PostEnded(name=post.person.name)
    if post.role == "director":
        rules.check_director_remains(post.person.name, len({d.person_id for d in directors if d.pk != post.pk}))
    Post.objects.filter(pk=post.pk).update(until=now)
    record(facts.POST_ENDED, post.person, by=by, at=now, post=post.pk, role=post.role)
    post.until = now
    return post


@action
def person_leaves(*, person: Person, by: Person, now: datetime) -> Person:
    """离职  End every post and token of a person; they can no longer sign in. Raises HasLeft, LastDirector."""
    by.must("people.appoint")
    for post in _live_posts_locked(person):
        end_post(post=post, by=by, now=now)
    for token in Token.objects.filter(person=person, revoked_at=None):
        revoke_token(token=token, by=by, now=now)
    Person.objects.filter(pk=person.pk).update(left_at=now)
    record(facts.PERSON_LEFT, person, by=by, at=now)
    person.left_at = now
    return person


@action
def draw_territory(*, code: str, name: str, parent: Territory | None, by: Person, now: datetime) -> Territory:
    """划定区域  Add a territory under another (None: at the top). Raises CodeTaken."""
    by.must("people.appoint")
    if Territory.objects.filter(code=code).exists():
        raise CodeTaken(territory_code=code)
    territory = Territory.objects.create(code=code, name=name, parent=parent, path="")
    territory.path = f"{parent.path if parent else '/'}{territory.pk}/"
    territory.save(update_fields=["path"])
    record(facts.TERRITORY_DRAWN, territory, by=by, at=now, code=code, name=name, parent=parent and parent.code)
    return territory


@action
def move_territory(*, territory: Territory, parent: Territory | None, by: Person, now: datetime) -> Territory:
    """区域调整  Hang a territory, with all below it, under another. Raises UnderItself."""
    by.must("people.appoint")
    tree = {t.pk: t for t in Territory.objects.select_for_update().order_by("pk")}
    moved, above = tree[territory.pk], tree[parent.pk] if parent else None
    rules.check_can_move(moved.name, moved.path, above.path if above else "/")
    old, new = moved.path, f"{above.path if above else '/'}{moved.pk}/"
    moved.parent = above
    below = [t for t in tree.values() if t.path.startswith(old)]
    for one in below:
        one.path = new + one.path.removeprefix(old)
    Territory.objects.bulk_update(below, ["path", "parent"])
    record(facts.TERRITORY_MOVED, moved, by=by, at=now, parent=above and above.code)
    return moved


@action
def set_password(*, person: Person, password: str, by: Person, now: datetime) -> Person:
    """修改密码  One's own, or anybody's by those who appoint; every other session of the person ends with the old one.

    Raises NotAllowed, HasLeft, WeakPassword.
    """
    if by.pk != person.pk:
        by.must("people.appoint")
    if person.left_at is not None:
        raise HasLeft(name=person.name)
    _put_password(person, password)
    person.save(update_fields=["password"])
    record(facts.PASSWORD_CHANGED, person, by=by, at=now)
    return person


@action
def make_token(
    *, person: Person, name: str, scopes: Iterable[str], expires_at: datetime | None = None, by: Person, now: datetime
) -> tuple[Token, str]:
    """签发令牌  A key for the API and its secret, which is not kept: it is shown once.

    One makes tokens for oneself; those with people.token, for anybody. Raises BadScopes, BadExpiry, HasLeft.
    """
    if by.pk != person.pk:
        by.must("people.token")
    if person.left_at is not None:
        raise HasLeft(name=person.name)
    if expires_at is not None and expires_at <= now:
        raise BadExpiry
    wanted = set(scopes)
    rules.check_scopes(wanted, person.held)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        name=name,
        digest=rules.token_digest(secret),
        scopes=sorted(wanted),
        made_at=now,
        expires_at=expires_at,
    )
    record(facts.TOKEN_MADE, person, by=by, at=now, token=token.pk, name=name, scopes=sorted(wanted))
    return token, secret


@action
def revoke_token(*, token: Token, by: Person, now: datetime) -> Token:
    """吊销令牌  End a token: one's own, or anybody's by those with people.token. Raises TokenEnded."""
    if by.pk != token.person_id:
        by.must("people.token")
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        raise TokenEnded(name=token.name)
    record(facts.TOKEN_REVOKED, token.person, by=by, at=now, token=token.pk, name=token.name)
    token.revoked_at = now
    return token


@action
def set_company(
    *,
    name: str,
    credit_code: str = "",
    address: str = "",
    bank: str = "",
    account: str = "",
    phone: str = "",
    by: Person,
    now: datetime,
) -> Company:
    """修改公司资料  What statements and letters print about us; earlier versions stay."""  # fmt: skip
    by.must("people.company")
    card = Company.objects.create(
        name=name,
        credit_code=credit_code,
        address=address,
        bank=bank,
        account=account,
        phone=phone,
        set_by=by,
        set_at=now,
    )
    record(facts.COMPANY_SET, card, by=by, at=now, name=name, credit_code=credit_code, bank=bank, account=account)
    return card


@action
def forget_old_attempts(*, by: Person, now: datetime) -> int:
    """清理登录记录  Delete sign-in attempts and ended sessions older than rules.ATTEMPTS_KEPT; returns how many attempts."""
    by.must("people.appoint")
    Session.objects.filter(expire_date__lt=now).delete()
    return LoginAttempt.objects.filter(at__lt=now - rules.ATTEMPTS_KEPT).delete()[0]


# --- at the door: nobody is signed in yet, so there is no verb to be allowed ------------------------------------------


def sign_in(*, login: str, password: str, address: str, by: Person | None = None, now: datetime) -> Person:
    """登录  The person with this login and password; every try is kept, and guessing is slowed down.

    Hashing takes as long for a login nobody has. It runs outside any transaction: a lock is not held that long.
    Raises TooManyAttempts, WrongPassword.
    """
    login = login.strip().lower()[:40]
    _check_attempts(login, address, now)
    person = authenticate(None, username=login, password=password)
    if person is None:
        _keep_attempt(login, address, now, succeeded=False)
        raise WrongPassword
    _let_in(person=person, address=address, by=person, now=now)
    return person


def sign_in_with_token(*, secret: str, address: str, by: Person | None = None, now: datetime) -> Person:
    """The token's owner, limited to its scopes. Raises BadToken, or TooManyAttempts after too many bad ones."""
    token = queries.live_token(rules.token_digest(secret), now)
    if token is None:
        rules.check_attempts(queries.failures_of_address(address, now, tokens=True), rules.FAILURES_PER_ADDRESS, now)
        _keep_attempt("", address, now, succeeded=False)
        raise rules.BadToken
    person = token.person
    person.limited_to = frozenset(token.scopes)  # type: ignore[attr-defined]
    return person


@action
def _let_in(*, person: Person, address: str, by: Person, now: datetime) -> None:
    _keep_attempt(person.login, address, now, succeeded=True)
    record(facts.LOGGED_IN, person, by=by, at=now, address=address)


def _check_attempts(login: str, address: str, now: datetime) -> None:
    rules.check_attempts(queries.failures_of_login(login, now), rules.FAILURES_PER_LOGIN, now)
    rules.check_attempts(queries.failures_of_address(address, now), rules.FAILURES_PER_ADDRESS, now)


def _keep_attempt(login: str, address: str, now: datetime, *, succeeded: bool) -> None:
    with transaction.atomic():
        LoginAttempt.objects.create(login=login, address=address, at=now, succeeded=succeeded)


# --- deputies ---------------------------------------------------------------------------------------------------------


@action
def appoint_deputy(*, taker: Person, since: date, until: date, reason: str = "", by: Person, now: datetime) -> Deputy:
    """指定代理人  While `by` is away `taker` decides in their place; never about what `by` asked for themselves.

    Raises DeputyForOneself, DeputyDays, DeputyCannot, HasLeft.
    """
    by.must("people.deputise")
    if taker.left_at is not None:
        raise HasLeft(name=taker.name)
    roles = {held.role for held in taker.held}
    rules.check_deputy(by.pk, taker.pk, taker.name, roles, since, until, localdate(now))
    deputy = Deputy.objects.create(giver=by, taker=taker, since=since, until=until, reason=reason[:200], given_at=now)
    record(facts.DEPUTY_APPOINTED, deputy, by=by, at=now, taker=taker.login, since=since, until=until, reason=reason)
    return deputy


@action
def end_deputy(*, pk: int, by: Person, now: datetime) -> None:
    """结束代理  From now on the deputy speaks for themselves only: by whom they stand in for, or whoever appoints people.

    Raises NotFound, DeputyEnded.
    """
    by.must("people.deputise")
    deputy = queries.deputies_ended_by(by).select_for_update().filter(pk=pk).first()
    if deputy is None:
        raise NotFound(noun=N_("代理"))
    if deputy.ended_at is not None:
        raise DeputyEnded
    deputy.ended_at = now
    deputy.save(update_fields=["ended_at"])
    record(facts.DEPUTY_ENDED, deputy, by=by, at=now)


# --- helpers ----------------------------------------------------------------------------------------------------------


def _live_posts_locked(person: Person) -> list[Post]:
    """The person's live posts; the person's row is locked, so that two appointments at once see each other."""
    row = Person.objects.select_for_update().filter(pk=person.pk).first()
    if row is None:
        raise NotFound(noun=N_("人员"))
    if row.left_at is not None:
        raise HasLeft(name=row.name)
    return list(Post.objects.filter(person=row, until=None))


def _put_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as failure:
        faults = [rules.PASSWORD_FAULTS.get(e.code or "", str(e)) for e in failure.error_list]
        raise WeakPassword(reason=faults) from None
    person.set_password(password)
