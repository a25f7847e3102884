"""The command `kewei`: one table of commands; a room's cli drawer and Django are loaded for the one that is run."""

import argparse
import json
import os
import sys
from importlib import import_module

# command -> (module, one line of help). `do-this` is the function `do_this` of that module, taking the parsed arguments
# and returning an exit code; `arguments_do_this(parser)` beside it, where there is one, declares its arguments.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kewei.people.cli", "make an empty company and its first director  建立空公司与首位总经理"),
    "user": ("kewei.people.cli", "add people and posts, list them  人员与任职"),
    "token": ("kewei.people.cli", "make or revoke an API token  API 令牌"),
    "import": ("kewei.config.intake_cli", "import customers, products, invoices, receipts…  导入"),
    "export": ("kewei.config.intake_cli", "export a noun to .xlsx or .csv  导出"),
    "layouts": ("kewei.config.intake_cli", "list and remember file layouts  文件版式"),
    "ageing": ("kewei.receivables.cli", "ageing of the book as of a day  账龄"),
    "open-items": ("kewei.receivables.cli", "open items as of a day  未清项"),
    "statement": ("kewei.receivables.cli", "statement of one customer as PDF or Excel  对账单"),
    "kpis": ("kewei.receivables.cli", "KPIs of receivables  指标"),
    "score": ("kewei.credit.cli", "score customers, compare old scores with what came of them  信用评分"),
    "credit": ("kewei.credit.cli", "how a customer stands: exposure, limit, headroom, holds  信用状况"),
    "orders": ("kewei.orders.cli", "orders and what the gate blocked them by  订单"),
    "order-check": ("kewei.orders.cli", "what the gate would say of an order, placing none  订单试算"),
    "collect": ("kewei.collecting.cli", "run the day's collecting: cases, ladder, letters  催收日程"),
    "collecting": ("kewei.collecting.cli", "cases, promises, disputes, clocks  案件、承诺、争议、时钟"),
    "worklist": ("kewei.collecting.cli", "debtors by what acting today is worth, with the next step  今日催收"),
    "predict": ("kewei.insight.cli", "late payment: look back, train, what is expected of a customer  迟付预测"),
    "recovery": ("kewei.insight.cli", "recovery curves by segment beside published ones  回款曲线"),
    "plan": (
        "kewei.visits.cli",
        "solve and check periodic routing problems in the format of the literature  周期路径求解",
    ),
    "flows": ("kewei.flows.cli", "distributors' sell-through: files, months, how names are matched  流向"),
    "membership": (
        "kewei.membership.cli",
        "programmes, members, points, what is owed, benefits, usage cards  会员",
    ),
    "forecast": ("kewei.insight.cli", "thirteen weeks of cash  十三周回款预测"),
    "insight": ("kewei.insight.cli", "lapse alarm looked back at, the night's figures now  流失预警回测"),
    "check": ("kewei.config.house_cli", "all integrity findings; exit 1 if any  核对"),
    "backup": ("kewei.config.house_cli", "write a backup of the database and files  备份"),
    "restore": ("kewei.config.house_cli", "restore a backup into an empty KEWEI_HOME  恢复"),
    "migrate": ("kewei.config.house_cli", "bring the database to this version  升级数据库"),
    "serve": ("kewei.config.house_cli", "serve the web application  启动服务"),
    "worker": ("kewei.config.house_cli", "run followers and jobs  后台作业"),
    "demo": ("kewei.config.demo_cli", "fill a demo company and serve it  演示"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; exit 0 done, 1 refused or findings, 2 wrong usage."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="kewei", description="Kewei 客维")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in argv if not word.startswith("-")), None)
    for name, (module, help_line) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_line, description=help_line)
        if name == asked:
            _set_up(module, name, sub)
    args = parser.parse_args(argv)
    return _run(args)


def _set_up(module: str, name: str, parser: argparse.ArgumentParser) -> None:
    """Load Django and the room's door for the one command asked for, and let it declare its arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kewei.config.settings")
    import django

    django.setup()
    door = import_module(module)
    word = name.replace("-", "_")
    parser.set_defaults(do=getattr(door, word, None) or getattr(door, f"{word}_"))
    declare = getattr(door, f"arguments_{word}", None)
    if declare:
        declare(parser)


def _run(args: argparse.Namespace) -> int:
    """Do it; a refusal becomes one line on stderr (or JSON with --json) and exit code 1."""
    from django.db import DatabaseError
    from django.utils import translation
    from django.utils.translation import gettext

    from kewei.config.middleware import said
    from kewei.kernel.refusals import Refused

    with translation.override(language()):
        try:
            return args.do(args) or 0
        except Refused as refusal:
            sentence = refusal.sentence(said)
            if getattr(args, "json", False):
                told = {"code": refusal.code, "numbers": refusal.numbers, "sentence": sentence}
                print(json.dumps(told, ensure_ascii=False))
            print(f"kewei: {sentence}", file=sys.stderr)
            return 1
        except DatabaseError:
            from kewei.config import checking

            if not checking.database_is_behind():
                raise
            print(f"kewei: {gettext(checking.DatabaseBehind.says)}", file=sys.stderr)
            return 1
        except (FileNotFoundError, PermissionError, IsADirectoryError) as failure:
            print(f"kewei: {failure}", file=sys.stderr)
            return 1
        except BrokenPipeError:
            # Whoever read our output has had enough; flushing at exit must not complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except KeyboardInterrupt:
            return 130


def language() -> str:
    """The reader's language: KEWEI_LANGUAGE, else LANG, else Chinese."""
    asked = os.environ.get("KEWEI_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "zh-hans" if asked.startswith("zh") else "en"


if __name__ == "__main__":
    sys.exit(main())
