"""A month's sample: drawing it, judging it, what it says."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Router, Schema

from kewei.flows import actions
from kewei.flows.api.files import Month
from kewei.flows.api.months import MonthKey
from kewei.flows.api.names import CandidateOut
from kewei.flows.queries import samples
from kewei.flows.rules.months import month_of
from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Start, keyed, page
from kewei.kernel.refusals import N_, NotFound
from kewei.terminals import queries as terminals

router = Router(tags=["flows"])
SEE, REVIEW = "flows.see", "flows.review"


class AgreementOut(Schema):
    """How far reviewers agree; share with its 95 % interval in hundredths of a per cent, None where no two have answered."""

    both: int
    same: int
    rate_bp: int | None
    low_bp: int | None
    high_bp: int | None


class PrecisionOut(Schema):
    """Of `judged` drawn rows `right` were accepted rightly; hundredths of a per cent with the 95 % interval."""

    judged: int
    right: int
    rate_bp: int
    low_bp: int
    high_bp: int


class SampleOut(Schema):
    """A month's sample; `warns` where the lower bound of its precision lies under `low_bp`."""

    month: date
    drawn_at: datetime
    rows: int
    population: int
    names: int
    waiting: int
    low_bp: int
    precision: PrecisionOut | None
    warns: bool
    agreement: AgreementOut


class SampledOut(Schema):
    """A drawn name with terminals it may mean, in the order of their codes; which was accepted is not told."""

    pk: int
    name: str
    distributor: int
    distributor_name: str
    where: str
    code: str
    month: date
    rows: int
    candidates: list[CandidateOut]


class JudgeIn(Schema):
    """Which terminal the name means; None where it has no card."""

    terminal: Key | None = None


class JudgedOut(Schema):
    """The word that was kept."""

    pk: int


@router.get("months/{month}/sample", response=SampleOut)
def sample(request, month: MonthKey):
    """What a month's sample says of names accepted by themselves."""
    request.user.must(SEE)
    return _sample(request, month)


def _sample(request, month: str) -> dict[str, Any]:
    found = samples.figures_of(request.user, month_of(month))
    if found is None:
        raise NotFound(noun=N_("抽查样本"))
    return asdict(found)


@router.post("months/{month}/sample", response=SampleOut)
def draw(request, month: MonthKey):
    """Draw the month's sample; once drawn it stays."""
    request.user.must(REVIEW)
    actions.draw_sample(month=month_of(month), by=request.user, now=timezone.now())
    return _sample(request, month)


@router.get("sampled", response=Page[SampledOut])
def to_judge(request, month: Month | None = None, start: Start = 0, limit: Limit = 20):
    """Drawn names that wait for one's word."""
    request.user.must(REVIEW)
    rows, count = samples.to_judge(
        request.user, month=month_of(month) if month else None, start=start, limit=limit
    )  # fmt: skip
    return page(request, [asdict(row) | {"candidates": _blind(row)} for row in rows], count, start, limit)


def _blind(row: samples.SampledRow) -> list[dict[str, Any]]:
    return [asdict(one) | {"probability_bp": 0, "reasons": []} for one in row.candidates]


@router.post("sampled/{pk}", response=JudgedOut, openapi_extra=KEY_WELCOME)
def judge(request, pk: KeyInPath, asked: JudgeIn):
    """Say which terminal a drawn name means; what was accepted wrongly is asked again."""
    request.user.must(REVIEW)
    sampled = samples.sampled_for(request.user, pk)
    terminal = terminals.terminal_for(request.user, asked.terminal, REVIEW) if asked.terminal else None

    def do() -> dict:
        return {"pk": actions.judge_sampled(sampled=sampled, terminal=terminal, by=request.user, now=timezone.now()).pk}

    return keyed(request, "flows.judge_sampled", {"sampled": pk, **asked.dict()}, do, required=False)
