"""The sentences people read: find them all, and keep each room's English beside them.

Run: python tools/messages.py      adds what is missing to each room's locale/en/LC_MESSAGES/django.po, with an empty
                                   translation to fill in, and says how many are still empty.
Chinese is the language the sentences are written in; English is the translation.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kewei"
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)[sd]")


@dataclass
class Sentence:
    """A msgid, its plural where it has one, and where it is used (`web.py:12`)."""

    msgid: str
    plural: str | None = None
    context: str | None = None
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str]:
        """What makes it one sentence in a .po file."""
        return self.context, self.msgid


def main() -> int:
    """Bring every room's English file up to the code; nothing already translated is touched."""
    empty = 0
    for room in sorted(folder for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()):
        sentences = sentences_of(room)
        if not sentences:
            continue
        catalog = english(room)
        for sentence in sentences.values():
            if catalog.get(sentence.msgid, context=sentence.context) is None:
                ids = (sentence.msgid, sentence.plural) if sentence.plural else sentence.msgid
                catalog.add(ids, context=sentence.context)
        write_english(room, catalog)
        missing = [s for s in sentences.values() if not translated(catalog, s)]
        empty += len(missing)
        for sentence in missing:
            print(f"{room.name}: {sentence.msgid!r} ({sentence.places[0]})")
    print(f"{empty} sentences without English")
    return 1 if empty else 0


def sentences_of(room: Path) -> dict[tuple[str | None, str], Sentence]:
    """Every sentence marked for translation in a room's code and templates, by its key."""
    found: dict[tuple[str | None, str], Sentence] = {}
    for place, line, message, context in _extracted(room):
        msgid, plural = message if isinstance(message, tuple) else (message, None)
        if msgid:
            sentence = Sentence(msgid, plural, context)
            found.setdefault(sentence.key, sentence).places.append(f"{place}:{line}")
    return found


def _extracted(room: Path) -> Iterator[tuple[str, int, str | tuple[str, str], str | None]]:
    for file in sorted(room.rglob("*")):
        if "tests" in file.relative_to(room).parts or "migrations" in file.relative_to(room).parts:
            continue
        if file.suffix == ".py":
            code = file.read_bytes()
        elif file.suffix in {".html", ".txt", ".typ"} and "templates" in file.parts:
            code = _as_python(file).encode()
        else:
            continue
        for line, message, _, context in extract("python", io.BytesIO(code), KEYWORDS):
            yield str(file.relative_to(room)), line, message, context


def _as_python(template: Path) -> str:
    """A template as Django's own extractor sees it: Python calls to gettext, line for line."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation import templatize

    code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    # What is not a sentence comes out as BBB and XXX, indented as in the template, and here indentation has meaning.
    return "\n".join(line.lstrip() for line in code.splitlines())


def english(room: Path) -> Catalog:
    """The room's English, an empty catalogue if it has none yet."""
    po = room / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not po.exists():
        return Catalog(locale="en")
    with po.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def translated(catalog: Catalog, sentence: Sentence) -> str | tuple[str, ...] | None:
    """The English of a sentence, None where it is missing, empty or marked fuzzy."""
    message = catalog.get(sentence.msgid, context=sentence.context)
    if message is None or message.fuzzy or not message.string:
        return None
    if isinstance(message.string, tuple | list) and not all(message.string):
        return None
    return message.string


def faults(room: Path) -> list[str]:
    """What is wrong with a room's English: missing, still Chinese, or other placeholders than the sentence has."""
    catalog, found = english(room), []
    for sentence in sentences_of(room).values():
        said = translated(catalog, sentence)
        where = f"{room.name}/{sentence.places[0]}"
        if said is None:
            found.append(f"{where}: no English for {sentence.msgid!r}")
            continue
        forms = said if isinstance(said, tuple | list) else (said,)
        if sentence.msgid in forms and CHINESE.search(sentence.msgid):
            found.append(f"{where}: the English of {sentence.msgid!r} is the Chinese again")
        for form in forms:
            if set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(sentence.msgid)):
                found.append(f"{where}: other placeholders in {form!r} than in {sentence.msgid!r}")
    return found


def write_english(room: Path, catalog: Catalog) -> None:
    """Write the room's English, without line numbers: they would change with every edit."""
    po = room / "locale" / "en" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalog, width=120, no_location=True)


if __name__ == "__main__":
    sys.exit(main())
