"""kewei flows take-in | month: distributors' files and what a month comes to."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.flows import actions, excel, jobs_folders
from kewei.flows.queries import files, months, samples
from kewei.flows.rules.months import month_of, words_of
from kewei.flows.rules.words import KINDS, STATES
from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.people import queries as people
from kewei.sales.excel import show_quantity


@refusal
class FlowFileUnreadable(Refused):
    """The file named cannot be read."""

    code = "flows_file_unreadable"
    says = N_("读不到文件 {path}")


def declare(verbs: Any) -> None:
    """The arguments of take-in, month, sample and collect."""
    take_in = verbs.add_parser("take-in", help="take distributors' files in  接收流向文件")
    take_in.add_argument("files", type=Path, nargs="+", metavar="FILE")
    take_in.add_argument("--distributor", default="", metavar="CODE", help="none: as the file's name says  经销商")
    take_in.add_argument("--kind", default="", choices=["", *KINDS], help="none: as the headings say  类型")
    take_in.add_argument("--month", default="", metavar="2026-10", help="none: as most rows say  月份")
    take_in.add_argument(
        "--mode", default="auto", choices=["auto", "replace", "add"], help="beside an earlier file  方式"
    )
    take_in.add_argument("--order", default="", choices=["", "ymd", "mdy", "dmy"], help="order in dates  日期顺序")
    take_in.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="HEADING=COLUMN",
        help="what a heading stands for, or ignore  列的对应",
    )
    month = verbs.add_parser("month", help="figures of a month; post and freeze it  月度情况")
    month.add_argument("month", metavar="2026-10")
    month.add_argument("--post", action="store_true", help="post usage to sales  登记用量")
    month.add_argument("--freeze", action="store_true", help="post, then freeze the month  冻结")
    sample = verbs.add_parser("sample", help="a month's sample of names accepted by themselves  自动匹配抽查")
    sample.add_argument("month", metavar="2026-10")
    sample.add_argument("--draw", action="store_true", help="draw it where nobody has  抽取样本")
    gather = verbs.add_parser("collect", help="take in what was dropped into a folder  收取投递的文件")
    gather.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="none: KEWEI_FLOWS_IN  文件夹")
    for one in (take_in, month, sample, gather):
        one.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
        one.add_argument("--json", action="store_true", help="answer as JSON")


def take_in(args: Namespace) -> int:
    """Take files in, each by itself: one that is refused does not stop the others; exit 1 where any was."""
    return _take_in(args, acting(args))


def month(args: Namespace) -> int:
    """A month's figures; post and freeze it where asked."""
    return _month(args, acting(args))


def collect(args: Namespace) -> int:
    """Take in every file of a folder, moved to done/ or refused/; exit 1 where any was refused."""
    found = jobs_folders.collect(args.folder or settings.FLOWS_IN, by=acting(args), now=timezone.now())
    told = [
        {"file": one.name, "place": str(one.place), "status": one.taken.status if one.taken else "refused",
         "pk": one.taken.file if one.taken else None, "code": one.why.code if one.why else "",
         "reason": one.why.sentence(_) if one.why else ""}
        for one in found
    ]  # fmt: skip
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for one in told:
            print(f"{one['place']}  {one['reason'] or one['status']}")
    return int(any(one["status"] == "refused" for one in told))


def sample(args: Namespace) -> int:
    """What a month's sample says; exit 1 where its precision warns."""
    person, month = acting(args), month_of(args.month)
    person.must("flows.see")
    if args.draw:
        actions.draw_sample(month=month, by=person, now=timezone.now())
    found = samples.figures_of(person, month)
    if found is None:
        raise NotFound(noun=N_("抽查样本"))
    if args.json:
        print(json.dumps(asdict(found) | {"month": words_of(month)}, default=str))
    else:
        _say_sample(found)
    return int(found.warns)


