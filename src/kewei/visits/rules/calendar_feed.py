"""A calendar other programs subscribe to: planned visits as RFC 5545 says, written by hand because it is one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FOLD = 75


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: a key that stays, when, where, and what it says. Moments carry their zone."""

    key: str
    begins: datetime
    ends: datetime
    title: str
    place: str = ""
    says: str = ""
    changed: datetime | None = None


def feed(name: str, events: Iterable[Event], now: datetime) -> str:
    """The whole file: lines end with CR LF, none is longer than 75 octets (3.1), times are UTC."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kewei//Visits//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for one in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{one.key}@kewei", f"DTSTAMP:{_moment(one.changed or now)}", f"DTSTART:{_moment(one.begins)}",
            f"DTEND:{_moment(one.ends)}", f"SUMMARY:{_text(one.title)}",
        ]  # fmt: skip
        lines += [f"LOCATION:{_text(one.place)}"] if one.place else []
        lines += [f"DESCRIPTION:{_text(one.says)}"] if one.says else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A TEXT value (3.3.11): backslash, semicolon, comma and line ends escaped; no other control characters."""
    escaped = (
        words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r\n", "\\n").replace("\n", "\\n")
    )
    return "".join(character for character in escaped if character >= " ")


def _folded(line: str) -> str:
    """Long lines go on after CR LF and a space, never inside a character."""
    parts, part, size, most = [], "", 0, FOLD
    for character in line:
        octets = len(character.encode())
        if size + octets > most:
            parts.append(part)
            part, size, most = "", 0, FOLD - 1
        part, size = part + character, size + octets
    return "\r\n ".join([*parts, part])
