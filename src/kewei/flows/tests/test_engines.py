"""DuckDB and Spark answer every question alike, row by row, on generated lines; Spark where it is installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from random import Random

import pytest
from tests import cast

from kewei.flows import actions as flows
from kewei.flows.lake import keeping, questions
from kewei.flows.lake.engine import engine, in_process
from kewei.flows.lake.parts import CLEAN, RAW, Table
from kewei.flows.lake.spark import LOCAL, Spark, SparkMissing
from kewei.flows.queries import months
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in

needs_spark = pytest.mark.skipif(
    not (find_spec("pyspark") and shutil.which("java")), reason="needs Spark and Java: make setup-spark"
)
SAMPLE, MANY = 20_000, 1_000_000
FILES, DISTRIBUTORS, NAMES, GOODS, TERMINALS, PRODUCTS = 30, 10, 4_000, 300, 2_500, 60
BATCHES = ("", "B1", "b1", "批一", "𠮷", "A'\\", "ﾊﾞ")
FLAGS = ("", "", "", "duplicate", "negative", "duplicate,negative")


def lake_of(rows: int) -> dict:
    """So many lines in thirty files of a month, as awkward as lines can be: nothing, nought, returns, large numbers, texts
    that sort differently by bytes and by characters."""
    random, raw, clean = Random(20261101), [], []
    for file in range(1, FILES + 1):
        numbers = range(2, 2 + rows // FILES)
        lines, whole = [], []
        for number in numbers:
            milli = random.choice((None, 0, random.randrange(-9_000, 90_000), random.randrange(10**12)))
            aside = milli is None or random.random() < 0.02
            why = ("bad_quantity", '{"text":"十"}', "C", "数量") if aside else (None, None, None, None)
            whole.append(
                (file, number, f'["{number}","荆门"]', f"m{number}", "k", random.choice(("new", "same")), milli, *why)
            )
            if not aside:
                lines.append(
                    (
                        file, number, OCTOBER + timedelta(days=random.randrange(31)), random.choice((None, random.randrange(NAMES))),
                        random.randrange(GOODS), "荆门一医", "药", "", "盒", random.choice(BATCHES), milli,
                        random.choice((None, 1280)), random.choice((None, milli // 3)), "", random.choice(FLAGS),
                    )
                )  # fmt: skip
        raw.append(keeping.place_of(RAW, OCTOBER, keeping.keep(RAW, OCTOBER, whole)))
        clean.append(keeping.place_of(CLEAN, OCTOBER, keeping.keep(CLEAN, OCTOBER, lines)))
    return {RAW: raw, CLEAN: clean}


def beside() -> dict[str, Table]:
    """What names and goods stand for, a part of them for nothing; and alarms."""
    random = Random(7)
    files = [(file, file % DISTRIBUTORS, file % 3) for file in range(1, FILES + 1)]
    names = [(name, random.randrange(TERMINALS)) for name in range(NAMES) if random.random() < 0.8]
    goods = [
        (one, random.randrange(PRODUCTS), *random.choice(((1, 1), (10, 1), (1, 24))))
        for one in range(GOODS)
        if random.random() < 0.9
    ]
    alarms = [
        (at, random.randrange(DISTRIBUTORS), random.randrange(TERMINALS), random.randrange(PRODUCTS), random.choice(BATCHES))
        for at in range(20_000)
    ]  # fmt: skip
    return {
        "files": Table(questions.FILES, files),
        "names": Table(questions.NAMES, names),
        "goods": Table(questions.GOODS, goods),
        "alarms": Table(questions.ALARMS, alarms),
        "some_names": Table(questions.SOME_NAMES, [(name,) for name in range(0, NAMES, 7)]),
        "some_goods": Table(questions.SOME_GOODS, [(one,) for one in range(0, GOODS + 50, 5)]),
    }


ASKED = {name: text for name, text in vars(questions).items() if isinstance(text, str) and "SELECT" in text}


def compared(rows: int, root, settings) -> None:
    settings.LAKE_ROOT = root
    lake, handed = lake_of(rows), beside()
    spark = Spark(LOCAL)
    for name, question in ASKED.items():
        parts = {part: paths for part, paths in lake.items() if f" {part.name} " in question}
        tables = {table: given for table, given in handed.items() if f" {table} " in question}
        here = in_process().ask(question, parts, tables)
        assert here, name
        assert spark.ask(question, parts, tables) == here, name


def test_there_are_questions_of_everything_the_room_asks_of_months():
    assert len(ASKED) >= 11


@needs_spark
def test_both_engines_agree_row_by_row(tmp_path, settings):
    compared(SAMPLE, tmp_path / "lake", settings)


@needs_spark
@pytest.mark.nightly
def test_both_engines_agree_row_by_row_on_a_million_rows(tmp_path, settings):
    compared(MANY, tmp_path / "lake", settings)


@needs_spark
def test_both_engines_find_nothing_in_nothing():
    for question in (questions.DOUBLED, questions.BALANCES):
        assert (
            Spark(LOCAL).ask(question, {RAW: [], CLEAN: []}) == in_process().ask(question, {RAW: [], CLEAN: []}) == []
        )


@needs_spark
@pytest.mark.django_db
def test_a_month_comes_out_the_same_from_files_to_figures(tmp_path, settings):
    settings.LAKE_ROOT = tmp_path / "lake"
    staff = cast.assemble()
    open_product()
    distributor, other = open_distributor(staff), open_distributor(staff, "D0002", "武汉同心医药有限公司")
    rows = [
        sold("荆门市第一人民医院", 10), sold("荆门市第一人民医院", -2), sold("荆门市第一人民医院", 1, unit="箱", price="1280"),
        sold("益丰大药房中山路店", 5, city="武汉市", price=""), sold("成都李刚诊所", 2, city="成都市"), sold("某某", 3),
        sold("荆门市第一人民医院", 1, product="怪药"), sold("x", "y"),
    ]  # fmt: skip
    take_in(distributor, csv(*rows), staff.qian)
    take_in(other, csv(*rows[:3]), staff.qian)
    asked: list[Callable[[], object]] = [
        lambda: months.wanted(OCTOBER),
        lambda: months.figures(staff.qian, OCTOBER),
        lambda: months.stock(staff.qian, OCTOBER),
        lambda: months.diversion(staff.qian, OCTOBER),
        lambda: months.lines_of_names(OCTOBER),
        lambda: months.prospects(staff.qian, OCTOBER),
    ]
    here = [ask() for ask in asked]
    settings.FLOWS_ENGINE = LOCAL
    assert isinstance(engine(), Spark)
    assert [ask() for ask in asked] == here
    posted = flows.post_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)
    assert posted["places"] == len(months.wanted(OCTOBER)) > 3
    settings.FLOWS_ENGINE = "duckdb"
    assert flows.post_month(month=OCTOBER, by=staff.qian, now=cast.MORNING)["places"] == 0


@pytest.mark.skipif(bool(find_spec("pyspark")), reason="Spark is installed here")
def test_without_spark_it_is_said_how_to_get_it():
    with pytest.raises(SparkMissing, match="pyspark"):
        Spark(LOCAL).ask(questions.DOUBLED, {CLEAN: []})
