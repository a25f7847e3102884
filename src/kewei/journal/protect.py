"""The database's own refusal to change or delete a posted row, for SQLite and PostgreSQL, used in migrations."""

from collections.abc import Callable

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: reverse it instead'); END
"""

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION kewei_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
RAISE EXCEPTION '% is append-only: reverse it instead', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION kewei_append_only()
"""


def append_only(*tables: str) -> tuple[Callable, Callable]:
    """Forward and backward steps for migrations.RunPython that make these tables refuse UPDATE and DELETE."""

    def forward(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            for table in tables:
                for verb in ("update", "delete"):
                    schema_editor.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()))
        else:
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)  # its % signs are its own
            for table in tables:
                schema_editor.execute(_POSTGRES.format(table=table))

    def backward(apps, schema_editor):
        for table in tables:
            if schema_editor.connection.vendor == "sqlite":
                for verb in ("update", "delete"):
                    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            else:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")

    return forward, backward
