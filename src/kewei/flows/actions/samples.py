"""A month's sample drawn once and judged by people; what was accepted wrongly is asked again."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import localdate

from kewei.flows import facts
from kewei.flows.actions.names import end_alias
from kewei.flows.models import NameAlias, Sample, Sampled, SampleWord
from kewei.flows.queries import matching
from kewei.flows.queries import samples as queries
from kewei.flows.rules import sampling
from kewei.flows.rules.months import words_of
from kewei.flows.rules.sampling import AlreadyJudged, NothingToSample
from kewei.journal.actions import action, record
from kewei.journal.bulk import insert
from kewei.people.models import Person
from kewei.terminals.models import Terminal

REVIEW = "flows.review"


@action
def draw_sample(*, month: date, by: Person, now: datetime) -> Sample:
    """抽取样本  Draw the month's rows that people shall judge, as many as the policy says; drawn before, it stays.

    Raises NothingToSample where no row was accepted by itself.
    """
    by.must(REVIEW)
    if known := queries.sample_of(month):
        return known
    rows = queries.may_be_drawn(month)
    if not rows:
        raise NothingToSample(month=words_of(month))
    policy, seed = queries.sample_rules(localdate(now)), sampling.seed_of(month)
    drawn = sampling.draw(rows, policy.value.rows, seed)
    twice = sampling.judged_twice(drawn, policy.value.twice_pct, seed)
    sample = Sample.objects.create(
        month=month, wanted=policy.value.rows, rows=sum(one.rows for one in drawn),
        population=sum(n for aliases in rows.values() for n in aliases.values()), seed=seed, policy=policy.label,
        drawn_by=by, drawn_at=now,
    )  # fmt: skip
    aliases = NameAlias.objects.select_related("name").in_bulk([one.alias for one in drawn])
    near = matching.likely([aliases[one.alias].name for one in drawn])
    insert(
        Sampled,
        ("sample_id", "alias_id", "rows", "candidates", "twice"),
        (
            (sample.pk, one.alias, one.rows, _candidates(aliases[one.alias].terminal_id, some), one.alias in twice)
            for one, some in zip(drawn, near, strict=True)
        ),
    )
    record(
        facts.SAMPLE_DRAWN, sample, by=by, at=now, month=words_of(month), rows=sample.rows, population=sample.population,
        seed=seed, policy=policy.label,
    )  # fmt: skip
    return sample


def _candidates(accepted: int | None, near: tuple[matching.Suggested, ...]) -> list[dict]:
    """The nearest terminals, five at the most, the accepted one always among them."""
    found = [one._asdict() for one in near]
    if accepted is not None and all(one["terminal"] != accepted for one in found):
        found = [*found[:4], {"terminal": accepted, "probability_bp": 0, "reasons": [], "differing": []}]
    return found


@action
def judge_sampled(*, sampled: Sampled, terminal: Terminal | None, by: Person, now: datetime) -> SampleWord:
    """抽查名称  Say which terminal a drawn name means, None for no card. What was accepted wrongly ends and is asked again.

    Raises AlreadyJudged.
    """
    by.must(REVIEW)
    kept = queries.sampled_for(by, sampled.pk)
    if terminal is not None:
        by.must(REVIEW, terminal)
    if SampleWord.objects.filter(sampled=kept, by=by).exists():
        raise AlreadyJudged(name=kept.alias.name.name)
    said = SampleWord.objects.create(sampled=kept, terminal=terminal, by=by, at=now)
    right = terminal is not None and terminal.pk == kept.alias.terminal_id
    if not right and kept.alias.ended_at is None:
        end_alias(alias=kept.alias, why="sample", by=by, now=now)
    record(
        facts.SAMPLE_JUDGED, said, by=by, at=now, terminal=terminal.pk if terminal else None, name=kept.alias.name.name,
        right=right,
    )  # fmt: skip
    return said
