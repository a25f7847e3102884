"""Commands about people: init, user, token; and what the commands of every room share."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from getpass import getpass
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.kernel.calendar import day_from_text
from kewei.kernel.refusals import BadValue, NotFound
from kewei.people import actions, queries, rules


def arguments_init(parser: ArgumentParser) -> None:
    """kewei init --user NAME --password-stdin"""
    parser.add_argument(
        "--user", required=True, metavar="LOGIN", help="login of the first director  首位总经理的登录名"
    )
    parser.add_argument("--name", default="", help="their name  姓名")
    parser.add_argument("--company", default="", help="name of the company  公司名")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def init(args: Namespace) -> int:
    """Bring the database up, then found the company. Refused where one exists."""
    call_command("migrate", verbosity=0, interactive=False)
    password = _password(args)
    company = args.company or _("我的公司")
    actions.found_company(company=company, login=args.user, name=args.name, password=password, now=timezone.now())
    print(_("已建立公司「{company}」，总经理登录名 {login}").format(company=company, login=args.user))
    return 0


def arguments_user(parser: ArgumentParser) -> None:
    """kewei user add|list|password|post|end-post|leave"""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|password|post|end-post|leave")
    add = verbs.add_parser("add", help="add a person with a first post  新增人员")
    add.add_argument("login")
    add.add_argument("--name", default="")
    add.add_argument("--role", required=True, choices=[code for code in rules.ROLES if code != "system"])
    add.add_argument("--territory", default="", metavar="CODE", help="of the post; none: the whole company")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.add_argument("--no-password", action="store_true", help="they cannot sign in yet")
    listing = verbs.add_parser("list", help="list people  列出人员")
    listing.add_argument("--left", action="store_true", help="those who have left")
    password = verbs.add_parser("password", help="set a password  重设密码")
    password.add_argument("login")
    password.add_argument("--password-stdin", action="store_true")
    post = verbs.add_parser("post", help="give a further post  任职")
    post.add_argument("login")
    post.add_argument("--role", required=True)
    post.add_argument("--territory", default="", metavar="CODE")
    end = verbs.add_parser("end-post", help="end a post  结束任职")
    end.add_argument("post", type=int, metavar="POST_ID")
    leave = verbs.add_parser("leave", help="end all posts and tokens  离职")
    leave.add_argument("login")
    for verb in (add, listing, password, post, end, leave):
        common(verb)


def user(args: Namespace) -> int:
    """People, from the command line."""
    return _USER[args.verb](args)


def user_add(args: Namespace) -> int:
    """Add a person with a first post."""
    password = None if args.no_password else _password(args)
    person = actions.hire(
        login=args.login,
        name=args.name,
        password=password,
        role=args.role,
        territory=_territory(args.territory),
        by=queries.acting(args.as_login),
        now=timezone.now(),
    )
    _say(args, {"id": person.pk, "login": person.login}, _("已新增 {name}").format(name=person.name))
    return 0


def user_list(args: Namespace) -> int:
    """List people and their live posts."""
    rows, _count = queries.persons(queries.acting(args.as_login), left=args.left, limit=None)
    if args.json:
        print(json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        posts = ", ".join(f"{_(p.role_name)}@{p.territory_code or '*'} #{p.pk}" for p in row.posts)
        print(f"{row.login:<20} {row.name:<12} {posts}")
    return 0


def user_password(args: Namespace) -> int:
    """Set somebody's password."""
    person, password = _person(args.login), _password(args)
    actions.set_password(person=person, password=password, by=queries.acting(args.as_login), now=timezone.now())
    _say(args, {"login": person.login}, _("{name} 的密码已重设").format(name=person.name))
    return 0


def user_post(args: Namespace) -> int:
    """Give a further post."""
    post = actions.give_post(
        person=_person(args.login),
        role=args.role,
        territory=_territory(args.territory),
        by=queries.acting(args.as_login),
        now=timezone.now(),
    )
    _say(args, {"post": post.pk}, _("已任命 {name}").format(name=post.person.name))
    return 0


def user_end_post(args: Namespace) -> int:
    """End a post by its number in `kewei user list`."""
    by = queries.acting(args.as_login)
    post = actions.end_post(post=queries.post_for(by, args.post), by=by, now=timezone.now())
    _say(args, {"post": post.pk}, _("{name} 的任职已结束").format(name=post.person.name))
    return 0


def user_leave(args: Namespace) -> int:
    """End all posts and tokens of a person."""
    person = _person(args.login)
    actions.person_leaves(person=person, by=queries.acting(args.as_login), now=timezone.now())
    _say(args, {"login": person.login}, _("{name} 已离职，任职与令牌均已结束").format(name=person.name))
    return 0


