"""Migrations: complete, named, and independent of code that will change."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from tests.architecture.source import PACKAGE, ROOT, expect_none, imports, place

MIGRATIONS = sorted(file for file in PACKAGE.glob("*/migrations/*.py") if file.name != "__init__.py")
# What a migration may import from us: it writes triggers and nothing else, and is itself never edited once used.
MAY_IMPORT = {"kewei.journal.protect", "kewei.journal.tables"}


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_have_names():
    expect_none([file.name for file in MIGRATIONS if re.search(r"_auto_\d{8}|_alter_.*_and_more", file.name)])


def test_migrations_do_not_import_living_code():
    found = [
        f"{place(file, node)} {name}"
        for file in MIGRATIONS
        for node, name in imports(file)
        if name.startswith("kewei.") and ".migrations" not in name and not name.startswith(tuple(MAY_IMPORT))
    ]
    expect_none(found, f"copy what {ROOT.name}'s migrations need into them")
