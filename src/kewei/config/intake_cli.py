"""Files in and out from the command line: `kewei import`, `kewei export`, `kewei layouts`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.desk.intake import engine, outgoing
from kewei.desk.intake.engine import Plan, Taken, Trial
from kewei.desk.intake.layouts import GENERIC, SHIPPED
from kewei.desk.intake.nouns import NOUNS
from kewei.desk.intake.reading import ENCODINGS, ORDERS, UNITS
from kewei.journal import queries_intake
from kewei.kernel.columns import EXTRA
from kewei.kernel.money import yuan
from kewei.kernel.refusals import NotFound
from kewei.orders.rules.states import STATES
from kewei.people.cli import asking

SHOWN = 50


# --- import -------------------------------------------------------------------------------------------


def arguments_import(parser: ArgumentParser) -> None:
    """Arguments of `kewei import`."""
    parser.add_argument("noun", nargs="?", choices=list(NOUNS), help="what the file holds  导入什么")
    parser.add_argument("file", nargs="?", type=Path, help=".xlsx, .xls, CSV or gzipped CSV  文件")
    parser.add_argument("--layout", default="", help="a layout by name, see `kewei layouts`  版式")
    parser.add_argument(
        "--remember", default="", metavar="NAME", help="keep how this file was read under a name  记住版式"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADING=COLUMN",
        help="what a heading stands for; COLUMN may be extra or ignore  列的对应",
    )  # fmt: skip
    parser.add_argument(
        "--only", action="append", default=[], metavar="HEADING=A;B", help="only rows with these values  只要这些行"
    )
    parser.add_argument(
        "--but", action="append", default=[], metavar="HEADING=A;B", help="not rows with these values  不要这些行"
    )
    parser.add_argument("--order", choices=list(ORDERS), help="order of day and month  日期次序")
    parser.add_argument("--unit", choices=list(UNITS), help="unit of amounts  金额单位")
    parser.add_argument("--sheet", help="sheet by name, or #2 for the second  工作表")
    parser.add_argument("--encoding", choices=ENCODINGS, help="encoding of a text file  文字编码")
    parser.add_argument("--ignore-unknown", action="store_true", help="do not keep unknown columns  不保留未知列")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing  试运行")
    parser.add_argument("--good-rows", action="store_true", help="take the rows without problems  只导入没有问题的行")
    parser.add_argument("--key", default="", help="a key of your own: the same key does it once  幂等键")
    parser.add_argument("--undo", type=int, metavar="ID", help="undo an import by its number  撤销导入")
    _common(parser)


def import_(args: Namespace) -> int:
    """Import a file: 0 taken (or nothing wrong in a dry run), 1 problems or refused, 2 wrong usage."""
    by = asking(args)
    if args.undo is not None:
        return _undo(args, by)
    if not args.noun or args.file is None:
        print(_("用法：kewei import {nouns} 文件").format(nouns="|".join(NOUNS)), file=sys.stderr)
        return 2
    if not args.file.is_file():
        raise NotFound(noun=str(args.file))
    with tempfile.TemporaryDirectory(prefix="kewei-import-") as room:
        return _import(args, by, Path(room))


def _import(args: Namespace, by: Any, room: Path) -> int:
    bar = Bar(args.json)
    plan = engine.plan(
        engine.noun_named(args.noun),
        engine.File.at(args.file),
        layout=args.layout,
        mapping=_mapping(args.map),
        options=_options(args),
        keep_unknown=not args.ignore_unknown,
        room=room,
    )
    if not args.dry_run and not args.key and (before := engine.recognise(plan)):
        return _say_taken(args, before)
    trial = engine.try_out(plan, by=by, now=timezone.now(), progress=bar)
    bar.close()
    stop = trial.problems.count and not args.good_rows
    if args.dry_run or stop:
        _say_trial(args, trial, "dry_run" if args.dry_run else "problems")
        return 1 if trial.problems.count else 0
    taken = engine.take(
        trial,
        by=by,
        now=timezone.now(),
        key=args.key,
        good_rows=args.good_rows,
        remember=args.remember,
        progress=bar,
    )
    bar.close()
    if trial.problems.count and not args.json:
        _print_problems(trial)
    return _say_taken(args, taken, trial)


def _undo(args: Namespace, by: Any) -> int:
    bar = Bar(args.json)
    row = engine.undo(args.undo, by=by, now=timezone.now(), progress=bar)
    bar.close()
    if args.json:
        _print_json({"status": "undone", "intake": row.pk, "noun": row.noun, "file": row.filename})
    else:
        print(_("已撤销第 {intake} 号导入（{file}）").format(intake=row.pk, file=row.filename))
    return 0


def _mapping(pairs: list[str]) -> dict[str, str | None]:
    named: dict[str, str | None] = {"ignore": None, "extra": EXTRA}
    return {heading: named.get(column, column) for heading, column in map(_pair, pairs)}


def _options(args: Namespace) -> dict[str, Any]:
    rows = {
        name: [(heading, values.split(";")) for heading, values in map(_pair, getattr(args, name))] or None
        for name in ("only", "but")
    }
    return {"order": args.order, "unit": args.unit, "sheet": args.sheet, "encoding": args.encoding, **rows}


def _pair(text: str) -> tuple[str, str]:
    heading, sign, value = text.partition("=")
    if not sign:
        raise engine.NotAPair(text=text)
    return heading.strip(), value.strip()


# --- what it says -------------------------------------------------------------------------------------


def _say_trial(args: Namespace, trial: Trial, status: str) -> None:
    if args.json:
        _print_json({"status": status, **trial.as_json(_)})
        return
    _print_reading(trial.plan)
    for part in trial.parts:
        print(_part_line(part.counts()))
    _print_aside(trial)
    _print_problems(trial)
    _print_foreseen(trial)
    if trial.problems.count:
        print(_("什么都没有写入。改正后重新导入，或加 --good-rows 只导入没有问题的行。"))
    else:
        print(_("没有问题；这是试运行，什么都没有写入。"))


def _print_foreseen(trial: Trial) -> None:
    for one in trial.as_json(_)["foreseen"]:
        says = "；".join(said["reason"] for said in one["says"])
        came_to = STATES[one["state"]]
        print(_("第 {row} 行的订单：{state} {says}").format(row=one["row"], state=_(came_to), says=says))


def _say_taken(args: Namespace, taken: Taken, trial: Trial | None = None) -> int:
    if args.json:
        more = trial.as_json(_) if trial else {}
        _print_json({**more, "status": "recognised" if taken.recognised else "taken", **taken.as_json()})
        return 0
    if taken.recognised:
        print(_("这个文件已经导入过（第 {intake} 号），没有重复登记：").format(intake=taken.intake))
    elif trial:
        _print_reading(trial.plan)
    for part in taken.made.get("parts", []):
        print(_part_line(part))
    if trial:
        _print_aside(trial)
    if not taken.recognised:
        print(_("已导入，编号 {intake}。撤销：kewei import --undo {intake}").format(intake=taken.intake))
    return 0


def _part_line(part: dict[str, Any]) -> str:
    label = _(NOUNS[part["noun"]].label)
    line = _("{label}：新增 {new}，更新 {changed}，已有相同 {same}").format(
        label=label, new=f"{part['new']:,}", changed=f"{part['changed']:,}", same=f"{part['same']:,}"
    )
    if part.get("total_fen") is not None:
        line += _("，金额 {amount} 元").format(amount=yuan(part["total_fen"]))
    if part.get("unapplied_fen"):
        line += _("，其中暂不核销 {amount} 元").format(amount=yuan(part["unapplied_fen"]))
    return line


def _print_reading(plan: Plan) -> None:
    if plan.layout and not plan.layout.startswith("~"):
        print(_("版式：{name}").format(name=plan.layout))
    if plan.kept:
        print(_("未知的列，随行保留：{headings}").format(headings="、".join(plan.kept)))
    if ignored := [heading for heading in plan.unknown if heading not in plan.kept]:
        print(_("没有读取的列：{headings}").format(headings="、".join(ignored)))
    for warning in plan.sheet.warnings:
        print(_("注意：{sentence}").format(sentence=warning.sentence(_)))


def _print_aside(trial: Trial) -> None:
    for part in trial.parts:
        reasons = {row.why.code: row.why for row in part.aside_rows}
        for code, count in part.aside.items():
            print(_("搁置 {count} 行：{reason}").format(count=f"{count:,}", reason=reasons[code].sentence(_)))


def _print_problems(trial: Trial) -> None:
    listed = trial.problems.in_order()
    for problem in listed[:SHOWN]:
        print(f"  {problem.say(_)}" + (f"  [{problem.value}]" if problem.value else ""))
    if trial.problems.count > SHOWN:
        print(_("  … 还有 {count} 处问题（--json 给出全部）").format(count=trial.problems.count - SHOWN))
    if trial.problems.count:
        print(
            _("共 {count} 处问题，{rows} 行").format(
                count=f"{trial.problems.count:,}", rows=f"{len(trial.problems.rows):,}"
            )
        )


class Bar:
    """A progress bar on the terminal: phase, share, rows. Silent where nobody watches."""

    WIDTH = 30

    def __init__(self, as_json: bool) -> None:
        self.shown = sys.stderr.isatty() and not as_json
        self.last = 0.0
        self.drawn = False

    def __call__(self, phase: str, done: int, total: int) -> None:
        if not self.shown or (time.monotonic() - self.last < 0.1 and done < total):
            return
        self.last, self.drawn = time.monotonic(), True
        filled = self.WIDTH * done // max(total, 1)
        marks = "█" * filled + "░" * (self.WIDTH - filled)
        print(f"\r{_(phase)} {marks} {done:,}/{total:,}  ", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clear the line."""
        if self.drawn:
            print("\r" + " " * 78 + "\r", end="", file=sys.stderr, flush=True)
            self.drawn = False