_USER = {
    "add": user_add,
    "list": user_list,
    "password": user_password,
    "post": user_post,
    "end-post": user_end_post,
    "leave": user_leave,
}


def arguments_token(parser: ArgumentParser) -> None:
    """kewei token make|revoke|list"""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="make|revoke|list")
    make = verbs.add_parser("make", help="make a token; its secret is printed once  签发")
    make.add_argument("login", help="whose token")
    make.add_argument("--name", required=True, help="what it is for")
    make.add_argument(
        "--scope", action="append", default=[], metavar="VERB", help="repeat; none: everything they may do"
    )
    make.add_argument("--days", type=int, default=90, help="how long it lives; 0: until revoked")
    revoke = verbs.add_parser("revoke", help="end a token  吊销")
    revoke.add_argument("token", type=int, metavar="TOKEN_ID")
    listing = verbs.add_parser("list", help="list tokens, without secrets  列出")
    for verb in (make, revoke, listing):
        common(verb)


def token(args: Namespace) -> int:
    """API tokens, from the command line."""
    return {"make": token_make, "revoke": token_revoke, "list": token_list}[args.verb](args)


def token_make(args: Namespace) -> int:
    """Make a token and print its secret."""
    person, now = _person(args.login), timezone.now()
    if args.days < 0:
        raise BadValue(field="--days", value=str(args.days), reason=_("应为 0 或正整数"))
    last = timezone.localdate(now) + timedelta(days=args.days)
    made, secret = actions.make_token(
        person=person,
        name=args.name,
        scopes=args.scope or queries.granted_verbs(person),
        expires_at=timezone.make_aware(datetime.combine(last, time.max)) if args.days else None,
        by=queries.acting(args.as_login),
        now=now,
    )
    _say(args, {"id": made.pk, "token": secret, "scopes": made.scopes}, secret)
    return 0


def token_revoke(args: Namespace) -> int:
    """End a token by its number in `kewei token list`."""
    by = queries.acting(args.as_login)
    ended = actions.revoke_token(token=queries.token_for(by, args.token), by=by, now=timezone.now())
    _say(args, {"id": ended.pk}, _("令牌「{name}」已吊销").format(name=ended.name))
    return 0


def token_list(args: Namespace) -> int:
    """List tokens."""
    rows = queries.tokens(queries.acting(args.as_login))
    if args.json:
        print(json.dumps([vars(row) for row in rows], ensure_ascii=False, default=str, indent=1))
        return 0
    for row in rows:
        until = row.expires_at.date().isoformat() if row.expires_at else "∞"
        print(f"#{row.pk:<5} {row.person:<16} {row.name:<24} {'×' if row.revoked_at else until}")
    return 0


# --- helpers ---------------------------------------------------------------------------------------------------------


def asking(args: Namespace, verb: str = "") -> Any:
    """Who asks: --as, KEWEI_USER, or the first director; must hold the verb. Raises NotFound, NotAllowed."""
    login = args.as_login or os.environ.get("KEWEI_USER", "")
    if not login:
        directors, _count = queries.persons(queries.system(), role="director", limit=None)
        login = min(directors, key=lambda row: row.pk).login if directors else ""
    person = queries.acting(login)
    if verb:
        person.must(verb)
    return person


def day_typed(text: str) -> date:
    """A day as people type it; none is today. Raises BadDay."""
    return day_from_text(text) if text else timezone.localdate()


def bar(quiet: bool) -> Callable[[int, int], None]:
    """A progress bar on the terminal; silent where nobody watches."""

    def draw(done: int, total: int) -> None:
        if not quiet and sys.stderr.isatty():
            filled = 30 * done // max(total, 1)
            end = "\n" if done >= total else ""
            print(f"\r{'█' * filled}{'░' * (30 - filled)} {done:,}/{total:,}", end=end, file=sys.stderr, flush=True)

    return draw


def common(parser: ArgumentParser) -> None:
    """--as LOGIN and --json, for every verb that does or prints something."""
    parser.add_argument(
        "--as", dest="as_login", default="", metavar="LOGIN", help="act as this person; none: the system"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _person(login: str):
    person = queries.person_by_login(login)
    if person is None:
        raise NotFound(noun=login)
    return person


def _territory(code: str):
    found = queries.territory_by_code(code) if code else None
    if code and found is None:
        raise NotFound(noun=code)
    return found


def _password(args: Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass(_("密码：")) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _say(args: Namespace, values: dict, sentence: str) -> None:
    print(json.dumps(values, ensure_ascii=False) if args.json else sentence)


def _as_json(row: queries.PersonRow) -> dict:
    return {
        "id": row.pk,
        "login": row.login,
        "name": row.name,
        "left_at": row.left_at and row.left_at.isoformat(),
        "posts": [{"id": p.pk, "role": p.role, "territory": p.territory_code} for p in row.posts],
    }
