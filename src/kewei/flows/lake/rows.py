"""What was read from a file, as rows of the lake."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kewei.flows.rules import files as rules
from kewei.flows.rules.files import Aside, Clean, RawLine
from kewei.sales.rules import reckon_fen


def raw_rows(file: int, lines: Sequence[RawLine], tags: Sequence[str], aside: Sequence[Aside]) -> list[tuple]:
    """Rows as they stood, as the lake keeps them (RAW), in their order."""
    why = {one.number: (one.why.code, _json(one.why.numbers), one.column, one.heading[:100]) for one in aside}
    went_on = (None, None, None, None)
    return [
        (
            file, line.number, _json(list(line.cells.values())), rules.mark_of(line.cells),
            rules.key_of(line.values)[:300], tag, line.quantity_milli, *why.get(line.number, went_on),
        )
        for line, tag in zip(lines, tags, strict=True)
    ]  # fmt: skip


def clean_rows(file: int, lines: Sequence[Clean], names: Mapping[str, int], goods: Mapping[str, int]) -> list[tuple]:
    """Rows that went on, as the lake keeps them (CLEAN), in their order; `names` and `goods` by what makes them one."""
    return [
        (
            file, line.number, line.day, names[rules.name_key(line)] if names else None, goods[rules.goods_key(line)],
            line.name, line.product, line.spec, line.unit, line.batch, line.quantity_milli, line.price_fen, _fen(line),
            line.document, line.flags,
        )
        for line in lines
    ]  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _fen(line: Clean) -> int | None:
    """What a line comes to: as written, else quantity times price; None where neither stands there."""
    if line.fen is not None:
        return line.fen
    return None if line.price_fen is None else reckon_fen(line.quantity_milli, line.price_fen)
