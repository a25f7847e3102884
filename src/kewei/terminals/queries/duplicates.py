"""Is this terminal here already? Asked before a new card is made (design §5)."""

from __future__ import annotations

from dataclasses import dataclass

from kewei.kernel.names import fold
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Licence, SearchLine, Terminal

BY_CREDIT_CODE = N_("统一社会信用代码相同")
BY_LICENCE = N_("证照号相同")
BY_NAME = N_("名称相同")


@dataclass(frozen=True)
class Twin:
    """A card that may be the same terminal, why, and whether it certainly is; name and key are blank where it may not be seen."""

    pk: int | None
    code: str
    name: str
    city: str
    owner: str
    why: str
    certain: bool


def duplicates(
    person: Person, name: str, credit_code: str = "", licence_number: str = "", besides: int | None = None
) -> list[Twin]:
    """Cards with the same credit code, then licence number, then folded name or alias; each card once, by its best reason.

    The person is told that a card exists even where it belongs to somebody else, or the same hospital is opened twice; but
    nothing of what is on it.
    """
    reasons: dict[int, str] = {}
    if credit_code:
        for pk in Terminal.objects.filter(credit_code=credit_code).values_list("pk", flat=True):
            reasons.setdefault(pk, BY_CREDIT_CODE)
    if licence_number:
        for pk in Licence.objects.filter(number=licence_number, ended_at=None).values_list("terminal", flat=True)[:20]:
            reasons.setdefault(pk, BY_LICENCE)
    if wanted := fold(name).replace(rules.SEPARATOR, " "):
        marked = f"{rules.SEPARATOR}{wanted}{rules.SEPARATOR}"
        for pk in SearchLine.objects.filter(text__contains=marked).values_list("terminal", flat=True)[:20]:
            reasons.setdefault(pk, BY_NAME)
    reasons.pop(besides, None)  # type: ignore[arg-type]
    seen = Terminal.objects.visible_to(person).filter(pk__in=reasons).select_related("owner")
    by_pk = {t.pk: t for t in seen}
    twins = []
    for pk, why in reasons.items():
        t, certain = by_pk.get(pk), why != BY_NAME
        if t is None:
            twins.append(Twin(None, "", "", "", "", why, certain))
        else:
            twins.append(Twin(pk, t.code, t.name, t.city, t.owner.name if t.owner else "", why, certain))
    return twins
