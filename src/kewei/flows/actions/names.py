"""Names and goods placed: by keys and matching where that is certain, by people where it is not; undone by a later row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from kewei.flows import facts
from kewei.flows.models import Asking, Decision, File, Goods, GoodsAlias, Name, NameAlias
from kewei.flows.queries import lake, matching
from kewei.flows.queries import names as queries
from kewei.flows.queries.months import touched, touched_by_goods
from kewei.flows.rules.goods import GoodsAsked, Known, place_goods_alike
from kewei.flows.rules.months import needs_second_person
from kewei.flows.rules.names import AlreadyPlaced, AlreadySpoken, UnitFactorWrong
from kewei.flows.rules.words import CHOICES, UNKNOWN, read_word
from kewei.journal.actions import action, record
from kewei.journal.bulk import among, insert
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.products.models import Product
from kewei.terminals import actions as terminals_actions
from kewei.terminals.models import Terminal

REVIEW, TAKE_IN = "flows.review", "flows.take_in"


@action
def match_names(*, file: File, by: Person, now: datetime) -> dict[str, int]:
    """匹配名称与产品  Place what a file names and nobody has placed yet; what is not certain is asked of people.

    Answers {"matched", "waiting", "goods_waiting"}.
    """
    by.must(TAKE_IN)
    live = NameAlias.objects.filter(ended_at=None)
    there, goods_there = lake.named_in(file)
    names = list(Name.objects.filter(among("pk", there)).exclude(pk__in=live.values("name")).order_by("pk"))
    placed, label = matching.place_names(names), matching.model_label()
    certain = [(name, one) for name, one in zip(names, placed, strict=True) if one.terminal is not None]
    insert(
        NameAlias,
        ("name_id", "terminal_id", "how", "probability_bp", "why", "model", "made_by_id", "made_at", "ended_why"),
        (
            (name.pk, one.terminal, one.how, one.probability_bp, one.why[:200], label, by.pk, now, "")
            for name, one in certain
        ),
    )
    doubtful = [(name, one) for name, one in zip(names, placed, strict=True) if one.terminal is None]
    _ask(doubtful, file.month, now)
    Asking.objects.filter(name__in=[name for name, _ in certain], closed_at=None).update(closed_at=now)
    goods = _place_goods(Goods.objects.filter(among("pk", goods_there)), by, now)
    told = {"matched": len(certain), "waiting": len(doubtful), "goods_waiting": goods}
    record(facts.NAMES_MATCHED, file, by=by, at=now, terminal=file.distributor_id, model=label, **told)
    return told


def _ask(doubtful: Sequence[tuple[Name, matching.Placed]], month: date, now: datetime) -> None:
    open_ = set(
        Asking.objects.filter(name__in=[name for name, _ in doubtful], closed_at=None).values_list("name", flat=True)
    )
    worth = queries.worth_of([name.pk for name, _ in doubtful], month)
    insert(
        Asking,
        ("name_id", "month", "fen", "candidates", "why", "asked_at"),
        (
            (name.pk, month, worth.get(name.pk, 0), [one._asdict() for one in placed.candidates], placed.why[:200], now)
            for name, placed in doubtful
            if name.pk not in open_
        ),
    )


def _place_goods(goods: QuerySet[Goods], by: Person, now: datetime) -> int:
    """Place goods whose name, spec and unit leave no doubt; answers how many are left for people."""
    live = GoodsAlias.objects.filter(ended_at=None)
    waiting = list(goods.exclude(pk__in=live.values("goods")).order_by("pk"))
    if not waiting:
        return 0
    known = [
        Known(one.pk, one.code, one.name, one.trade_name, one.spec, one.unit, one.per_case)
        for one in products.export_rows(by)
    ]
    asked = [GoodsAsked(one.product, one.spec, one.unit, one.code) for one in waiting]
    found = place_goods_alike(asked, known)
    certain = [(row.pk, *one) for row, one in zip(waiting, found, strict=True) if one is not None]
    insert(
        GoodsAlias,
        ("goods_id", "product_id", "times", "per", "how", "made_by_id", "made_at"),
        ((pk, product, times, per, "match", by.pk, now) for pk, product, times, per in certain),
    )
    return len(waiting) - len(certain)


@action
def decide_name(
    *,
    asking: Asking,
    choice: str,
    by: Person,
    now: datetime,
    terminal: Terminal | None = None,
    place: int | None = None,
) -> NameAlias | None:
    """复核名称  Say which terminal a name means: a candidate, another, or none with a card (`choice` unknown).

    Where the name carries much money two persons must say the same: the first gets None and the alias waits. Raises
    AlreadyPlaced, AlreadySpoken, NotFound without a terminal.
    """
    by.must(REVIEW)
    kept = _asking_locked(by, asking.pk)
    read_word(CHOICES, choice)
    if kept.closed_at is not None:
        raise AlreadyPlaced(name=kept.name.name)
    if Decision.objects.filter(asking=kept, by=by).exists():
        raise AlreadySpoken(name=kept.name.name)
    if choice == UNKNOWN:
        terminal = None
    elif terminal is None:
        raise NotFound(noun=N_("所选终端"))
    else:
        by.must(REVIEW, terminal)
    said = Decision.objects.create(asking=kept, choice=choice, place=place, terminal=terminal, by=by, at=now)
    record(
        facts.NAME_DECIDED, said, by=by, at=now, terminal=terminal.pk if terminal else None, name=kept.name.name,
        choice=choice, fen=kept.fen,
    )  # fmt: skip
    rules = queries.month_rules(localdate(now))
    agreeing = Decision.objects.filter(asking=kept, terminal=terminal).exclude(by=by)
    if needs_second_person(kept.fen, rules) and not agreeing.exists():
        return None
    return _make_alias(kept.name, terminal, "unknown" if terminal is None else "review", by, now)


@action
def end_alias(*, alias: NameAlias, by: Person, now: datetime, why: str = "") -> dict[str, Any]:
    """撤销别名  What a name stood for no longer holds; it is asked again. Frozen months keep what was posted.

    Answers {"asking", "lines", "restated" (open months whose posting will differ), "kept" (frozen months)}.
    """
    by.must(REVIEW)
    kept = queries.alias_for(by, alias.pk)
    if kept.ended_at is not None:
        raise AlreadyPlaced(name=kept.name.name)
    NameAlias.objects.filter(pk=kept.pk).update(ended_at=now, ended_by=by, ended_why=why[:200])
    months = queries.months_of_name(kept.name_id)
    _ask([(kept.name, one) for one in matching.place_names([kept.name])], months[-1] if months else _month(now), now)
    told = touched(kept.name_id, months)
    record(facts.ALIAS_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, name=kept.name.name, why=why, **told)
    return told | {"asking": Asking.objects.get(name=kept.name, closed_at=None).pk}


def _month(now: datetime) -> date:
    return localdate(now).replace(day=1)


@action
def propose_prospect(*, alias: NameAlias, by: Person, now: datetime, name: str = "", kind: str = "other") -> Terminal:
    """列为潜在客户  Open a card, in the first stage, for a name that is known to have none; from now on the name means it.

    Raises AlreadyPlaced where it stands for a terminal, and what register_prospect raises.
    """
    by.must(REVIEW)
    kept = queries.alias_for(by, alias.pk)
    if kept.ended_at is not None or kept.terminal_id is not None:
        raise AlreadyPlaced(name=kept.name.name)
    typed = kept.name
    terminal = terminals_actions.register_prospect(
        name=name or typed.name, source="flow", kind=kind, province=typed.province, city=typed.city,
        district=typed.county, by=by, now=now,
    )  # fmt: skip
    NameAlias.objects.filter(pk=kept.pk).update(ended_at=now, ended_by=by, ended_why="prospect")
    _make_alias(typed, terminal, "review", by, now)
    return terminal


@action
def place_goods(
    *, goods: Goods, product: Product | None, by: Person, now: datetime, times: int = 1, per: int = 1
) -> GoodsAlias:
    """对照产品  Say which product a distributor's goods are (None: not ours); `per` of its unit hold `times` of the product's.

    What was said before is ended, not lost; the fact tells how many lines of which open months that re-states, and which
    frozen months keep what was posted. Raises UnitFactorWrong.
    """
    by.must(TAKE_IN)
    kept = queries.goods_for(by, goods.pk)
    if not (0 < times <= 100_000 and 0 < per <= 100_000):
        raise UnitFactorWrong(times=times, per=per)
    GoodsAlias.objects.filter(goods=kept, ended_at=None).update(ended_at=now, ended_by=by)
    made = GoodsAlias.objects.create(
        goods=kept, product=product, times=times, per=per, how="review", made_by=by, made_at=now
    )
    record(
        facts.GOODS_PLACED, made, by=by, at=now, terminal=kept.distributor_id, goods=kept.product, spec=kept.spec,
        product=product.pk if product else None, times=times, per=per, **touched_by_goods(kept),
    )  # fmt: skip
    return made


def _asking_locked(by: Person, pk: int) -> Asking:
    queries.asking_for(by, pk)
    return Asking.objects.select_for_update(of=("self",)).select_related("name").get(pk=pk)


def _make_alias(name: Name, terminal: Terminal | None, how: str, by: Person, now: datetime) -> NameAlias:
    made = NameAlias.objects.create(name=name, terminal=terminal, how=how, made_by=by, made_at=now)
    Asking.objects.filter(name=name, closed_at=None).update(closed_at=now)
    record(
        facts.ALIAS_MADE, made, by=by, at=now, terminal=terminal.pk if terminal else None, name=name.name, how=how,
        distributor=name.distributor_id,
    )  # fmt: skip
    return made
