"""质管否决与证照暂停: what quality stops, and lifts again; nobody else does (domain 4.1, 4.11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.terminals import facts
from kewei.terminals.models import Licence, LicenceImage, Suspension, Terminal, Veto
from kewei.terminals.rules.licences import SCOPE_CLASSES
from kewei.terminals.rules.vetoes import AlreadySuspended, AlreadyVetoed, NotSuspended, NotVetoed, check_veto

VETO = "terminals.veto"
LICENCE = "terminals.licence"


@action
def place_veto(
    *, terminal: Terminal, reason: str, scope_class: str = "", until: date | None = None, by: Person, now: datetime
) -> Veto:
    """质管否决  Stop all sales to a customer, or those of one class, until quality lifts it.

    Raises ReasonMissing, UnknownClass, AlreadyVetoed.
    """
    by.must(VETO, terminal)
    check_veto(reason, scope_class, SCOPE_CLASSES)
    try:
        with transaction.atomic():
            veto = Veto.objects.create(
                terminal=terminal,
                scope_class=scope_class,
                reason=reason.strip(),
                until=until,
                placed_by=by,
                placed_at=now,
            )
    except IntegrityError as clash:
        raise AlreadyVetoed from clash
    record(
        facts.VETO_PLACED,
        veto,
        by=by,
        at=now,
        terminal=terminal.pk,
        scope_class=scope_class,
        reason=reason,
        until=until,
    )
    return veto


@action
def lift_veto(*, veto: Veto, why: str, by: Person, now: datetime) -> None:
    """解除质管否决  Only quality lifts what quality placed. Raises NotVetoed, ReasonMissing."""
    by.must(VETO, veto.terminal)
    check_veto(why, "", SCOPE_CLASSES)
    lifted = Veto.objects.filter(pk=veto.pk, lifted_at=None).update(lifted_by=by, lifted_at=now, lifted_why=why[:200])
    if not lifted:
        raise NotVetoed
    record(facts.VETO_LIFTED, veto, by=by, at=now, terminal=veto.terminal_id, why=why)


@action
def suspend_licence(*, licence: Licence, reason: str, revoked: bool = False, by: Person, now: datetime) -> Suspension:
    """暂停或吊销证照  The authority stopped a licence; it is good for nothing until that is lifted. Raises AlreadySuspended."""
    by.must(LICENCE, licence.terminal)
    check_veto(reason, "", SCOPE_CLASSES)
    try:
        with transaction.atomic():
            row = Suspension.objects.create(
                licence=licence, revoked=revoked, reason=reason.strip()[:200], placed_by=by, placed_at=now
            )
    except IntegrityError as clash:
        raise AlreadySuspended from clash
    record(
        facts.LICENCE_SUSPENDED, licence, by=by, at=now, terminal=licence.terminal_id, reason=reason, revoked=revoked,
        number=licence.number,
    )  # fmt: skip
    return row


@action
def unsuspend_licence(*, licence: Licence, by: Person, now: datetime) -> None:
    """恢复证照  The licence is good again. Raises NotSuspended."""
    by.must(LICENCE, licence.terminal)
    if not Suspension.objects.filter(licence=licence, lifted_at=None).update(lifted_by=by, lifted_at=now):
        raise NotSuspended
    record(facts.LICENCE_UNSUSPENDED, licence, by=by, at=now, terminal=licence.terminal_id, number=licence.number)


@action
def add_licence_image(
    *, licence: Licence, attachment: Any, sealed: bool = False, by: Person, now: datetime
) -> LicenceImage:
    """添加证照扫描件  A page of the licence as it was sent, and whether it bears the original seal."""
    by.must("terminals.edit", licence.terminal)
    image = LicenceImage.objects.create(
        licence=licence, attachment=attachment, sealed=sealed, added_by=by, added_at=now
    )
    record(
        facts.LICENCE_IMAGE_ADDED, licence, by=by, at=now, terminal=licence.terminal_id, digest=attachment.digest,
        sealed=sealed,
    )  # fmt: skip
    return image
