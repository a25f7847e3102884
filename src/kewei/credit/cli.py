"""Commands of credit: score, credit standing."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.credit import actions, shapes
from kewei.credit.papers import plots
from kewei.credit.queries import grades, scores, standing
from kewei.credit.rules.evidence import FACTORS
from kewei.credit.rules.exposure import PARTS
from kewei.credit.rules.holds import REASONS
from kewei.credit.rules.scoring import NotScored
from kewei.credit.rules.sheets import BEHAVIOUR
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, BadValue
from kewei.people.cli import asking, bar, day_typed
from kewei.terminals import queries as terminals


def arguments_score(parser: ArgumentParser) -> None:
    """kewei score CUSTOMER|all|calibrate [--as-of D] [--from D --to D --months N --out F] [--json]"""
    parser.add_argument(
        "what", metavar="CUSTOMER|all|calibrate", help="whom to score, or compare old scores  客户、all、calibrate"
    )
    parser.add_argument(
        "--as-of", dest="as_of", default="", metavar="DAY", help="score as of this day; none: today  截至"
    )
    parser.add_argument("--show", action="store_true", help="show the newest score, make none  只看不评")
    parser.add_argument(
        "--from", dest="first", default="", metavar="DAY", help="calibrate: scores from this day on  起"
    )
    parser.add_argument("--to", dest="last", default="", metavar="DAY", help="calibrate: up to this day  止")
    parser.add_argument("--months", type=int, default=6, metavar="N", help="calibrate: months that followed  其后月数")
    parser.add_argument("--out", default="", metavar="PLOT", help="calibrate: write the plot to F.svg  图形写到文件")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def score(args: Namespace) -> int:
    """Score one customer or all of them, or compare old scores with what came of them."""
    if args.what == "calibrate":
        return _calibrate(args)
    if args.what == "all":
        return _all(args)
    return _one(args)


def _one(args: Namespace) -> int:
    person = asking(args, "credit.see" if args.show else "credit.score")
    terminal = terminals.terminal_named(person, args.what)
    if not args.show:
        actions.score_customer(terminal=terminal, by=person, now=timezone.now(), as_of=day_typed(args.as_of))
    full = scores.score_of(terminal.pk)
    if full is None:
        raise NotScored
    told = {
        "customer_code": terminal.code, "grade": full.row.grade, "points": _points(full.row.points_c),
        "as_of": full.row.as_of.isoformat(), "sheet": full.row.sheet, "red_lines": list(full.row.red_lines),
        "capped_by": list(full.row.capped_by),
        "lines": [line.as_json() for line in full.lines], "replays": scores.replays(full),
    }  # fmt: skip
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"{terminal.code} {terminal.name}  {full.row.grade}  {_points(full.row.points_c)}  {full.row.sheet}")
    for line in full.lines:
        name = _(FACTORS.get(line.code) or BEHAVIOUR[line.code])
        got = f"{line.got}/5" if line.family == "factor" else f"{line.got // 100} %"
        print(f"  {_points(line.points_c):>6}  {got:>6}  {name}{' · ' + _('缺证据') if line.missing else ''}")
    return 0


def _all(args: Namespace) -> int:
    person = asking(args, "credit.score")
    began, as_of = time.monotonic(), day_typed(args.as_of)
    moved = actions.regrade(
        terminal_ids=scores.every_customer(), as_of=as_of, by=person, now=timezone.now(), progress=bar(args.json)
    )
    seconds = round(time.monotonic() - began, 1)
    changes = sorted((change.split(">"), count) for change, count in moved.items())
    if args.json:
        rows = [{"from": former.strip("-"), "to": grade, "customers": count} for (former, grade), count in changes]
        told = {"as_of": as_of.isoformat(), "scored": sum(moved.values()), "seconds": seconds, "moved": rows}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for (former, grade), count in changes:
        print(f"  {former} → {grade}  {count:>9,}")
    print(_("已评 {count} 个客户，用时 {seconds} 秒").format(count=f"{sum(moved.values()):,}", seconds=seconds))
    return 0


def _calibrate(args: Namespace) -> int:
    person = asking(args, "credit.see")
    today = timezone.localdate()
    first = day_typed(args.first) if args.first else today - timedelta(days=3 * 365)
    found = grades.calibrated(person, first, day_typed(args.last), args.months, today)
    if args.out:
        if Path(args.out).suffix.lower() != ".svg":
            raise BadValue(field=N_("文件名"), value=args.out, reason=N_("应以 .svg 结尾"))
        Path(args.out).write_text(plots.calibration(found.result.groups), encoding="utf-8")
    if args.json:
        print(json.dumps(plots.as_json(found), ensure_ascii=False))
        return 0
    result = found.result
    print(
        _("{cases} 个评分，{late} 个客户其后 {months} 个月内逾期超过 60 天").format(
            cases=result.cases, late=result.late, months=found.months
        )
    )
    print(f"Brier {_exact(result.brier)} ({_('一律按平均')} {_exact(result.base)})  AUC {_exact(result.auc)}")
    for rate in result.grades:
        bounds = f"{plots.percent(rate.low_bp)}–{plots.percent(rate.high_bp)}"
        print(f"  {rate.name}  {rate.cases:>8,}  {rate.late:>7,}  {plots.percent(rate.rate_bp):>8}  {bounds}")
    if args.out:
        print(_("已写到 {file}").format(file=args.out))
    return 0


def _exact(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(value):.4f}"


def _points(points_c: int) -> str:
    return f"{points_c // 100}.{points_c % 100:02}"


# --- standing --------------------------------------------------------------------------------------------------------------


def arguments_credit(parser: ArgumentParser) -> None:
    """kewei credit standing CUSTOMER [--json]"""
    parser.add_argument("what", choices=["standing"], help="how a customer stands  信用状况")
    parser.add_argument("customer", metavar="CUSTOMER", help="code or exact name  客户编码或全名")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def credit(args: Namespace) -> int:
    """How a customer stands: exposure part by part, limit, headroom, overdue, holds; exit 1 where there is no headroom."""
    person, today = asking(args, "credit.see"), timezone.localdate()
    terminal = terminals.terminal_for(person, terminals.terminal_named(person, args.customer).pk, "credit.see")
    stands = standing.standing(terminal.pk, today)
    if args.json:
        who = {"customer_code": terminal.code, "customer": terminal.name, "as_of": today.isoformat()}
        print(json.dumps(who | shapes.standing(stands), ensure_ascii=False))
        return 0 if stands.headroom_fen > 0 else 1
    print(f"{terminal.code} {terminal.name}  {today.isoformat()}  {_('等级')} {stands.grade or '–'}")
    for name, (sign, words) in PARTS.items():
        print(f"  {'+' if sign > 0 else '−'} {yuan(stands.exposure.part(name)):>18}  {_(words)}")
    print(f"  = {yuan(stands.exposure.total_fen):>18}  {_('授信占用')}")
    granted = _("无额度") if stands.limit_fen is None else yuan(stands.granted_fen)
    print(f"    {granted:>18}  {_('额度')}")
    print(f"    {yuan(stands.headroom_fen):>18}  {_('可用额度')}")
    if stands.overdue_fen:
        print(f"    {yuan(stands.overdue_fen):>18}  {_('逾期')} · {stands.overdue_days}")
    for reason, note in stands.holds:
        print(f"  ! {_('停止赊销')}: {_(REASONS.get(reason, reason))} {note}")
    return 0 if stands.headroom_fen > 0 else 1
