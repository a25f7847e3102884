"""Write docs/reference from the code: facts, permissions, refusals, settings, commands, columns, API.

Run: python tools/reference.py            writes the pages
     python tools/reference.py --check    writes nothing; exit 1 if a page is not what the code says

A test compares the pages with the code, so that nothing a user can meet goes without its line.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "kewei"
PAGES = ROOT / "docs" / "reference"
sys.path[:0] = [str(ROOT)]

# Every variable of the environment, in words; the test fails while one in the code has no line here.
SETTINGS = {
    "KEWEI_HOME": ("./var", "folder of all state: database, uploads, rows of sell-through, key, built static files"),
    "KEWEI_DATABASE_URL": (
        "sqlite:///$KEWEI_HOME/kewei.db",
        "`sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`",
    ),
    "KEWEI_SECRET_KEY": ("made once, kept in $KEWEI_HOME/secret.key", "key that signs sessions and tokens"),
    "KEWEI_HOSTS": ("127.0.0.1,localhost,[::1]", "names the server answers to, separated by commas"),
    "KEWEI_ORIGINS": ("", "full origins (`https://…`) whose forms are accepted behind a proxy, separated by commas"),
    "KEWEI_PROXIES": ("0", "how many reverse proxies stand in front; that many X-Forwarded-For entries are believed"),
    "KEWEI_FLOWS_IN": (
        "KEWEI_HOME/flows-in",
        "where distributors' files are dropped, a folder for each, named by its code",
    ),
    "KEWEI_UPLOAD_MB": ("64", "largest file that may be uploaded, in MiB"),
    "KEWEI_HTTPS": ("0", "1: cookies only over HTTPS, HSTS on, X-Forwarded-Proto believed"),
    "KEWEI_FLOWS_ENGINE": (
        "duckdb",
        "who answers questions about whole months of sell-through: DuckDB in process, or Spark: `spark://local` on this "
        "machine, `spark://host:7077` on a cluster that sees `$KEWEI_HOME/lake`",
    ),
    "KEWEI_DEBUG": ("0", "1: pages with tracebacks, static files without building; never in service"),
    "KEWEI_LANGUAGE": ("from LANG, else Chinese", "language of the command line: `zh-hans` or `en`"),
    "KEWEI_USER": ("the first director", "login in whose name commands act; `--as LOGIN` says it for one"),
    "KEWEI_LOG": ("WARNING", "level of the log on standard error"),
    "KEWEI_POOL": ("1", "0: one PostgreSQL connection per request instead of a pool"),
    "KEWEI_POOL_SIZE": ("16", "most PostgreSQL connections per process"),
    "KEWEI_PREPARE": (
        "1",
        "0: plan every statement anew, for a pooler that parts PostgreSQL connections between transactions",
    ),
    "KEWEI_TEST_DATABASE_URL": (
        "a server the tests start",
        "PostgreSQL for `make test` to use",
    ),
    "KEWEI_NIGHTLY": ("", "1: tests run their long profiles (`make test-nightly`)"),
    "KEWEI_TALLY": ("", "file to which each run of the tests adds its counts (`make test` sums them)"),
    "KEWEI_CHROMIUM": ("found or installed", "path of the browser for tests and screenshots"),
}


def main() -> int:
    """Write the pages, or compare them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true")
    check = options.parse_args().check
    stale = stale_pages()
    if check:
        print("\n".join(f"{page} is not what the code says: make reference" for page in stale))
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
    print(f"{len(stale)} of {len(pages())} pages were out of date")
    return 0


def stale_pages() -> list[str]:
    """Names of the pages that differ from what the code says, and of pages nothing writes any more."""
    wanted = pages()
    there = {file.name: file.read_text(encoding="utf-8") for file in PAGES.glob("*.md")} if PAGES.exists() else {}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def pages() -> dict[str, str]:
    """Every page by file name."""
    start_django()
    writers: dict[str, tuple[str, Callable[[], str]]] = {
        "facts.md": ("Facts 事实", facts),
        "permissions.md": ("Permissions 权限", permissions),
        "refusals.md": ("Refusals 拒绝", refusals),
        "settings.md": ("Settings 设置", settings_page),
        "commands.md": ("Commands 命令", commands),
        "columns.md": ("Columns 表格列", columns),
        "api.md": ("REST API 接口", api),
    }
    return {
        name: f"<!-- written by tools/reference.py; edit the code, then `make reference` -->\n\n# {title}\n\n{write()}"
        for name, (title, write) in writers.items()
    }


