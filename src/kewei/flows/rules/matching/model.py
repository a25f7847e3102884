"""The learned score: trees as plain numbers, evaluated with numpy; what it was trained on and where it accepts.

The shipped one (`shipped()`) is of our own training; docs/algorithms/matching.md names the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kewei.flows.rules.matching.features import NAMES
from kewei.kernel.refusals import N_, Refused, refusal

SHIPPED = Path(__file__).with_name("model.json")
_AT_ONCE = 4096  # rows scored together, so that a large file needs no more memory than a small one
_LEAVES = 16  # of a tree at most: a bit each


@refusal
class OtherEvidence(Refused):
    """A model that was trained on evidence this version does not gather."""

    code = "other_evidence"
    says = N_("模型 {version} 与本版本的匹配特征不符")
    next_step = N_("请用 kewei flows train 重新训练")


@dataclass(frozen=True)
class Model:
    """Boosted trees. Node arrays are (trees, nodes); a leaf points to itself, `value` is what a leaf adds.

    A name is accepted from `threshold` on, shown to a person from `review` on; `trained_on` maps the name of a file
    of pairs to its SHA-256.
    """

    version: str
    trained_on: Mapping[str, str]
    threshold: float
    review: float
    start: float
    feature: Any
    limit: Any
    left: Any
    right: Any
    value: Any
    depth: int

    def probability(self, made: Any) -> Any:
        """How likely each row of evidence (as features.NAMES) is of the same terminal, 0 to 1."""
        parts = [self._raw(made[first : first + _AT_ONCE]) for first in range(0, len(made), _AT_ONCE)]
        raw = np.concatenate(parts) if parts else np.zeros(0)
        return 1 / (1 + np.exp(-raw))

    def knows(self, sha256: str) -> bool:
        """Whether it was trained on the file with this digest."""
        return sha256 in self.trained_on.values()

    def _raw(self, made: Any) -> Any:
        left = np.full((len(made), len(self.feature)), (1 << _LEAVES) - 1, dtype=np.uint16)
        for feature, (limits, open_leaves) in self._questions.items():
            left &= open_leaves[np.searchsorted(limits, made[:, feature], side="left")]
        leaf = _LOWEST[left] + np.arange(0, _LEAVES * len(self.feature), _LEAVES)
        return self.start + self._leaf_values[leaf].sum(axis=1)

    @cached_property
    def _questions(self) -> dict[int, tuple[Any, Any]]:
        """For every feature its limits in order, and between any two of them the leaves each tree can still end in.

        Instead of walking each tree, all questions about one feature are answered together (QuickScorer, Lucchese and
        others 2015): the leaf is the first that no question has closed.
        """
        asked: dict[int, list[tuple[float, int, int]]] = {}
        for tree in range(len(self.feature)):
            self._close(tree, 0, self._order[tree], asked)
        found = {}
        for feature, questions in sorted(asked.items()):
            limits = np.array(sorted({limit for limit, _tree, _closed in questions}), dtype=np.float32)
            open_leaves = np.full((len(limits) + 1, len(self.feature)), (1 << _LEAVES) - 1, dtype=np.uint16)
            for limit, tree, closed in questions:
                open_leaves[int(np.searchsorted(limits, np.float32(limit))) + 1 :, tree] &= np.uint16(
                    ~closed & (1 << _LEAVES) - 1
                )
            found[feature] = (limits, open_leaves)
        return found

    def _close(
        self, tree: int, node: int, order: Mapping[int, int], asked: dict[int, list[tuple[float, int, int]]]
    ) -> int:
        """Note of every question which leaves it closes when answered no; answers the leaves below a node as bits."""
        left, right = int(self.left[tree, node]), int(self.right[tree, node])
        if left == node:
            return 1 << order[node]
        below = self._close(tree, left, order, asked)
        asked.setdefault(int(self.feature[tree, node]), []).append((float(self.limit[tree, node]), tree, below))
        return below | self._close(tree, right, order, asked)

    @cached_property
    def _order(self) -> list[dict[int, int]]:
        """The leaves of each tree from left to right: node -> number."""
        found = []
        for tree in range(len(self.feature)):
            leaves: dict[int, int] = {}
            waiting = [0]
            while waiting:
                node = waiting.pop()
                left, right = int(self.left[tree, node]), int(self.right[tree, node])
                if left == node:
                    leaves[node] = len(leaves)
                else:
                    waiting += [right, left]
            found.append(leaves)
        return found

    @cached_property
    def _leaf_values(self) -> Any:
        values = np.zeros((len(self.feature), _LEAVES))
        for tree, leaves in enumerate(self._order):
            for node, number in leaves.items():
                values[tree, number] = self.value[tree, node]
        return values.ravel()


# The place of the lowest bit that is set.
_LOWEST = np.array([0, *((one & -one).bit_length() - 1 for one in range(1, 1 << _LEAVES))], dtype=np.uint8)


@cache
def shipped() -> Model:
    """The model that comes with this version."""
    return read(SHIPPED.read_text(encoding="utf-8"))


def read(text: str) -> Model:
    """A model from its JSON. Raises OtherEvidence where it was trained on other features."""
    told = json.loads(text)
    if tuple(told["features"]) != NAMES:
        raise OtherEvidence(version=told.get("version", ""))
    trees = told["trees"]
    width = max((len(tree["feature"]) for tree in trees), default=1)
    node = {
        part: np.array([tree[part] + [0] * (width - len(tree[part])) for tree in trees], dtype=kind).reshape(-1, width)
        for part, kind in (
            ("feature", np.int64), ("limit", np.float32), ("left", np.int64), ("right", np.int64), ("value", np.float64)
        )
    }  # fmt: skip
    return Model(
        version=told["version"], trained_on=told["trained_on"], threshold=told["threshold"], review=told["review"],
        start=told["start"], depth=told["depth"], **node,
    )  # fmt: skip


def written(model: Model) -> str:
    """The JSON that `read` understands, a tree on a line."""
    lines = [
        json.dumps(
            {
                "feature": model.feature[tree].tolist(),
                "limit": [float(f"{value:.6g}") for value in model.limit[tree].tolist()],
                "left": model.left[tree].tolist(),
                "right": model.right[tree].tolist(),
                "value": [float(f"{value:.5g}") for value in model.value[tree].tolist()],
            },
            separators=(",", ":"),
        )
        for tree in range(len(model.feature))
    ]
    head = {
        "version": model.version, "trained_on": dict(model.trained_on), "threshold": model.threshold,
        "review": model.review, "start": model.start, "depth": model.depth, "features": list(NAMES),
    }  # fmt: skip
    told = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return told + ',\n "trees": [\n' + ",\n".join(lines) + "\n]}\n"
