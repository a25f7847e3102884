"""Commands of flows: take-in, collect, month, rebuild, sample, evaluate, train."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from kewei.flows.cli import files_cli as files
from kewei.flows.cli import lake_cli as lake
from kewei.flows.cli import matching_cli as matching

VERBS = {
    "take-in": files.take_in,
    "collect": files.collect,
    "month": files.month,
    "rebuild": lake.rebuild,
    "sample": files.sample,
    "evaluate": matching.evaluate,
    "train": matching.train,
}


def arguments_flows(parser: ArgumentParser) -> None:
    """kewei flows take-in FILES… | collect [FOLDER] | month 2026-10 [--post] [--freeze] | rebuild 2026-10 | sample 2026-10 [--draw] |
    evaluate PAIRS.csv --master M.csv | train PAIRS.csv --out M.json"""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="|".join(VERBS))
    files.declare(verbs)
    lake.declare(verbs)
    matching.declare(verbs)


def flows(args: Namespace) -> int:
    """Distributors' files and months; how good matching is."""
    return VERBS[args.verb](args)