def start_django() -> None:
    """Load the project, so that every module can be read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kewei.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


# --- the pages --------------------------------------------------------------------------------------------------------


def facts() -> str:
    """What each room tells the house, and the actions that tell it."""
    said = "What the journal keeps. A fact is written in the transaction of its action and never changed.\n\n"
    rows = []
    for room in rooms():
        module = load(f"kewei.{room}.facts")
        if module is None:
            continue
        tellers = actions_using(room)
        for constant, name in constants(module):
            rows.append((f"`{name}`", ", ".join(f"`{verb}`" for verb in sorted(tellers.get(constant, set()))) or "–"))
    return said + table(("Fact", "Recorded by"), rows)


def permissions() -> str:
    """Every verb and the roles that hold it."""
    from kewei.people import rules

    english = translator()
    said = "A permission is `room.verb`. Scope says which rows: own terminals, a territory, or the company.\n\n"
    said += "## Roles\n\n"
    said += table(
        ("Role", "", "Scope"),
        [(f"`{role.code}`", f"{role.name} {english(role.name)}", role.reach) for role in rules.ROLES.values()],
    )
    said += "\n## Verbs\n\n"
    return said + table(
        ("Verb", "Held by"),
        [
            (f"`{verb}`", ", ".join(role.code for role in rules.ROLES.values() if verb in role.verbs))
            for verb in sorted(rules.VERBS)
        ],
    )


def refusals() -> str:
    """Every refusal: its stable code, its HTTP status, its sentence in both languages."""
    from kewei.kernel.refusals import all_refusals

    for _ in every_module():
        pass
    english = translator()
    said = "The same code and numbers come from pages, API, files and the command line.\n\n"
    rows = []
    for code, kind in all_refusals().items():
        if not kind.__module__.startswith("kewei.") or ".tests." in kind.__module__:
            continue
        rows.append((f"`{code}`", str(kind.status), f"{kind.says}<br>{english(kind.says)}"))
    return said + table(("Code", "HTTP", "Sentence"), rows)


def settings_page() -> str:
    """Every variable of the environment."""
    said = "One settings file reads the environment; there is no other configuration.\n\n"
    rows = [(f"`{name}`", default, meaning) for name, (default, meaning) in SETTINGS.items()]
    return said + table(("Variable", "Without it", "Meaning"), rows)


def commands() -> str:
    """Every command with its arguments."""
    from kewei.config import cli

    said = "`kewei COMMAND --help` says the same. Exit code 0: done; 1: refused, or findings; 2: wrong usage.\n"
    for name, (module, help_line) in cli.COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"kewei {name}", add_help=False)
        if load(module) is not None:
            cli._set_up(module, name, parser)
        said += f"\n## `kewei {name}`\n\n{help_line.replace('  ', ' · ')}\n"
        said += arguments(parser)
    return said


def columns() -> str:
    """The column list of each noun, as files, forms and the API know it."""
    said = "The same list serves template, import, export, form and API. Headings are recognised in both languages.\n"
    for room in rooms():
        module = load(f"kewei.{room}.excel")
        for noun, listed in column_lists(module) if module else ():
            said += f"\n## {room}: {noun}\n\n"
            rows = []
            for column in listed:
                need = "yes" if column.required else ""
                others = "、".join(column.aliases)
                rows.append((column.zh, f"`{column.name}`", column.en, need, str(column.example), others))
            said += table(("列", "Name", "English", "Required", "Example", "Also read as"), rows)
    return said


def api() -> str:
    """Every path of the API."""
    said = "The full description, with every field, is served at `/api/docs` and `/api/openapi.json`.\n\n"
    rows = []
    for found in ninja_apis():
        schema: dict[str, Any] = dict(found.get_openapi_schema())
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                summary = operation.get("description") or operation.get("summary") or ""
                rows.append((f"`{method.upper()} {path}`", first_line(summary)))
    return said + table(("Path", "What it does"), rows)


# --- reading the code -------------------------------------------------------------------------------------------------


def rooms() -> list[str]:
    """The rooms, from the ground floor up."""
    from kewei.config.rooms import ROOMS

    return ROOMS


def load(name: str) -> ModuleType | None:
    """A module, None where there is no such file."""
    try:
        return import_module(name) if find_spec(name) else None
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.startswith("kewei."):
            return None
        raise


def every_module() -> Iterator[ModuleType]:
    """Every module of the product, loaded: what registers itself has then done so."""
    import kewei

    for found in walk_packages(kewei.__path__, "kewei."):
        if not re.search(r"\.(tests|migrations|wsgi|__main__)(\.|$)", found.name):
            yield import_module(found.name)


def constants(module: ModuleType) -> list[tuple[str, str]]:
    """Upper-case texts of a module, in the order they stand."""
    return [(name, value) for name, value in vars(module).items() if name.isupper() and isinstance(value, str)]


def actions_using(room: str) -> dict[str, set[str]]:
    """For each fact constant, the public functions of the room's actions that name it, directly or through a helper."""
    files = [*PACKAGE.joinpath(room).glob("actions*.py"), *PACKAGE.joinpath(room).glob("actions/**/*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(files)]
    functions = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    named = {name: {n for inner in ast.walk(node) if (n := _name(inner))} for name, node in functions.items()}
    for _ in functions:
        named = {name: names.union(*(named[n] for n in names if n in named)) for name, names in named.items()}
    using: dict[str, set[str]] = {}
    for name, names in named.items():
        for constant in names if not name.startswith("_") else ():
            if constant.isupper():
                using.setdefault(constant, set()).add(name)
    return using


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def column_lists(module: ModuleType) -> Iterator[tuple[str, list]]:
    """Lists of columns in an excel drawer, by the name they have there."""
    from kewei.kernel.columns import Column

    for name, value in vars(module).items():
        if isinstance(value, list | tuple) and value and all(isinstance(item, Column) for item in value):
            yield name.lower(), list(value)


def ninja_apis() -> Iterator[Any]:
    """The API objects of the project."""
    from ninja import NinjaAPI

    module = load("kewei.config.api")
    yield from (value for value in vars(module or object).values() if isinstance(value, NinjaAPI))


def arguments(parser: argparse.ArgumentParser) -> str:
    """A parser's arguments as a table, and those of its sub-commands under them."""
    rows, below = [], ""
    for one in parser._actions:
        if isinstance(one, argparse._SubParsersAction):
            for name, sub in one.choices.items():
                below += f"\n### `{parser.prog} {name}`\n{arguments(sub)}"
            continue
        if isinstance(one, argparse._HelpAction):
            continue
        value = one.metavar or ("|".join(map(str, one.choices)) if one.choices else one.dest.upper())
        shown = ", ".join(one.option_strings) + ("" if one.nargs == 0 else f" {value}") if one.option_strings else value
        rows.append((f"`{str(shown).strip()}`", "yes" if one.required else "", (one.help or "").replace("%%", "%")))
    return ("\n" + table(("Argument", "Required", "Meaning"), rows) if rows else "") + below


def translator() -> Callable[[str], str]:
    """The English of a sentence, from whichever room has it."""
    from tools import messages

    catalogs = [messages.english(PACKAGE / room) for room in rooms()]

    def english(sentence: str) -> str:
        for catalog in catalogs:
            message = catalog.get(sentence)
            if message is not None and message.string:
                return str(message.string)
        return ""

    return english


def first_line(text: str) -> str:
    """The first sentence-like line of a docstring."""
    return text.strip().splitlines()[0].strip() if text.strip() else ""


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    if not rows:
        return "–\n"
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |\n" for row in lines
    )


if __name__ == "__main__":
    sys.exit(main())
