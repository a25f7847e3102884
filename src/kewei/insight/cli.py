"""Commands of learning: predict, recovery, forecast; and insight: the lapse alarm looked back at."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.collecting import actions
from kewei.collecting.queries import history, learning
from kewei.collecting.rules import prediction
from kewei.collecting.rules.prediction import OPEN, BackTest, Invoices
from kewei.collecting.rules.recovery import CLOCKS, CURVES, MARKS
from kewei.collecting.rules.segments import SEGMENTS
from kewei.insight import jobs
from kewei.insight.excel import ORDERS, read_invoices, read_purchases
from kewei.insight.rules import lapse
from kewei.insight.web.learning import WAYS
from kewei.journal import queries_policies
from kewei.kernel.calendar import day_from_text, month_before
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, NotFound
from kewei.people.cli import asking, day_typed
from kewei.sales import actions as sales
from kewei.sales import queries as sales_queries
from kewei.sales.rules.lapse import LAPSE

SEE, LEARN, SALES = "collecting.see", "collecting.learn", "sales.see"
MONTHS_BACK = 72


def _common(parser: ArgumentParser) -> None:
    parser.add_argument("--as-of", dest="as_of", default="", metavar="DAY", help="end of this day; none: today  截至")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument(
        "--json", action="store_true", help="answer as JSON, money in whole fen, shares in basis points"
    )


# --- predict ----------------------------------------------------------------------------------------------------------


def arguments_predict(parser: ArgumentParser) -> None:
    """kewei predict backtest [--data FILE] [--cut D] [--order mdy] | kewei predict train"""
    parser.add_argument("what", choices=["backtest", "train"], help="look back honestly, or train  回测、训练")
    parser.add_argument("--data", type=Path, help="invoices of any company, else one's own ledger  发票文件")
    parser.add_argument(
        "--cut", default="", metavar="DAY", help="train before, ask from here on; none: the last fifth  分界日"
    )
    parser.add_argument("--order", choices=ORDERS, default="", help="order of day and month in the file  日期次序")
    _common(parser)


def predict(args: Namespace) -> int:
    """Look back by the honest protocol (docs/algorithms/prediction.md), or train on the ledger."""
    if args.what == "train":
        person = asking(args, LEARN)
        study = actions.train_prediction(as_of=day_typed(args.as_of), by=person, now=timezone.now())
        print(json.dumps(study.told["model"], ensure_ascii=False) if args.json else _("模型已训练"))
        return 0
    if args.data is not None and not args.data.is_file():
        raise NotFound(noun=str(args.data))
    # A file is nobody's secret; the ledger is the company's.
    if args.data is None and not asking(args, SEE).reach(SEE).everything:
        raise NotFound(noun=_("全公司的账"))
    until = day_typed(args.as_of).toordinal() + 1
    invoices = read_invoices(args.data, args.order) if args.data else history.past(day_typed(args.as_of)).invoices()
    cut = day_from_text(args.cut).toordinal() if args.cut else _last_fifth(invoices, until)
    _show(prediction.back_test(invoices, cut, until), args.json)
    return 0


def _last_fifth(invoices: Invoices, until: int) -> int:
    known = np.sort(invoices.on[(invoices.settled < OPEN) | (invoices.due < until)])
    if not len(known):
        raise prediction.TooLittleToLearn(until=date.fromordinal(until).isoformat(), count=0, enough=prediction.ENOUGH)
    return int(known[len(known) * 4 // 5])


def _show(found: BackTest, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found.as_json() | {"cut": date.fromordinal(found.cut).isoformat()}, ensure_ascii=False))
        return
    words = _("{cut} 之前结清的 {trained} 张用来学，之后的 {asked} 张用来问，其中迟付 {late} 张")
    print(words.format(cut=date.fromordinal(found.cut), trained=found.trained, asked=found.asked, late=found.late))
    print(f"{'AUC':>8}{'Brier':>9}{'20 %':>9}")
    for way in found.ways:
        auc, brier = (f"{bp / 10_000:.4f}" if bp is not None else "–" for bp in (way.auc_bp, way.brier_bp))
        print(f"{auc:>8}{brier:>9}{way.top_fifth_bp / 100:>8.1f}%  {_(WAYS[way.name])}")
    words = _("应含八成的区间含了 {inside} %；预计付款日平均差 {days} 天，只看中位数差 {median} 天")
    print(words.format(inside=found.inside_bp / 100, days=found.days_off / 10, median=found.median_off / 10))
    print(_("名单前 10 %、20 %……里的迟付金额（%）"))
    for name, curve in found.curves:
        print("".join(f"{bp / 100:>7.1f}" for bp in curve) + "  " + _(WAYS[name]))


# --- recovery, forecast -----------------------------------------------------------------------------------------------


def arguments_recovery(parser: ArgumentParser) -> None:
    """kewei recovery [--clock past_due] [--learn] [--json]"""
    parser.add_argument("--clock", choices=list(CLOCKS), default="past_due", help="which days are counted  时钟")
    parser.add_argument("--learn", action="store_true", help="draw them from the ledger first  先重新学习")
    _common(parser)


def recovery(args: Namespace) -> int:
    """What of what is still open on a day comes in yet, by segment, in percent; published figures below."""
    person = asking(args, SEE)
    if args.learn:
        actions.draw_curves(as_of=day_typed(args.as_of), by=person, now=timezone.now())
    study = learning.latest(learning.CURVE, day_typed(args.as_of))
    own = learning.own_curves(study, args.clock)
    if args.json:
        print(
            json.dumps({"as_of": study and study.as_of.isoformat(), "curves": [one.as_json() for one in own.values()]})
        )
        return 0
    print("".join(f"{day:>7}" for day in MARKS) + "  " + _(CLOCKS[args.clock]))
    for curve in own.values():
        print("".join(f"{_at(curve.to_come_bp, day):>7}" for day in MARKS) + "  " + _(SEGMENTS[curve.segment]))
    for one in queries_policies.in_force(CURVES, day_typed(args.as_of)).value.published:
        if one.clock == args.clock:
            told = dict(one.points)
            print(
                "".join(f"{told[day] / 100 if day in told else '–':>7}" for day in MARKS)
                + f"  {_(one.title)} {one.source}"
            )
    return 0


def _at(values: tuple[int, ...], day: int) -> str:
    return str(values[min(day, len(values) - 1)] / 100)


def arguments_forecast(parser: ArgumentParser) -> None:
    """kewei forecast [--json]: makes a forecast of the ledger as of a day and keeps it"""
    _common(parser)


def forecast(args: Namespace) -> int:
    """Thirteen weeks of cash from the ledger as of a day."""
    person, day = asking(args, LEARN), day_typed(args.as_of)
    if not person.reach(SEE).everything:
        raise NotFound(noun=_("全公司的账"))
    study = actions.forecast_cash(as_of=day, by=person, now=timezone.now())
    told = study.told
    if args.json:
        print(json.dumps({"as_of": day.isoformat(), **told}))
        return 0
    for n, (open_fen, new_fen) in enumerate(zip(told["open_fen"], told["new_fen"], strict=True)):
        first = day + timedelta(days=7 * n + 1)
        print(f"{first.isoformat()}  {yuan(open_fen + new_fen):>18}  {yuan(open_fen):>18}  {yuan(new_fen):>18}")
    for one in told["cuts"]:
        print(f"{date.fromordinal(one['day'])}  {yuan(sum(one['said_fen'])):>18}  {yuan(sum(one['came_fen'])):>18}")
    return 0


# --- insight ----------------------------------------------------------------------------------------------------------

RULES = {"own": N_("自己的节奏"), "fixed": N_("固定 90 天"), "fixed_tuned": N_("固定天数，同样误报")}


def arguments_insight(parser: ArgumentParser) -> None:
    """kewei insight lapse [--data FILE] [--json] | kewei insight prepare"""
    parser.add_argument(
        "what", choices=["lapse", "prepare"], help="look back at the alarm, or make the night's figures now"
    )
    parser.add_argument("--data", type=Path, help="purchases of any company (CSV), else one's own  销售文件")
    _common(parser)


def insight(args: Namespace) -> int:
    """Look back: of the customers that truly stopped, how many each rule would have flagged in time (docs/algorithms/lapse.md);
    or count months and reckon habits now, as every night."""
    if args.what == "prepare":
        person = asking(args, "sales.prepare")
        months = sales.prepare_months(by=person, now=timezone.now())
        terminals = jobs.reckon_habits(now=timezone.now(), by=person)
        told = {"months": months, "terminals": terminals}
        words = _("汇总了 {months} 个月，计算了 {terminals} 家客户的购买习惯")
        print(json.dumps(told) if args.json else words.format(**told))
        return 0
    if args.data is not None and not args.data.is_file():
        raise NotFound(noun=str(args.data))
    # A file is asked by the rule we ship, which needs no company; one's own sales by the version in force.
    policy = LAPSE.read(LAPSE.body)
    until = day_typed(args.as_of) if args.as_of or args.data is None else None
    if args.data is None:
        policy = queries_policies.in_force(LAPSE, day_typed(args.as_of)).value
        if not asking(args, SALES).reach(SALES).everything:
            raise NotFound(noun=_("全公司的销售"))
        days = sales_queries.purchase_days(month_before(day_typed(args.as_of), MONTHS_BACK), day_typed(args.as_of))
        bought = {str(terminal): told for terminal, told in days.items()}
    else:
        bought = read_purchases(args.data)
    last = until or max((max(days) for days in bought.values()), default=timezone.localdate())
    _told(lapse.look_back(bought, last, policy), args.json)
    return 0


def _told(found: lapse.LookBack, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found)))
        return
    words = _("{buyers} 家客户买过五次以上，其中 {stopped} 家真的停了；{gaps} 段间隔以再次购买结束")
    print(words.format(buyers=found.buyers, stopped=found.stopped, gaps=found.gaps))
    print(_("停购者在自己的两个间隔内报警   误报"))
    for way in found.ways:
        print(f"{way.caught_bp / 100:>10.1f} % {way.false_bp / 100:>14.1f} %   {_(RULES[way.name])}")
