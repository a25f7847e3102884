"""One file with everything: rows of every table as JSON lines, uploaded files, the lake, and a manifest with the chain's head.

Our own format, not the database's, because it moves between SQLite and PostgreSQL and can be read in twenty years.
Everything is read in one transaction that sees one moment, while others go on writing.
"""

import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from kewei.config.rooms import APPS
from kewei.journal import queries as journal
from kewei.journal import rules as journal_rules
from kewei.journal.queries_attachments import UNFINISHED
from kewei.kernel.refusals import N_, Refused, refusal

FORMAT = 1
BATCH = 1000
# What lies in the home beside the database.
FOLDERS = ("files", "lake")


@refusal
class NotEmpty(Refused):
    code = "not_empty"
    says = N_("这里已经有数据：备份只能恢复到空的 KEWEI_HOME 与空数据库")
    status = 409


@refusal
class NotABackup(Refused):
    code = "not_a_backup"
    says = N_("{file} 不是客维的备份文件")


@refusal
class NewerBackup(Refused):
    code = "newer_backup"
    says = N_("备份来自更新的版本（{version}）：请先升级客维")


@refusal
class RestoredWrong(Refused):
    code = "restored_wrong"
    says = N_("恢复后的日志链与备份不符：{what}；没有保留任何数据")


# --- writing ----------------------------------------------------------------------------------------------------------


def write(out: Path) -> dict[str, Any]:
    """Write the backup beside its final name and rename it at the end; returns the manifest."""
    part = out.with_name(out.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive, one_moment():
            tables = {m._meta.db_table: _dump(archive, m) for m in kept_models()}
            manifest = {
                "format": FORMAT,
                "version": version("kewei"),
                "made_at": timezone.now().isoformat(),
                "migrations": sorted(list(key) for key in MigrationRecorder(connection).applied_migrations()),
                "tables": tables,
                **{folder: [_put_file(archive, folder, path) for path in _files(folder)] for folder in FOLDERS},
                "head": list(journal.head()),
            }
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return manifest


@contextmanager
def one_moment() -> Iterator[None]:
    """A reading transaction that sees the database as it was when it began."""
    connection.close()
    if connection.vendor == "sqlite":
        # Without the write lock that our transactions usually take: readers of the log disturb nobody.
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def kept_models(registry: Any = None) -> list[type[models.Model]]:
    """Every table of every room, in an order in which rows can be put back."""
    from django.apps import apps

    found = [m for m in (registry or apps).get_models(include_auto_created=True) if m._meta.app_label in APPS]
    return sorted(found, key=lambda m: (APPS.index(m._meta.app_label), m._meta.db_table))


def _dump(archive: zipfile.ZipFile, model: type[models.Model]) -> int:
    """One table: a line of column names, then a line per row."""
    fields = model._meta.concrete_fields
    count = 0
    with archive.open(f"tables/{model._meta.db_table}.jsonl", "w", force_zip64=True) as file:
        file.write(_line([f.column for f in fields]))
        rows = model._base_manager.order_by("pk").values_list(*(f.attname for f in fields))
        for row in rows.iterator(chunk_size=5000):
            file.write(_line(row))
            count += 1
    return count


def _line(values: Any) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"b64": b64encode(bytes(value)).decode()}
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no plain form for {type(value).__name__}")


def _root(folder: str) -> Path:
    """Where a folder of the backup lies in the home: uploaded files, and the rows of sell-through."""
    return Path({"files": settings.MEDIA_ROOT, "lake": settings.LAKE_ROOT}[folder])


def _files(folder: str) -> list[Path]:
    root = _root(folder)
    if not root.exists():
        return []
    return sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != UNFINISHED)


def _put_file(archive: zipfile.ZipFile, folder: str, path: Path) -> str:
    name = path.relative_to(_root(folder)).as_posix()
    # What lies in the lake is compressed already.
    how = zipfile.ZIP_STORED if folder == "lake" else zipfile.ZIP_DEFLATED
    archive.write(path, f"{folder}/{name}", how)
    return name


