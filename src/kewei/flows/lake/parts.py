"""What lies in the lake: two parts, each with its columns. Quantities in thousandths, money in fen, texts as written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["whole", "text", "day", "texts"]


@dataclass(frozen=True)
class Part:
    """A folder of the lake and the columns of its files, in order."""

    name: str
    columns: Mapping[str, Kind] = field(hash=False)


# Every row as it stood: `cells` in the order of the file's headings, `mark` their digest, `key` what a changed row is
# recognised by. Where `code` stands, the row was set aside for that reason: `letter` and `heading` are its column,
# `numbers` the reason's numbers as JSON.
RAW = Part(
    "raw",
    {
        "file": "whole", "number": "whole", "cells": "texts", "mark": "text", "key": "text", "tag": "text",
        "quantity_milli": "whole", "code": "text", "numbers": "text", "letter": "text", "heading": "text",
    },
)  # fmt: skip
# Every row that went on: who was sold (or supplied) what, on which day. `name` and `goods` are keys of flows.Name and
# flows.Goods; their live aliases say which terminal and product that is. `quantity_milli` is in the unit as written.
CLEAN = Part(
    "clean",
    {
        "file": "whole", "number": "whole", "day": "day", "name": "whole", "goods": "whole", "customer": "text",
        "product": "text", "spec": "text", "unit": "text", "batch": "text", "quantity_milli": "whole",
        "price_fen": "whole", "fen": "whole", "document": "text", "flags": "text",
    },
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A small table handed over beside the lake: whole numbers and texts, rows in the order of the columns."""

    columns: Mapping[str, Kind]
    rows: Sequence[Sequence[Any]]
