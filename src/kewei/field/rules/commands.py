"""Commands a phone makes while it is alone: what they hold, how they are read, when they are meant (docs/algorithms/sync.md)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kewei.kernel.refusals import N_, Refused, refusal

# What people read for each verb a phone knows.
VERBS: dict[str, str] = {
    "sign_checklist": N_("出发前检核"),
    "check_in": N_("签到"),
    "report": N_("拜访记录"),
    "add_photo": N_("照片"),
    "promise": N_("承诺付款"),
    "prospect": N_("新潜在客户"),
}
MOST_COMMANDS = 200
MOST_CHARACTERS = 20_000
# Clocks of phones differ a little, and a slow line takes its seconds: only more than this is set right.
CLOCKS_DIFFER = timedelta(minutes=2)
_KEY = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
_LARGEST = 2**53


@refusal
class BadCommand(Refused):
    code = "bad_command"
    says = N_("手机送来的内容不对：{part}")
    next_step = N_("请更新应用后重新登记")


@refusal
class UnknownCommand(Refused):
    code = "unknown_command"
    says = N_("没有「{text}」这种手机指令")
    next_step = N_("请更新应用后重新登记")


@refusal
class TooManyCommands(Refused):
    code = "too_many_commands"
    says = N_("一次最多同步 {most} 条")


@refusal
class NeedsEarlier(Refused):
    code = "needs_earlier"
    says = N_("它所依据的前一条还没有同步成功")
    next_step = N_("请先更正前一条")
    status = 409


@dataclass(frozen=True)
class Command:
    """One command as its phone wrote it; `said_at` is the phone's clock."""

    device: int
    key: str
    place: int
    verb: str
    said_at: datetime
    corrects: str
    body: dict[str, Any]


def read_command(text: str) -> Command:
    """What a phone wrote. Raises BadCommand naming the part that is wrong, UnknownCommand."""
    whole = read_object(text)
    verb, corrects = whole.text("verb", 40), whole.text("corrects", 36)
    if verb not in VERBS:
        raise UnknownCommand(text=verb[:20])
    if corrects and not _KEY.fullmatch(corrects):
        raise BadCommand(part="corrects")
    key = whole.text("key", 36)
    if not _KEY.fullmatch(key):
        raise BadCommand(part="key")
    body = whole.told.get("body")
    if not isinstance(body, dict):
        raise BadCommand(part="body")
    return Command(whole.whole("device"), key, whole.whole("place"), verb, whole.moment("at"), corrects, body)


def read_object(text: str) -> Body:
    """The fields of what a phone wrote. Raises BadCommand where it is too long, no object, or cannot be kept."""
    if len(text) > MOST_CHARACTERS:
        raise BadCommand(part="length")
    try:
        told = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction)
    except (ValueError, RecursionError):
        raise BadCommand(part="JSON") from None
    if not isinstance(told, dict):
        raise BadCommand(part="JSON")
    if _NOT_KEPT.search(json.dumps(told, ensure_ascii=False).replace("\\u0000", "\x00")):
        raise BadCommand(part="characters")
    return Body(told)


def _no_fraction(text: str) -> Any:
    """Phones count in whole fen, micro-degrees, milliseconds: a fraction is a fault of the app."""
    raise BadCommand(part=f"{text[:20]} is not whole")


def clock_off(sent_at: datetime, now: datetime) -> timedelta:
    """How far a phone's clock is before ours; nothing where it is so little that the line may have taken it."""
    off = sent_at - now
    return off if abs(off) > CLOCKS_DIFFER else timedelta(0)


def meant_at(said_at: datetime, off: timedelta, now: datetime) -> datetime:
    """The moment a phone meant, by our clock, never in the future."""
    return min(said_at - off, now)


def not_before(moment: datetime, earlier: datetime) -> datetime:
    """The later of two moments of one phone, where they were told in two rounds that set its clock right differently.

    What a round takes a clock to be off holds what the line took, so by as much two moments may have changed places.
    """
    return earlier if earlier - 2 * CLOCKS_DIFFER <= moment < earlier else moment


@dataclass(frozen=True)
class Body:
    """The fields of a command, read one by one; whatever is not of its kind is refused with its name."""

    told: dict[str, Any]

    def text(self, name: str, most: int = 1_000) -> str:
        """A text without spaces around it; '' where there is none. Raises BadCommand."""
        value = self.told.get(name, "")
        value = "" if value is None else value
        if not isinstance(value, str) or len(value) > most:
            raise BadCommand(part=name)
        return value.strip()

    def whole(self, name: str) -> int:
        """A whole number that must be there. Raises BadCommand."""
        value = self.whole_or_none(name)
        if value is None:
            raise BadCommand(part=name)
        return value

    def whole_or_none(self, name: str) -> int | None:
        """A whole number, or none. Raises BadCommand."""
        value = self.told.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
            raise BadCommand(part=name)
        return value

    def flag(self, name: str) -> bool:
        """Yes or no; no where it is not said. Raises BadCommand."""
        value = self.told.get(name, False)
        if not isinstance(value, bool):
            raise BadCommand(part=name)
        return value

    def day(self, name: str) -> date | None:
        """A day in ISO form, or none. Raises BadCommand."""
        text = self.text(name, 10)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise BadCommand(part=name) from None

    def moment(self, name: str) -> datetime:
        """A moment in ISO form with its offset. Raises BadCommand."""
        try:
            found = datetime.fromisoformat(self.text(name, 40))
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise BadCommand(part=name) from None

    def texts(self, name: str, most: int = 50) -> list[str]:
        """A list of short texts. Raises BadCommand."""
        value = self.told.get(name) or []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            raise BadCommand(part=name)
        return [one.strip()[:100] for one in value]

    def wholes(self, name: str, most: int = 200) -> list[int]:
        """A list of whole numbers. Raises BadCommand."""
        value = self.told.get(name) or []
        if not isinstance(value, list) or len(value) > most:
            raise BadCommand(part=name)
        return [Body({name: one}).whole(name) for one in value]

    def parts(self, name: str, most: int = 100) -> list[Body]:
        """A list of parts, each with fields of its own. Raises BadCommand."""
        value = self.told.get(name) or []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
            raise BadCommand(part=name)
        return [Body(one) for one in value]

    def reference(self, name: str) -> int | str | None:
        """A key of ours, or that of the command that makes it; none where nothing is named. Raises BadCommand."""
        value = self.told.get(name)
        if isinstance(value, str) and value:
            if not _KEY.fullmatch(value):
                raise BadCommand(part=name)
            return value
        return self.whole_or_none(name) if value != "" else None
