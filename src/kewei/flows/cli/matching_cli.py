"""kewei flows evaluate | train: how good the matching of names is, and learning it."""

from __future__ import annotations

import csv
import hashlib
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class NotPairs(Refused):
    """A file of pairs or of a master that lacks a column."""

    code = "not_pairs"
    says = N_("文件 {path} 缺少列 {columns}")
    next_step = N_("列名见 docs/algorithms/matching.md")


def declare(verbs: Any) -> None:
    """The arguments of evaluate and train."""
    judge = verbs.add_parser("evaluate", help="how good matching is on labelled pairs  评估名称匹配")
    judge.add_argument("pairs", type=Path, nargs="+", metavar="PAIRS.csv")
    judge.add_argument("--master", type=Path, required=True, metavar="MASTER.csv")
    judge.add_argument("--model", type=Path, metavar="M.json", help="another model than the shipped one  模型文件")
    judge.add_argument("--json", action="store_true", help="answer as JSON")
    learn = verbs.add_parser("train", help="learn the score from labelled pairs  训练匹配模型")
    learn.add_argument("pairs", type=Path, nargs="+", metavar="PAIRS.csv")
    learn.add_argument("--master", type=Path, required=True, metavar="MASTER.csv")
    learn.add_argument("--version", default="1", metavar="V", help="what to call it  模型版本")
    learn.add_argument("--out", type=Path, required=True, metavar="M.json")


def evaluate(args: Namespace) -> int:
    """Figures per set and together. A file the model was trained on is judged by models that did not see its provinces."""
    from kewei.flows.rules.matching import evaluating, training
    from kewei.flows.rules.matching import model as models
    from kewei.flows.rules.matching.deciding import match

    index = _index(args.master)
    model = models.read(args.model.read_text(encoding="utf-8")) if args.model else models.shipped()
    pairs: list[Any] = []
    matches: list[Any] = []
    how: dict[str, str] = {}
    for file in args.pairs:
        some = _pairs(file)
        seen = model.knows(_digest(file))
        how[str(file)] = "cross_validation" if seen else "model"
        pairs += some
        matches += training.judge_unseen(index, some) if seen else match(index, [one.asked for one in some], model)
    found, steps = evaluating.figures(pairs, matches), evaluating.calibration(pairs, matches)
    if args.json:
        told = {"model": model.version, "threshold": model.threshold, "files": how, **evaluating.as_json(found, steps)}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    _say(model, how, found, steps)
    return 0


def train(args: Namespace) -> int:
    """Learn from the pairs and write the model."""
    from kewei.flows.rules.matching import model as models
    from kewei.flows.rules.matching import training

    index = _index(args.master)
    labelled = [one for file in args.pairs for one in _pairs(file)]
    trained_on = {f"{file.parent.name}/{file.name}": _digest(file) for file in args.pairs}
    made = training.train(index, labelled, args.version, trained_on)
    args.out.write_text(models.written(made), encoding="utf-8")
    print(_("已写入 {path}，自动接受阈值 {threshold}").format(path=args.out, threshold=made.threshold))
    return 0


def _say(model: Any, how: dict[str, str], found: list[Any], steps: list[Any]) -> None:
    told = {
        "cross_validation": _("训练用过此文件：按省交叉验证，未用所发模型"),
        "model": _("训练未用此文件：用模型 {version}，阈值 {threshold}").format(
            version=model.version, threshold=model.threshold
        ),
    }
    for file, way in how.items():
        print(f"{file}: {told[way]}")
    print(f"{'':<15}{'names':>7}{'in':>7}  {'auto':<22}{'precision':<26}{'recall':<24}{'top-1':<24}{'top-5':<24}")
    for one in found:
        rates = "".join(
            f"{_rate(value, digits):<{width}}"
            for value, digits, width in (
                (one.auto, 3, 22), (one.precision, 4, 26), (one.recall, 3, 24), (one.top_1, 3, 24), (one.top_5, 3, 24)
            )
        )  # fmt: skip
        print(f"{one.set:<15}{one.names:>7}{one.matchable:>7}  {rates}")
    print(_("所称概率与实际命中："))
    for step in steps:
        print(f"  {step.low:.2f}-{step.high:.2f}{step.right.whole:>7}  {step.mean:.3f}  {_rate(step.right, 3)}")


def _rate(rate: Any, digits: int) -> str:
    return f"{rate.rate:.{digits}f} [{rate.low:.{digits}f} {rate.high:.{digits}f}]" if rate.whole else "-"


def _index(file: Path) -> Any:
    from kewei.flows.rules.matching import Index

    return Index.of(_masters(file))


def _masters(file: Path) -> list[Any]:
    from kewei.flows.rules.matching import Master

    return [
        Master(
            row["id"], row["name"], row.get("province", ""), row.get("city", ""),
            row.get("county", "") or row.get("district", ""), row.get("kind", ""), row.get("level", ""),
            tuple(alias for alias in row.get("aliases", "").split(";") if alias),
        )
        for row in _rows(file, ("id", "name"))
    ]  # fmt: skip


def _pairs(file: Path) -> list[Any]:
    from kewei.flows.rules.matching import Asked
    from kewei.flows.rules.matching.training import Labelled

    return [
        Labelled(
            Asked(row["typed"], row.get("province", ""), row.get("city", ""), row.get("county", "")),
            row["truth"], row.get("set", ""),
        )
        for row in _rows(file, ("typed", "truth"))
    ]  # fmt: skip


def _rows(file: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = [name for name in needed if name not in (rows.fieldnames or ())]
        if missing:
            raise NotPairs(path=str(file), columns=", ".join(missing))
        return [{name: value or "" for name, value in row.items() if name} for row in rows]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
