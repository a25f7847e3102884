"""Compile every translation of the rooms: each django.po gets its django.mo beside it, which git does not keep."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kewei"


def main() -> int:
    """Write a .mo beside each .po; stop at the first file that cannot be read."""
    for po in sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalog)
    return 0


if __name__ == "__main__":
    sys.exit(main())
