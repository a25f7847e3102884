"""Commands of visits: plan."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.visits.rules.planning import cordeau
from kewei.visits.rules.planning.together import search_together
from kewei.visits.rules.planning.values import StopRule


@refusal
class NoSuchFile(Refused):
    """The file named cannot be read."""

    code = "no_such_file"
    says = N_("读不到文件 {path}")


def arguments_plan(parser: ArgumentParser) -> None:
    """kewei plan solve FILE.txt --seconds S --seed K --out F.sol | kewei plan check FILE.txt F.sol [--bks COST]"""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="solve|check")
    solve = verbs.add_parser("solve", help="plan a periodic problem in Cordeau's format  求解周期性路径问题")
    solve.add_argument("problem", type=Path, metavar="FILE.txt")
    solve.add_argument("--seconds", type=float, default=60, metavar="S", help="how long to search  秒数")
    solve.add_argument("--seed", type=int, default=1, metavar="K", help="the same seed tries the same things  随机种子")
    solve.add_argument("--processes", type=int, default=2, metavar="N", help="how many search together  进程数")
    solve.add_argument("--cpu", action="store_true", help="count seconds of computing, not of waiting  按计算时间计")
    solve.add_argument(
        "--out", type=Path, metavar="F.sol", help="where to write the solution; none: print it  输出文件"
    )
    solve.add_argument("--json", action="store_true", help="answer as JSON")
    check = verbs.add_parser("check", help="verify a solution and tell its cost  核对解并计算成本")
    check.add_argument("problem", type=Path, metavar="FILE.txt")
    check.add_argument("solution", type=Path, metavar="F.sol")
    check.add_argument("--bks", type=float, metavar="COST", help="best known cost, to tell the gap  已知最优成本")
    check.add_argument("--json", action="store_true", help="answer as JSON")


def plan(args: Namespace) -> int:
    """Plan a problem of the literature, or verify somebody's solution of it."""
    return solve(args) if args.verb == "solve" else check(args)


def solve(args: Namespace) -> int:
    """Search for `seconds`, write the solution; exit 1 where none that keeps all limits was found."""
    instance = cordeau.read_problem(_text(args.problem))
    rule = partial(seconds_rule, args.seconds, args.cpu)
    told = None if args.json or not sys.stderr.isatty() else _tell
    search = search_together(cordeau.ground_of(instance), args.seed, args.processes, rule, told)
    if search.best is None:
        print(_("未找到满足全部限制的解"), file=sys.stderr)
        return 1
    routes = cordeau.driven(instance, search, search.best)
    text = cordeau.write_solution(instance, routes)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    cost = cordeau.cost_of(instance, routes)
    if args.json:
        print(json.dumps({"cost": round(cost, 4), "routes": len(routes)}))
    else:
        print(f"{cost:.2f}" if args.out else text, end="\n" if args.out else "")
    return 0


def check(args: Namespace) -> int:
    """Every rule the solution breaks, its cost, and how far it is above the best known; exit 1 if it breaks any."""
    instance = cordeau.read_problem(_text(args.problem))
    routes = cordeau.read_solution(_text(args.solution))
    broken = cordeau.broken(instance, routes)
    known = not any("unknown" in line for line in broken)
    cost = cordeau.cost_of(instance, routes) if known else None
    gap = round(100 * (cost / args.bks - 1), 3) + 0.0 if args.bks and cost is not None else None
    if args.json:
        print(json.dumps({"cost": cost and round(cost, 4), "gap_percent": gap, "broken": broken}))
    else:
        print(*broken, sep="\n", end="\n" if broken else "")
        if cost is not None:
            above = _("，高于已知最优 {gap}%").format(gap=f"{gap:.2f}") if gap is not None else ""
            print(_("成本 {cost}").format(cost=f"{cost:.2f}") + above)
    return 1 if broken else 0


def seconds_rule(seconds: float, cpu: bool) -> StopRule:
    """A stopping rule by the clock on the wall, or by the time this process has computed."""
    clock: Callable[[], float] = time.process_time if cpu else time.monotonic
    began = clock()
    return lambda _rounds: (clock() - began) / seconds


def _tell(worth: float) -> None:
    print(f"{worth / cordeau.FINE:.2f}", file=sys.stderr)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise NoSuchFile(path=str(path)) from wrong