def _say_sample(found: samples.SampleFigures) -> None:
    print(
        _("{month}：抽中 {rows} 行（共 {population} 行），名称 {names} 个，待抽查 {waiting} 个").format(
            **{**vars(found), "month": words_of(found.month)}
        )
    )
    if (one := found.precision) is not None:
        print(
            _("准确率 {rate} %，95% 区间 {low}–{high} %（{right} / {judged} 行）").format(
                rate=one.rate_bp / 100, low=one.low_bp / 100, high=one.high_bp / 100, right=one.right, judged=one.judged
            )
        )
    if found.warns:
        print(_("警告：下限低于 {low} %").format(low=found.low_bp / 100), file=sys.stderr)


def acting(args: Namespace) -> Any:
    """The person in whose name a command acts."""
    return people.acting(args.as_login or os.environ.get("KEWEI_USER", ""))


def _take_in(args: Namespace, person: Any) -> int:
    """Each file by itself: one that is refused does not stop the others; exit 1 where any was."""
    told: list[dict[str, Any]] = []
    for path in args.files:
        try:
            told.append(_one(args, person, path))
        except Refused as why:
            told.append({"file": path.name, "status": "refused", "code": why.code, "reason": why.sentence(_)})
    if args.json:
        print(json.dumps(told, ensure_ascii=False, default=str))
    else:
        for one in told:
            print(_line(one), file=sys.stderr if one["status"] == "refused" else sys.stdout)
    return int(any(one["status"] == "refused" for one in told))


def _one(args: Namespace, person: Any, path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FlowFileUnreadable(path=str(path))
    distributor = files.distributor_named(person, args.distributor, path.name)
    said = dict(one.partition("=")[::2] for one in args.map)
    taken = excel.bring(
        distributor, path, path.name, kind=args.kind, order=args.order,
        mapping={heading: None if name == "ignore" else name for heading, name in said.items()},
        month=month_of(args.month) if args.month else None, mode=args.mode, by=person, now=timezone.now(),
    )  # fmt: skip
    told = asdict(taken) | {"distributor": distributor.code, "month": words_of(taken.month), "pk": taken.file}
    return told | {"file": path.name}


def _line(one: dict[str, Any]) -> str:
    if one["status"] == "refused":
        return f"{one['file']}: {one['reason']}"
    if one["status"] == "recognised":
        return _("{file}：已接收过（第 {pk} 号），未重复登记").format(**one)
    words = _(
        "{file}：{distributor} {month} {rows} 行，进入 {clean}，搁置 {aside}；匹配 {matched}，待复核 {waiting}，产品待对照 {goods_waiting}"
    ).format(**one)
    return words + (_("；标题与上次不同") if one["drift"] else "")


def _month(args: Namespace, person: Any) -> int:
    person.must("flows.see")
    month, told = month_of(args.month), {}
    if args.freeze:
        actions.freeze_month(month=month, by=person, now=timezone.now())
    elif args.post:
        told = {"posted": actions.post_month(month=month, by=person, now=timezone.now())}
    figures, state = months.figures(person, month), months.state_of(month)
    late = [(one.code, one.missing) for one in files.calendar(person, month) if one.missing]
    if args.json:
        print(json.dumps({"month": words_of(month), "state": state, **asdict(figures), "missing": late, **told}))
        return 0
    print(_("{month}：{state}").format(month=words_of(month), state=_(STATES[state])))
    print(
        _("{files} 份销售流向，{rows} 行，数量 {raw} = 进入 {clean} + 搁置 {aside}").format(
            files=figures.files, rows=figures.rows, raw=show_quantity(figures.raw_milli),
            clean=show_quantity(figures.clean_milli), aside=show_quantity(figures.aside_milli),
        )
    )  # fmt: skip
    print(
        _("待复核名称 {names}，待对照产品 {goods}，疑似重复 {duplicates} 行").format(
            names=figures.names_waiting, goods=figures.goods_waiting, duplicates=figures.duplicates
        )
    )
    for code, kinds in late:
        print(_("缺报：{code} {kinds}").format(code=code, kinds="、".join(_(KINDS[kind]) for kind in kinds)))
    return 0
