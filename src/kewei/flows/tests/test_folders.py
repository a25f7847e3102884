"""Files dropped into a folder: taken in once and moved, refused with the reason beside them; hostile ones stop nothing."""

from __future__ import annotations

import os
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from tests import cast

from kewei.flows import excel, jobs, jobs_folders
from kewei.flows.models import File, Unread
from kewei.flows.tests.selling import csv, open_distributor, open_product, sold
from kewei.journal import following

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def distributor(staff):
    open_product()
    return open_distributor(staff)


def drop(place, content: bytes, old_s: int = 60):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    then = timezone.now().timestamp() - old_s
    os.utime(place, (then, then))


def collect(folder, by):
    return jobs_folders.collect(folder, by=by, now=timezone.now())


def test_a_file_is_taken_in_once_and_moved(staff, distributor, tmp_path):
    drop(tmp_path / "D0001" / "十月.csv", csv(sold("荆门市第一人民医院", 1)))
    drop(tmp_path / "D0001_库存.csv", csv(["2026-10-31", "阿莫西林胶囊", 5], head=["库存日期", "产品名称", "库存数量"]))
    found = collect(tmp_path, staff.qian)
    assert [(one.name, one.taken.status) for one in found] == [("十月.csv", "taken"), ("D0001_库存.csv", "taken")]
    assert (tmp_path / "D0001" / "done" / "十月.csv").exists()
    assert (tmp_path / "done" / "D0001_库存.csv").exists()
    assert collect(tmp_path, staff.qian) == []
    drop(tmp_path / "D0001" / "十月.csv", csv(sold("荆门市第一人民医院", 1)))
    (again,) = collect(tmp_path, staff.qian)
    assert (again.taken.status, again.place.name) == ("recognised", "十月-2.csv")
    assert File.objects.count() == 2


def test_what_is_refused_lies_beside_its_reason_and_stops_nothing(staff, distributor, tmp_path):
    mine = tmp_path / "D0001"
    drop(mine / "a.csv", b"\x00\x01\x02")
    drop(mine / "b.csv", csv(["x", "y"], head=["甲", "乙"]))
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (200 << 20))
        bomb.writestr("[Content_Types].xml", b"<Types/>")
    drop(mine / "c.xlsx", (tmp_path / "bomb.zip").read_bytes())
    (tmp_path / "bomb.zip").unlink()
    drop(mine / "d.csv", csv(sold("荆门市第一人民医院", 1)))
    drop(tmp_path / "D9999" / "e.csv", csv(sold("荆门市第一人民医院", 1)))
    found = {one.name: one.why for one in collect(tmp_path, staff.qian)}
    assert [name for name, why in found.items() if why is None] == ["d.csv"]
    assert found["b.csv"].code == "flows_kind_unclear"
    assert Unread.objects.get().filename == "b.csv"
    reason = (mine / "refused" / "b.csv.txt").read_text(encoding="utf-8")
    assert "看不出是销售" in reason
    assert {path.name for path in (mine / "refused").iterdir()} == {
        "a.csv", "a.csv.txt", "b.csv", "b.csv.txt", "c.xlsx", "c.xlsx.txt",
    }  # fmt: skip
    assert (tmp_path / "D9999" / "refused" / "e.csv").exists()


def test_links_hidden_files_and_files_being_written_are_left_alone(staff, distributor, tmp_path):
    mine, secret = tmp_path / "in" / "D0001", tmp_path / "secret.csv"
    drop(secret, csv(sold("荆门市第一人民医院", 1)))
    drop(mine / ".hidden.csv", csv(sold("荆门市第一人民医院", 1)))
    drop(mine / "growing.csv", csv(sold("荆门市第一人民医院", 1)), old_s=0)
    (mine / "link.csv").symlink_to(secret)
    (tmp_path / "in" / "D0002").symlink_to(tmp_path)
    os.mkfifo(mine / "pipe.csv")
    assert collect(tmp_path / "in", staff.qian) == []
    assert File.objects.count() == 0


def test_a_file_that_breaks_a_parser_does_not_come_round_again(staff, distributor, tmp_path, monkeypatch):
    drop(tmp_path / "D0001" / "x.csv", csv(sold("荆门市第一人民医院", 1)))
    monkeypatch.setattr(excel, "read_as_learned", lambda *_a, **_k: 1 // 0)
    (one,) = collect(tmp_path, staff.qian)
    assert (one.why.code, one.place.parent.name) == ("flows_file_broken", "refused")


def test_the_clock_collects_what_lies_in_the_houses_folder(staff, distributor, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FLOWS_IN", tmp_path)
    drop(tmp_path / "D0001" / "十月.csv", csv(sold("荆门市第一人民医院", 1)))
    assert "flows.collect" in {job.name for job in following.jobs()}
    jobs.collect_dropped(now=timezone.now() + timedelta(minutes=1))
    assert File.objects.get().taken_by.login == "system"
    monkeypatch.setattr(settings, "FLOWS_IN", tmp_path / "nowhere")
    jobs.collect_dropped(now=timezone.now())
