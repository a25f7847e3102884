"""The lake: immutable files named by what is in them, nothing lost on the way, asked in one SQL by either engine."""

from __future__ import annotations

import os
from datetime import date

import pytest
from tests import cast

from kewei.flows.actions import files as actions
from kewei.flows.lake import keeping
from kewei.flows.lake.duck import LakeUnreadable
from kewei.flows.lake.engine import NoSuchEngine, engine, in_process
from kewei.flows.lake.parts import CLEAN, RAW
from kewei.flows.models import File
from kewei.flows.queries import files, lake
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in

ROWS = [
    (7, 2, '["2026-10-05","荆门一医",""]', "m2", "k2", "new", 10_000, None, None, None, None),
    (7, 3, '["合计","","10"]', "m3", "k3", "new", None, "flows_total_row", "{}", "", ""),
]


@pytest.fixture
def root(tmp_path, settings):
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def staff(db, root) -> cast.Cast:
    found = cast.assemble()
    open_product()
    return found


def paths_below(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_file_is_named_by_its_bytes_and_the_same_rows_give_the_same(root):
    first = keeping.keep(RAW, OCTOBER, ROWS)
    assert keeping.keep(RAW, OCTOBER, ROWS) == first
    assert paths_below(root) == [f"raw/month=2026-10/{first}.parquet"]
    assert keeping.fault_of(RAW, OCTOBER, first) == ""
    assert keeping.keep(RAW, OCTOBER, ROWS[:1]) != first


def test_rows_come_back_as_they_were_kept_nothing_as_nothing(root):
    digest = keeping.keep(RAW, OCTOBER, ROWS)
    there = {RAW: [keeping.place_of(RAW, OCTOBER, digest)]}
    assert in_process().ask("SELECT * FROM raw ORDER BY number", there) == [
        (7, 2, ["2026-10-05", "荆门一医", ""], "m2", "k2", "new", 10_000, None, None, None, None),
        (7, 3, ["合计", "", "10"], "m3", "k3", "new", None, "flows_total_row", "{}", "", ""),
    ]
    line = (7, 2, date(2026, 10, 5), None, 3, "", "药", "", "盒", "", -1, None, 2**40, "", "negative")
    digest = keeping.keep(CLEAN, OCTOBER, [line])
    assert in_process().ask("SELECT * FROM clean", {CLEAN: [keeping.place_of(CLEAN, OCTOBER, digest)]}) == [line]


def test_a_part_without_files_or_rows_is_empty(root):
    digest = keeping.keep(CLEAN, OCTOBER, [])
    for paths in ([], [keeping.place_of(CLEAN, OCTOBER, digest)]):
        assert in_process().ask("SELECT COUNT(*), MAX(day), MAX(batch) FROM clean", {CLEAN: paths}) == [(0, None, None)]


def test_a_file_that_could_not_be_finished_leaves_nothing(root, monkeypatch):
    def fail(*_given):
        raise OSError("disk full")

    monkeypatch.setattr(keeping, "_sync", fail)
    with pytest.raises(OSError, match="disk full"):
        keeping.keep(RAW, OCTOBER, ROWS)
    assert paths_below(root) == []


def test_only_engines_there_are_can_be_named(settings):
    settings.FLOWS_ENGINE = "pandas"
    with pytest.raises(NoSuchEngine, match="pandas"):
        engine()


MIXED = csv(
    sold("荆门市第一人民医院", 10), sold("荆门市第一人民医院", -3), sold("荆门市第一人民医院", "十"), sold("合计", 7)
)


def test_rows_counted_again_in_the_lake_are_those_of_the_file(staff):
    take_in(open_distributor(staff), MIXED, staff.qian)
    assert list(lake.findings()) == []
    kept = File.objects.get()
    assert (kept.raw_milli, kept.clean_milli, kept.aside_milli, kept.unreadable) == (14_000, 7_000, 7_000, 1)


def test_the_same_file_taken_in_anew_gives_the_same_bytes(staff, root, monkeypatch):
    """Written once more from what was read: the names are those of before."""
    kept = []
    monkeypatch.setattr(actions, "keep", lambda *given: kept.append(given) or keeping.keep(*given))
    take_in(open_distributor(staff), MIXED, staff.qian)
    before = paths_below(root)
    file = File.objects.get()
    assert [keeping.keep(*given) for given in kept] == [file.raw_digest, file.clean_digest]
    assert paths_below(root) == before


@pytest.mark.parametrize(("part", "digest"), [(RAW, "raw_digest"), (CLEAN, "clean_digest")])
def test_what_is_missing_or_differs_or_was_never_named_is_told(staff, root, part, digest):
    take_in(open_distributor(staff), MIXED, staff.qian)
    file = File.objects.get()
    place = keeping.place_of(part, OCTOBER, getattr(file, digest))
    content = place.read_bytes()
    left_over = place.with_name("0" * 64 + ".parquet")
    left_over.write_bytes(content)
    long_ago = cast.MORNING.timestamp() - 3 * 24 * 3600
    os.utime(left_over, (long_ago, long_ago))
    place.write_bytes(content[:-1] + b"x")
    assert [one.code for one in lake.findings()] == ["flow_lake_differs", "flow_lake_unnamed"]
    left_over.unlink()
    place.unlink()
    with pytest.raises(LakeUnreadable):
        files.counts_of(file)
    assert [(one.code, one.about) for one in lake.findings()] == [("flow_lake_missing", str(file.pk))]


def test_a_file_with_another_ones_rows_does_not_add_up(staff):
    """As if somebody had put another file in its place, and its digest into the database."""
    distributor = open_distributor(staff)
    take_in(distributor, MIXED, staff.qian)
    take_in(distributor, csv(sold("荆门市第一人民医院", 1, day="2026-10-09")), staff.qian, name="b.csv")
    first, second = lake.in_lake(File.objects.all())
    (found,) = lake._unbalanced([first._replace(clean_digest=second.clean_digest)])
    assert (found.code, found.about) == ("flow_lake_unbalanced", str(first.pk))


def test_a_taking_in_that_is_undone_leaves_a_file_nobody_names(staff, root):
    from django.db import transaction

    distributor = open_distributor(staff)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take_in(distributor, MIXED, staff.qian)
        1 / 0  # noqa: B018
    assert len(paths_below(root)) == 2
    assert not File.objects.exists()
    taken = take_in(distributor, MIXED, staff.qian)
    assert len(list(files.raw_table(files.file_for(staff.qian, taken.file)))) == 5
