"""A backup holds everything of one moment, and comes back on either database."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from tests import cast

from kewei.config import backups
from kewei.flows.tests import selling
from kewei.journal import queries as journal
from kewei.people import actions as people_actions
from kewei.people.models import Person
from kewei.receivables import actions as receivables
from kewei.receivables.models import Entry, Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(tmp_path, settings):
    """The cast with a posted and partly paid invoice, an uploaded file, and a distributor's file in the lake."""
    settings.MEDIA_ROOT = tmp_path / "here" / "files"
    settings.LAKE_ROOT = tmp_path / "here" / "lake"
    staff = cast.assemble()
    given = {"terminal": staff.wangs_hospital, "by": staff.qian, "now": cast.MORNING}
    receivables.post_invoice(
        number="26420000000000000001",
        invoice_date=date(2026, 5, 1),
        due_date=date(2026, 6, 1),
        total_fen=100_01,
        **given,
    )
    receivables.receive_payment(number="SK1", received_on=date(2026, 6, 1), fen=40_00, how="oldest", **given)
    (settings.MEDIA_ROOT / "deep").mkdir(parents=True)
    (settings.MEDIA_ROOT / "deep" / "扫描.pdf").write_bytes(b"%PDF-scan")
    selling.take_in(selling.open_distributor(staff), selling.csv(selling.sold("荆门市第一人民医院", 10)), staff.qian)
    return staff


def kewei(home, *words, url=""):
    """Run a command with a home and a database of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("KEWEI_")}
    env |= {"KEWEI_HOME": str(home), "KEWEI_LANGUAGE": "zh"} | ({"KEWEI_DATABASE_URL": url} if url else {})
    return subprocess.run(
        [sys.executable, "-m", "kewei", *map(str, words)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def rows_of(home):
    """Everything that is in a home's SQLite file, by table."""
    kept = sqlite3.connect(home / "kewei.db")
    names = [n for (n,) in kept.execute("select name from sqlite_master where type='table' order by name")]
    ours = [n for n in names if n.split("_")[0] in {"people", "journal", "terminals", "receivables"}]
    return {n: kept.execute(f'select * from "{n}" order by 1').fetchall() for n in ours}


def lake_in(root):
    """The rows of sell-through in a home: what each file holds, by its place."""
    found = {path.relative_to(root): path.read_bytes() for path in root.rglob("*.parquet")}
    assert len(found) == 2
    return found


def test_everything_comes_back_elsewhere_and_the_chain_holds(company, tmp_path):
    out = tmp_path / "kewei.zip"
    manifest = backups.write(out)
    assert manifest["tables"]["receivables_entry"] == Entry.objects.count() == 2
    assert manifest["head"] == list(journal.head())

    there = tmp_path / "there"
    done = kewei(there, "restore", out)
    assert done.returncode == 0, done.stderr
    restored = rows_of(there)
    assert {n: len(r) for n, r in restored.items() if n in manifest["tables"]} == {
        n: c for n, c in manifest["tables"].items() if n in restored
    }
    item = Item.objects.get(kind="invoice")
    assert any(item.open_fen in row and item.total_fen in row for row in restored["receivables_item"])
    assert (there / "files" / "deep" / "扫描.pdf").read_bytes() == b"%PDF-scan"
    assert lake_in(there / "lake") == lake_in(settings.LAKE_ROOT)
    assert kewei(there, "check").returncode == 0
    # Nobody's password or key was lost, and what is booked next does not collide with what came back.
    assert kewei(there, "user", "add", "chen", "--role", "credit", "--no-password").returncode == 0

    again = tmp_path / "again.zip"
    assert kewei(there, "backup", "--out", again).returncode == 0
    assert json.loads(zipfile.ZipFile(again).read("manifest.json"))["tables"]["people_person"] == len(cast.PEOPLE) + 1

    next((there / "lake" / "raw").rglob("*.parquet")).unlink()
    found = json.loads(kewei(there, "check", "--json").stdout)["findings"]
    assert [one["code"] for one in found] == ["flow_lake_missing"]


def test_a_restore_needs_an_empty_home(company, tmp_path):
    out = tmp_path / "kewei.zip"
    backups.write(out)
    there = tmp_path / "there"
    assert kewei(there, "restore", out).returncode == 0
    before = rows_of(there)
    refused = kewei(there, "restore", out)
    assert refused.returncode == 1
    assert "只能恢复到空" in refused.stderr
    assert rows_of(there) == before


def test_a_changed_row_in_a_backup_is_found_and_nothing_is_kept(company, tmp_path):
    out, forged = tmp_path / "kewei.zip", tmp_path / "forged.zip"
    backups.write(out)
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(forged, "w") as target:
        for name in source.namelist():
            raw = source.read(name)
            target.writestr(name, raw.replace(b"4000", b"5000") if name == "tables/journal_fact.jsonl" else raw)
    there = tmp_path / "there"
    refused = kewei(there, "restore", forged)
    assert refused.returncode == 1
    assert "日志链" in refused.stderr
    assert rows_of(there)["people_person"] == []


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_a_file_that_is_no_backup_is_refused(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(backups.NotABackup):
        backups.read(tmp_path / "x.zip")


def test_a_backup_sees_one_moment_while_others_write(company, tmp_path, monkeypatch):
    """A person added while tables are being read is in none of them, and nobody waited for anybody."""
    wrote = threading.Event()

    def add():
        try:
            people_actions.add_person(login="late", name="迟", by=company.zheng, now=cast.MORNING)
            wrote.set()
        finally:
            connection.close()

    plain = backups._dump

    def dump(archive, model):
        if model is Person and not wrote.is_set():
            writer = threading.Thread(target=add)
            writer.start()
            writer.join(10)
        return plain(archive, model)

    monkeypatch.setattr(backups, "_dump", dump)
    # The moment is the one of the first reading: PostgreSQL and SQLite both take it there.
    before = journal.head()
    manifest = backups.write(tmp_path / "kewei.zip")
    assert wrote.is_set()
    assert Person.objects.filter(login="late").exists()
    assert manifest["tables"]["people_person"] == len(cast.PEOPLE)
    assert manifest["head"] == list(before)


def test_a_backup_that_fails_leaves_the_former_one(company, tmp_path, monkeypatch):
    out = tmp_path / "kewei.zip"
    backups.write(out)
    former = out.read_bytes()
    monkeypatch.setattr(backups, "_files", lambda folder: [backups._root(folder) / "gone"])
    with pytest.raises(FileNotFoundError):
        backups.write(out)
    assert out.read_bytes() == former
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.postgres
def test_a_backup_comes_back_on_postgresql_and_numbers_go_on(company, tmp_path):
    out = tmp_path / "kewei.zip"
    backups.write(out)
    name = "kewei_restored"
    given = connection.settings_dict
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        host = given["HOST"] or given["OPTIONS"].get("host", "")
        url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{name}?host={host}&port={given['PORT'] or 5432}"
        there = tmp_path / "there"
        done = kewei(there, "restore", out, url=url)
        assert done.returncode == 0, done.stderr
        assert kewei(there, "check", url=url).returncode == 0
        added = kewei(there, "user", "add", "chen", "--role", "credit", "--no-password", url=url)
        assert added.returncode == 0, added.stderr
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
