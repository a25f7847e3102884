"""Names and goods: which wait for a person, what stands for what, who decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from kewei.flows.lake.engine import engine
from kewei.flows.models import Asking, Decision, Goods, GoodsAlias, Name, NameAlias, SampleWord
from kewei.flows.queries import lake
from kewei.flows.queries.files import SEE, live_files
from kewei.flows.rules.months import MONTH, MonthRules, needs_second_person
from kewei.flows.rules.sampling import Agreement, agreement_of
from kewei.flows.rules.words import SALES
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import queries as terminals

REVIEW = "flows.review"


@dataclass(frozen=True)
class CandidateRow:
    """A terminal a name may mean, as the queue shows it: place from 1, reasons as (code, numbers), its name in pieces with
    whether they differ from the typed one."""

    place: int
    terminal: int
    code: str
    name: str
    where: str
    probability_bp: int
    reasons: tuple[tuple[str, dict[str, Any]], ...]
    marked: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class AskingRow:
    """A name that waits: what stood in the file, its worth in fen, candidates, and who has spoken already."""

    pk: int
    name_id: int
    name: str
    distributor: int
    distributor_name: str
    where: str
    code: str
    month: date
    fen: int
    lines: int
    needs_second: bool
    spoken: tuple[str, ...]
    mine: bool
    candidates: tuple[CandidateRow, ...]


def month_rules(day: date) -> MonthRules:
    """The policy of months in force on a day."""
    return queries_policies.in_force(MONTH, day).value


def asking_for(person: Person, pk: int) -> Asking:
    """The open question about a name, where the person may decide on it. Raises NotFound."""
    found = _visible(person).filter(pk=pk).select_related("name__distributor").first()
    if found is None:
        raise NotFound(noun=N_("待复核名称"))
    return found


def _visible(person: Person, verb: str = REVIEW) -> QuerySet[Asking]:
    return (
        Asking.objects.filter(name__in=Name.objects.visible_to(person, verb))
        if not person.reach(verb).everything
        else Asking.objects.all()
    )


def queue(person: Person, *, month: date | None = None, start: int = 0, limit: int = 20) -> tuple[list[AskingRow], int]:
    """Open questions the person may answer, those worth most first, and how many; those they have answered stand last.

    Candidates are only terminals they may see. Five queries, or six.
    """
    rows = _visible(person).filter(closed_at=None)
    if month is not None:
        rows = rows.filter(month=month)
    mine = Count("decisions", filter=Q(decisions__by=person))
    page = list(
        rows.annotate(mine=mine)
        .order_by("mine", "-fen", "pk")
        .select_related("name__distributor")[start : start + limit]
    )
    rules = month_rules(localdate())
    keys = {c["terminal"] for one in page for c in one.candidates}
    seen = terminals.visible_among(person, keys, REVIEW)
    places = terminals.dimensions(seen)
    lines: Counter[int] = Counter()
    for there in lake.lines_naming([one.name_id for one in page]):
        lines[there.name] += there.lines
    spoken: dict[int, list[str]] = {}
    for asking, who in Decision.objects.filter(asking__in=page).order_by("pk").values_list("asking", "by__name"):
        spoken.setdefault(asking, []).append(who)
    found = [_asking(one, rules, places, lines, spoken.get(one.pk, [])) for one in page]
    return found, rows.count()


def _asking(one: Any, rules: MonthRules, places: dict, lines: Mapping[int, int], spoken: list[str]) -> AskingRow:
    name = one.name
    return AskingRow(
        one.pk, name.pk, name.name, name.distributor_id, name.distributor.name,
        f"{name.province}{name.city}{name.county}", name.code, one.month, one.fen, lines.get(name.pk, 0),
        needs_second_person(one.fen, rules), tuple(spoken), bool(one.mine), candidate_rows(one.candidates, places),
    )  # fmt: skip


def candidate_rows(kept: Iterable[dict[str, Any]], places: dict[int, Any]) -> tuple[CandidateRow, ...]:
    """Candidates as they were kept, those the reader may see (`places`: terminals by key), numbered from 1."""
    seen = [(one, places[one["terminal"]]) for one in kept if one["terminal"] in places]
    return tuple(
        CandidateRow(
            number, one["terminal"], place.code, place.name, f"{place.province}{place.city}", one["probability_bp"],
            tuple((code, numbers) for code, numbers in one["reasons"]), marked(place.name, one["differing"]),
        )
        for number, (one, place) in enumerate(seen, 1)
    )  # fmt: skip


def marked(name: str, differing: list[str]) -> tuple[tuple[str, bool], ...]:
    """A name in pieces, each with whether it is among the differing ones: 荆门市第【三】人民医院."""
    flags = [False] * len(name)
    for token in differing:
        at = name.find(token) if token else -1
        while at >= 0:
            flags[at : at + len(token)] = [True] * len(token)
            at = name.find(token, at + len(token))
    pieces: list[tuple[str, bool]] = []
    for letter, flag in zip(name, flags, strict=True):
        if pieces and pieces[-1][1] == flag:
            pieces[-1] = (pieces[-1][0] + letter, flag)
        else:
            pieces.append((letter, flag))
    return tuple(pieces)


@dataclass(frozen=True)
class AliasRow:
    """What a name stands for, since when and by whom; `terminal` is None where it is known to have no card."""

    pk: int
    name_id: int
    name: str
    distributor: int
    distributor_name: str
    terminal: int | None
    terminal_name: str
    how: str
    probability_bp: int | None
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str


_ALIAS = (
    "pk", "name", "name__name", "name__distributor", "name__distributor__name", "terminal", "terminal__name", "how",
    "probability_bp", "made_by__name", "made_at", "ended_at", "ended_by__name",
)  # fmt: skip


def aliases(
    person: Person,
    *,
    text: str = "",
    how: str = "",
    distributor: int | None = None,
    live: bool = True,
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[AliasRow], int]:
    """One page of what names stand for, newest first, and how many; with `live` False those that were ended, too."""
    rows = NameAlias.objects.all()
    if not person.reach(SEE).everything:
        rows = rows.filter(name__in=Name.objects.visible_to(person, SEE))
    if live:
        rows = rows.filter(ended_at=None)
    if how:
        rows = rows.filter(how=how)
    if distributor is not None:
        rows = rows.filter(name__distributor=distributor)
    if text := text.strip().replace("\x00", ""):
        rows = rows.filter(Q(name__name__icontains=text) | Q(terminal__name__icontains=text))
    ordered = rows.order_by("-pk").values_list(*_ALIAS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_alias(list(row)) for row in page], rows.count()


def _alias(told: list[Any]) -> AliasRow:
    told[6], told[12] = told[6] or "", told[12] or ""
    return AliasRow(*told)


def alias_for(person: Person, pk: int, verb: str = REVIEW) -> NameAlias:
    """The alias, where the person may see its distributor for a verb. Raises NotFound."""
    rows = NameAlias.objects.filter(pk=pk).select_related("name__distributor", "terminal")
    if not person.reach(verb).everything:
        rows = rows.filter(name__in=Name.objects.visible_to(person, verb))
    found = rows.first()
    if found is None:
        raise NotFound(noun=N_("流向别名"))
    return found


def months_of_name(name: int) -> list[date]:
    """The months in which a name stands in a file that counts, whoever asks, oldest first."""
    return sorted({there.month for there in lake.lines_naming([name])})


@dataclass(frozen=True)
class GoodsRow:
    """A product as a distributor writes it, with what it is taken for; `product` None where nobody has said."""

    pk: int
    distributor: int
    distributor_name: str
    text: str
    spec: str
    unit: str
    code: str
    placed: bool
    product: int | None
    product_name: str
    times: int
    per: int
    how: str


def list_goods(
    person: Person, *, waiting: bool = False, distributor: int | None = None, start: int = 0, limit: int | None = 50
) -> tuple[list[GoodsRow], int]:
    """One page of goods, those that wait first, and how many."""
    rows = Goods.objects.visible_to(person, SEE)
    if distributor is not None:
        rows = rows.filter(distributor=distributor)
    live = GoodsAlias.objects.filter(ended_at=None)
    if waiting:
        rows = rows.exclude(pk__in=live.values("goods"))
    rows = rows.order_by("distributor__code", "product", "spec", "pk")
    page = list(rows.select_related("distributor")[start : start + limit] if limit is not None else rows[start:])
    known = {one.goods_id: one for one in live.filter(goods__in=[row.pk for row in page]).select_related("product")}
    return [_goods(row, known.get(row.pk)) for row in page], rows.count()


def _goods(row: Goods, alias: GoodsAlias | None) -> GoodsRow:
    product = alias.product if alias else None
    return GoodsRow(
        row.pk, row.distributor_id, row.distributor.name, row.product, row.spec, row.unit, row.code, alias is not None,
        product.pk if product else None, str(product) if product else "", alias.times if alias else 1,
        alias.per if alias else 1, alias.how if alias else "",
    )  # fmt: skip


def goods_for(person: Person, pk: int, verb: str = "flows.take_in") -> Goods:
    """The goods, where the person may see their distributor for a verb. Raises NotFound."""
    found = Goods.objects.visible_to(person, verb).filter(pk=pk).select_related("distributor").first()
    if found is None:
        raise NotFound(noun=N_("流向产品"))
    return found


def unplaced(month: date) -> tuple[int, int]:
    """How many names and how many goods in the files that count for a month wait for an answer, whoever asks; three queries."""
    files = lake.in_lake(live_files(month))
    sales = [one for one in files if one.kind == SALES]
    return len(lake.waiting_names(sales, engine())), len(lake.waiting_goods(files, engine()))


def agreement(person: Person) -> Agreement:
    """How far reviewers agree, over all questions and samples of distributors the person may see; two queries."""
    rows = Decision.objects.filter(asking__in=_visible(person, SEE)).order_by("asking", "pk")
    said: dict[tuple[str, int], list[int | None]] = {}
    for asking, terminal in rows.values_list("asking", "terminal"):
        said.setdefault(("asking", asking), []).append(terminal)
    words = SampleWord.objects.order_by("sampled", "pk")
    if not person.reach(SEE).everything:
        words = words.filter(sampled__alias__name__in=Name.objects.visible_to(person, SEE))
    for sampled, terminal in words.values_list("sampled", "terminal"):
        said.setdefault(("sampled", sampled), []).append(terminal)
    return agreement_of(said.values())


def worth_of(names: list[int], month: date) -> dict[int, int]:
    """What each name's lines of a month come to in fen, whoever asks; lines without money count nothing."""
    worth: Counter[int] = Counter()
    for there in lake.lines_naming(names, month):
        worth[there.name] += there.fen or 0
    return dict(worth)


__all__ = [
    "REVIEW",
    "Agreement",
    "AliasRow",
    "AskingRow",
    "CandidateRow",
    "GoodsRow",
    "agreement",
    "alias_for",
    "aliases",
    "asking_for",
    "candidate_rows",
    "goods_for",
    "list_goods",
    "marked",
    "month_rules",
    "months_of_name",
    "queue",
    "unplaced",
    "worth_of",
]