# --- export -------------------------------------------------------------------------------------------


def arguments_export(parser: ArgumentParser) -> None:
    """Arguments of `kewei export`."""
    parser.add_argument("noun", choices=list(outgoing.NOUNS), help="what to export  导出什么")
    parser.add_argument("--out", required=True, type=Path, metavar="F.xlsx|F.csv", help="file to write  输出文件")
    parser.add_argument("--from", dest="first", type=day, metavar="D", help="from this day on  起")
    parser.add_argument("--to", dest="last", type=day, metavar="D", help="up to this day  止")
    parser.add_argument("--customer", default="", metavar="CODE", help="of one customer  客户编码")
    parser.add_argument("--english", action="store_true", help="English headings  英文标题")
    _common(parser)


def export(args: Namespace) -> int:
    """Write every row of a noun this person may see to a file that import reads back."""
    by = asking(args)
    filters = {"first": args.first, "last": args.last, "customer": args.customer}
    count = outgoing.write(args.noun, args.out, by=by, now=timezone.now(), english=args.english, **filters)
    if args.json:
        _print_json({"noun": args.noun, "file": str(args.out), "rows": count})
    else:
        print(_("已导出 {count} 行到 {file}").format(count=f"{count:,}", file=args.out))
    return 0


def day(text: str):
    """A day as argparse reads it."""
    from kewei.kernel.calendar import day_from_text
    from kewei.kernel.refusals import Refused

    try:
        return day_from_text(text)
    except Refused as why:
        raise ValueError(str(why)) from why


