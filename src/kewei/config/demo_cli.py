"""The command `kewei demo`: a company to look at, filled once and kept."""

import secrets
from argparse import ArgumentParser, Namespace

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.collecting import jobs as collecting_jobs
from kewei.config.demo.cards import CAST
from kewei.config.demo.fill import DIRECTOR, fill
from kewei.people import queries, rules

NOTE = "demo-password.txt"


def arguments_demo(parser: ArgumentParser) -> None:
    """kewei demo [--serve]"""
    parser.add_argument("--serve", action="store_true", help="serve it afterwards  随后启动服务")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def demo(args: Namespace) -> int:
    """Fill the demo company where there is none yet, print the logins, and serve it where asked."""
    call_command("migrate", verbosity=0, interactive=False)
    note = settings.HOME / NOTE
    if queries.person_by_login(queries.SYSTEM_LOGIN):
        print(_("已有数据，保留不动。"))
    else:
        password = f"kewei-{secrets.token_hex(4)}"
        note.write_text(password)
        note.chmod(0o600)
        print(_("正在准备演示公司……"), flush=True)
        fill(password=password, today=timezone.localdate(), say=lambda words: print(f"  {words}", flush=True))
        # After the filling, whose postings the book knows only once they stand.
        collecting_jobs.learn(now=timezone.now())
    _print_logins(note.read_text() if note.exists() else None)
    if args.serve:
        from kewei.config import house_cli

        serving = ArgumentParser()
        house_cli.arguments_serve(serving)
        return house_cli.serve(serving.parse_args(["--host", args.host, "--port", str(args.port)]))
    return 0


def _print_logins(password: str | None) -> None:
    if password is None:
        return
    print()
    print(_("登录名（密码均为 {password}）：").format(password=password))
    roles = {login: role for login, _name, role, _place in CAST} | {DIRECTOR[0]: "director"}
    for login, person in queries.logins().items():
        if login in roles:
            print(f"  {login:<8} {person.name}  {_(rules.ROLES[roles[login]].name)}")
    print()
