"""Saying no with a name and the numbers.

A refusal is a subclass of `Refused`, declared beside the rule that raises it:

    @refusal
    class OverLimit(Refused):
        code = "over_limit"
        says = N_("授信额度还剩 {left_fen} 元，此单 {wanted_fen} 元")

    raise OverLimit(left_fen=120_000, wanted_fen=300_000)

Every door shows it alike: the code and the numbers to programs, the sentence to people.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from string import Formatter
from typing import Any, ClassVar, Self, TypeVar

from kewei.kernel.yuan_text import yuan

Translate = Callable[[str], str]

# Fields whose value is itself a phrase of ours (a msgid), not something a person typed.
PHRASES = {"reason", "noun", "field", "verb", "found", "role", "paper", "papers", "scope_class", "kind", "note", "part"}
PHRASES |= {"holds", "lines", "line", "first"}

_registry: dict[str, type[Refused]] = {}


def N_(text: str) -> str:
    """Mark a sentence for translation and return it unchanged (the reader's language is not known here)."""
    return text


def in_chinese(text: str) -> str:
    """The translation into the language the sentences are written in: none."""
    return text


class Refused(Exception):
    """Something a person asked for that the house says no to.

    The values named in `says` are given by keyword (or in the order in which they appear) and are
    readable as attributes. `numbers` holds them as JSON would: days in ISO, nested refusals as their codes.
    """

    code: ClassVar[str] = "refused"
    says: ClassVar[str] = N_("不能这样做")
    next_step: ClassVar[str | None] = None
    status: ClassVar[int] = 422

    def __init__(self, *in_order: Any, **given: Any) -> None:
        names = fields_of(self.says)
        if len(in_order) > len(names):
            raise TypeError(f"{type(self).__name__} takes at most {len(names)} values: {names}")
        given = dict(zip(names, in_order, strict=False)) | given
        missing = [name for name in [*names, *fields_of(self.next_step or "")] if name not in given]
        if missing:
            raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")
        self._given = given
        self.leaves: tuple[Callable[[], Any], ...] = ()
        super().__init__(given)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_given"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def numbers(self) -> dict[str, Any]:
        """The given values as JSON can carry them."""
        return {name: as_json(value) for name, value in self._given.items()}

    def leaving(self, do: Callable[[], Any]) -> Self:
        """The same refusal, with something to do once the action it ends has been undone: an action of its own.

        For what must be kept although the answer is no, as what the gate said of an order it did not let go.
        """
        self.leaves = (*self.leaves, do)
        return self

    def sentence(self, translate: Translate = in_chinese) -> str:
        """The refusal as one sentence, in the language of `translate` (gettext of the reader)."""
        return self._fill(self.says, translate)

    def advice(self, translate: Translate = in_chinese) -> str:
        """What the person can do next, or an empty text."""
        return self._fill(self.next_step, translate) if self.next_step else ""

    def _fill(self, template: str, translate: Translate) -> str:
        words = {name: as_words(name, value, translate) for name, value in self._given.items()}
        return translate(template).format(**words)

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._given)


def _rebuild(kind: type[Refused], given: dict[str, Any]) -> Refused:
    return kind(**given)


@cache
def fields_of(template: str) -> tuple[str, ...]:
    """Names between braces, in order of first appearance; remembered, because a bad file raises one refusal a cell."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return tuple(dict.fromkeys(names))


def as_json(value: Any) -> Any:
    """A value as JSON can carry it; what JSON does not know becomes text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Refused):
        return {"code": value.code, "numbers": value.numbers}
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item) for item in value]
    return str(value)


# A sentence names so many of a list and says how many there are; the numbers hold all of them.
NAMED = 20


def _listed(words: list[str], count: int, translate: Translate) -> str:
    named = "、".join(words)
    if count <= len(words):
        return named
    return translate(N_("{named} 等 {count} 个")).format(named=named, count=count)


def as_words(name: str, value: Any, translate: Translate) -> str:
    """A value as a reader expects it: *_fen in yuan, days in ISO, our own phrases translated."""
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, Refused):
        return value.sentence(translate)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _listed([as_words(name, item, translate) for item in value[:NAMED]], len(value), translate)
    if name in PHRASES and isinstance(value, str) and value:
        return translate(value)
    return str(value)


Kind = TypeVar("Kind", bound=type[Refused])


def refusal(kind: Kind) -> Kind:
    """Register a refusal; its code must be its own and no other's in the whole program."""
    if "code" not in vars(kind) or "says" not in vars(kind):
        raise TypeError(f"{kind.__name__} must state its own code and says")
    other = _registry.get(kind.code)
    if other is not None and (other.__module__, other.__qualname__) != (kind.__module__, kind.__qualname__):
        raise TypeError(f"code {kind.code!r} of {kind.__name__} is already used by {other.__name__}")
    _registry[kind.code] = kind
    return kind


def all_refusals() -> dict[str, type[Refused]]:
    """Every refusal declared in the modules loaded so far, by code."""
    return dict(sorted(_registry.items()))


@refusal
class NotAllowed(Refused):
    code = "not_allowed"
    says = N_("您没有权限：{verb}")
    status = 403


@refusal
class NotFound(Refused):
    code = "not_found"
    says = N_("找不到{noun}")
    status = 404


@refusal
class KeyReused(Refused):
    code = "key_reused"
    says = N_("幂等键 {key} 已用于另一份内容，不能重复使用")
    status = 409


@refusal
class BadValue(Refused):
    code = "bad_value"
    says = N_("{field}的值「{value}」不对：{reason}")


@refusal
class TryAgain(Refused):
    code = "try_again"
    says = N_("系统正忙，请稍后再试")
    status = 503