# --- layouts ------------------------------------------------------------------------------------------


def arguments_layouts(parser: ArgumentParser) -> None:
    """Arguments of `kewei layouts`."""
    parser.add_argument("noun", nargs="?", choices=list(NOUNS), help="of one noun only  只看一种")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def layouts(args: Namespace) -> int:
    """List layouts: the generic headings, those that ship, those remembered."""
    rows = [row for noun in NOUNS for row in _layouts_of(noun) if args.noun in (None, noun)]
    if args.json:
        _print_json(rows)
        return 0
    for row in rows:
        print(f"{row['noun']:<12} {row['name']:<20} {row['about']}")
    return 0


def _layouts_of(noun: str) -> list[dict[str, Any]]:
    columns = NOUNS[noun].columns
    headings = "，".join(f"{c.zh}/{c.name}{'*' if c.required else ''}" for c in columns)
    rows: list[dict[str, Any]] = [{"noun": noun, "name": GENERIC, "kind": "generic", "about": headings}]
    rows += [
        {"noun": noun, "name": s.name, "kind": "shipped", "about": _(s.about), "parts": [part.noun for part in s.parts]}
        for s in SHIPPED.values()
        if s.noun == noun
    ]
    rows += [
        {
            "noun": noun,
            "name": "" if row.by_itself else row.name,
            "kind": "remembered",
            "about": "，".join(f"{heading}→{column or '–'}" for heading, column in row.mapping.items()),
            "mapping": row.mapping,
            "options": row.options,
        }
        for row in queries_intake.layouts(noun)
    ]
    return rows


# --- helpers ------------------------------------------------------------------------------------------


def _common(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="as_login", default="", metavar="LOGIN",
        help="act as this person; else KEWEI_USER; else the first director  以谁的名义",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str, indent=1))
