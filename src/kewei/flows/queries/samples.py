"""A month's sample: which rows may be drawn, which drawn names wait for a reviewer, what they say of the month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from kewei.flows.models import Name, NameAlias, Sample, Sampled, SampleWord
from kewei.flows.queries.files import SEE
from kewei.flows.queries.months import lines_of_names
from kewei.flows.queries.names import REVIEW, CandidateRow, agreement, candidate_rows
from kewei.flows.rules import sampling
from kewei.flows.rules.sampling import SAMPLE, Agreement, Judged, Precision, SampleRules
from kewei.flows.rules.words import BY_THEMSELVES
from kewei.journal import queries_policies
from kewei.journal.bulk import chunks
from kewei.kernel.policies import Versioned
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import queries as terminals


@dataclass(frozen=True)
class SampledRow:
    """A drawn name as a reviewer sees it: what stood in the file, and terminals it may mean in the order of their codes, so
    that the page does not give away which was accepted."""

    pk: int
    name: str
    distributor: int
    distributor_name: str
    where: str
    code: str
    month: date
    rows: int
    candidates: tuple[CandidateRow, ...]


@dataclass(frozen=True)
class SampleFigures:
    """A month's sample in numbers: rows drawn and names they stand for, of how many rows; how many names wait for a word;
    the precision so far and whether it warns; how far reviewers agree on all names they ever judged."""

    month: date
    drawn_at: datetime
    rows: int
    population: int
    names: int
    waiting: int
    low_bp: int
    precision: Precision | None
    warns: bool
    agreement: Agreement


def sample_rules(day: date) -> Versioned[SampleRules]:
    """The policy of samples in force on a day."""
    return queries_policies.in_force(SAMPLE, day)


def sample_of(month: date) -> Sample | None:
    """What was drawn of a month, whoever asks."""
    return Sample.objects.filter(month=month).first()


def may_be_drawn(month: date) -> dict[int, dict[int, int]]:
    """By distributor the aliases that were made by nobody but the machine, with how many rows of the month each has."""
    rows = lines_of_names(month)
    found: dict[int, dict[int, int]] = {}
    for some in chunks(rows):
        live = NameAlias.objects.filter(name__in=some, ended_at=None, how__in=BY_THEMSELVES)
        for alias, name, distributor in live.values_list("pk", "name", "name__distributor"):
            found.setdefault(distributor, {})[alias] = rows[name]
    return found


def sampled_for(person: Person, pk: int) -> Sampled:
    """A drawn name, where the person may judge it. Raises NotFound."""
    found = _visible(person).filter(pk=pk).select_related("alias__name", "sample").first()
    if found is None:
        raise NotFound(noun=N_("抽查的名称"))
    return found


def _visible(person: Person, verb: str = REVIEW) -> QuerySet[Sampled]:
    rows = Sampled.objects.all()
    return rows if person.reach(verb).everything else rows.filter(alias__name__in=Name.objects.visible_to(person, verb))


def _waiting(rows: QuerySet[Sampled]) -> QuerySet[Sampled]:
    """Those a reviewer is still wanted for: one, or two."""
    return rows.annotate(said=Count("words")).filter(Q(said=0) | Q(said=1, twice=True))


def to_judge(
    person: Person, *, month: date | None = None, start: int = 0, limit: int = 20
) -> tuple[list[SampledRow], int]:
    """Drawn names that wait for this person's word, oldest month first, and how many; four queries."""
    rows = _visible(person).exclude(words__by=person)
    if month is not None:
        rows = rows.filter(sample__month=month)
    rows = _waiting(rows)
    page = rows.order_by("sample__month", "pk").select_related("sample", "alias__name__distributor")
    found = list(page[start : start + limit])
    seen = terminals.visible_among(person, {c["terminal"] for one in found for c in one.candidates}, REVIEW)
    places = terminals.dimensions(seen)
    return [_row(one, places) for one in found], rows.count()


def _row(one: Sampled, places: dict[int, Any]) -> SampledRow:
    name = one.alias.name
    kept = sorted(one.candidates, key=lambda c: places[c["terminal"]].code if c["terminal"] in places else "")
    return SampledRow(
        one.pk, name.name, name.distributor_id, name.distributor.name, f"{name.province}{name.city}{name.county}",
        name.code, one.sample.month, one.rows, candidate_rows(kept, places),
    )  # fmt: skip


def figures_of(person: Person, month: date) -> SampleFigures | None:
    """A month's sample in numbers, over the whole company; None where nothing was drawn."""
    sample = sample_of(month)
    if sample is None:
        return None
    rules = queries_policies.version(SAMPLE, sample.policy).value
    drawn = Sampled.objects.filter(sample=sample)
    precision = sampling.precision_of(_judged(drawn), sample.population)
    return SampleFigures(
        month, sample.drawn_at, sample.rows, sample.population, drawn.count(), _waiting(drawn).count(), rules.low_bp,
        precision, sampling.warns(precision, rules), agreement(person),
    )  # fmt: skip


def _judged(drawn: QuerySet[Sampled]) -> list[Judged]:
    words = SampleWord.objects.filter(sampled__in=drawn)
    stands = terminals.merged_into(
        {pk for pair in words.values_list("terminal", "sampled__alias__terminal") for pk in pair if pk}
    )
    right: dict[int, tuple[int, bool]] = {}
    for sampled, rows, said, accepted in words.values_list(
        "sampled", "sampled__rows", "terminal", "sampled__alias__terminal"
    ):
        same = said is not None and stands.get(said, said) == stands.get(accepted, accepted)
        right[sampled] = (rows, same and right.get(sampled, (rows, True))[1])
    return [Judged(*one) for one in right.values()]


def wrong_of(person: Person, month: date) -> Sequence[tuple[str, str, str]]:
    """Drawn names that were accepted wrongly: (name, what it was taken for, what a reviewer says; "" for no card)."""
    words = SampleWord.objects.filter(sampled__sample__month=month, sampled__in=_visible(person, SEE))
    wrong = words.exclude(terminal=F("sampled__alias__terminal"), terminal__isnull=False).order_by("pk")
    rows = wrong.values_list("sampled__alias__name__name", "sampled__alias__terminal__name", "terminal__name")
    return [(name, taken, said or "") for name, taken, said in rows]


__all__ = [
    "SampleFigures",
    "SampledRow",
    "figures_of",
    "may_be_drawn",
    "sample_of",
    "sample_rules",
    "sampled_for",
    "to_judge",
    "wrong_of",
]
