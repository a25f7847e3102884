"""What the operations of credit share."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Router

router = Router(tags=["credit"])
SEE = "credit.see"

Grade = Literal["A", "B", "C", "D"]
Fen = Annotated[int, Field(ge=0, le=10**15)]
Days = Annotated[int, Field(ge=0, le=365)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