# --- reading ----------------------------------------------------------------------------------------------------------


def read(source: Path) -> dict[str, Any]:
    """Restore into an empty home: the tables of then, the rows, the migrations since; check the chain.

    Raises NotABackup, NewerBackup, NotEmpty, RestoredWrong.
    """
    try:
        archive = zipfile.ZipFile(source)
        manifest = json.loads(archive.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        raise NotABackup(file=source.name) from None
    with archive:
        _refuse_unless_empty()
        state = _migrate_to(manifest)
        with transaction.atomic():
            for model in kept_models(state):
                _load(archive, model)
            _check_chain(manifest)
        _reset_sequences()
        for folder in FOLDERS:
            for name in manifest.get(folder, ()):
                _take_file(archive, folder, name)
    call_command("migrate", verbosity=0, interactive=False)
    return manifest


def _refuse_unless_empty() -> None:
    tables = connection.introspection.table_names()
    if "people_person" in tables:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_person")
            if cursor.fetchone()[0]:
                raise NotEmpty
    if any(_files(folder) for folder in FOLDERS):
        raise NotEmpty


def _migrate_to(manifest: dict[str, Any]) -> Any:
    """Bring the tables to what they were when the backup was made; returns the models of that time."""
    executor = MigrationExecutor(connection)
    wanted = [tuple(key) for key in manifest["migrations"]]
    if manifest.get("format", 0) > FORMAT or any(key not in executor.loader.graph.nodes for key in wanted):
        raise NewerBackup(version=manifest["version"])
    targets = _newest(executor, wanted)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def _newest(executor: MigrationExecutor, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the applied migrations those no other applied one of the same app builds on."""
    below = {
        parent.key
        for key in wanted
        for parent in executor.loader.graph.node_map[key].parents
        if parent.key[0] == key[0]
    }
    return [key for key in wanted if key not in below]


def _load(archive: zipfile.ZipFile, model: type[models.Model]) -> None:
    """Put a table's rows in, column by column as the field keeps them."""
    name = model._meta.db_table
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608 - what migrations put there comes with the backup
        with archive.open(f"tables/{name}.jsonl") as file:
            columns = json.loads(file.readline())
            fields = [next(f for f in model._meta.concrete_fields if f.column == c) for c in columns]
            marks = ", ".join(["%s"] * len(columns))
            into = f"INSERT INTO {quote(name)} ({', '.join(map(quote, columns))}) VALUES ({marks})"  # noqa: S608
            batch: list[list[Any]] = []
            for line in file:
                batch.append([_kept(f, v) for f, v in zip(fields, json.loads(line), strict=True)])
                if len(batch) >= BATCH:
                    cursor.executemany(into, batch)
                    batch = []
            if batch:
                cursor.executemany(into, batch)


def _kept(field: models.Field, value: Any) -> Any:
    """A value of the backup as this database keeps it."""
    if isinstance(field, models.BinaryField) and isinstance(value, dict):
        value = b64decode(value["b64"])
    elif value is not None and not isinstance(field, models.JSONField):
        value = field.to_python(value)
    return field.get_db_prep_save(value, connection)


def _check_chain(manifest: dict[str, Any]) -> None:
    head = journal.head()
    if list(head) != manifest["head"]:
        raise RestoredWrong(what=f"{head[0]} ≠ {manifest['head'][0]}")
    for seq, what in journal_rules.broken_links(journal.links(), *head):
        raise RestoredWrong(what=f"{seq}: {what}")


def _reset_sequences() -> None:
    """PostgreSQL counts primary keys apart from the rows."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)


def _take_file(archive: zipfile.ZipFile, folder: str, name: str) -> None:
    """One file, into its place and nowhere else."""
    root = _root(folder).resolve()
    target = (root / name).resolve()
    if not target.is_relative_to(root):
        raise NotABackup(file=name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(f"{folder}/{name}") as source, target.open("wb") as kept:
        while chunk := source.read(1 << 20):
            kept.write(chunk)
