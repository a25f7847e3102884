"""kewei flows rebuild: the rows that go on, made again from the rows as they stood."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.flows import actions, excel
from kewei.flows.cli.files_cli import acting
from kewei.flows.queries import files
from kewei.flows.rules.months import month_of, words_of


def declare(verbs: Any) -> None:
    """The arguments of rebuild."""
    rebuild = verbs.add_parser("rebuild", help="make a month's lines again from the rows as they stood  重新清洗")
    rebuild.add_argument("month", metavar="2026-10")
    rebuild.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    rebuild.add_argument("--json", action="store_true", help="answer as JSON")


def rebuild(args: Namespace) -> int:
    """Every file of a month by itself; exit 1 where one comes out as other bytes than those it names."""
    person, month = acting(args), month_of(args.month)
    person.must("flows.take_in")
    told = [
        {"file": file.pk, "filename": file.filename, "same": actions.make_again(
            file=file, lines=excel.read_again(file), by=person, now=timezone.now())}
        for file in files.files_of(person, month, "flows.take_in")
    ]  # fmt: skip
    differing = [one for one in told if not one["same"]]
    if args.json:
        print(json.dumps({"month": words_of(month), "files": told}, ensure_ascii=False))
    else:
        for one in differing:
            print(_("第 {file} 号 {filename}：重新清洗的结果与登记时不同").format(**one))
        print(
            _("{month}：重新清洗 {files} 份文件，{same} 份逐字节相同").format(
                month=words_of(month), files=len(told), same=len(told) - len(differing)
            )
        )
    return int(bool(differing))
