"""What hangs on a card: aliases, contacts, licences, authorised persons, the settlement calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.timezone import localdate

from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.actions.cards import keep_search_line
from kewei.terminals.models import Alias, Authorised, Contact, Licence, Settlement, Suspension, Terminal
from kewei.terminals.queries.cards import has_alias
from kewei.terminals.rules.vetoes import LicenceStopped


@action
def add_alias(
    *,
    terminal: Terminal,
    name: str,
    by: Person,
    now: datetime,
    kind: str = "alias",
    distributor: Terminal | None = None,
) -> Alias:
    """添加别名 Another name of a terminal: former, common, or as one distributor writes it. Raises AliasTaken."""
    by.must("terminals.edit", terminal)
    if has_alias(terminal, name, distributor.pk if distributor else None):
        raise rules.AliasTaken(text=name)
    alias = Alias.objects.create(
        terminal=terminal, name=name, kind=kind, distributor=distributor, added_by=by, added_at=now
    )
    keep_search_line(terminal)
    record(
        facts.ALIAS_ADDED, alias, by=by, at=now, terminal=terminal.pk, name=name, kind=kind,
        distributor=distributor.pk if distributor else None,
    )  # fmt: skip
    return alias


@action
def end_alias(*, alias: Alias, by: Person, now: datetime) -> None:
    """停用别名 A name is no longer used. Raises AlreadyEnded."""
    by.must("terminals.edit", alias.terminal)
    _end(alias, now)
    keep_search_line(alias.terminal)
    record(facts.ALIAS_ENDED, alias, by=by, at=now, terminal=alias.terminal_id, name=alias.name)


@action
def add_contact(
    *,
    terminal: Terminal,
    name: str,
    by: Person,
    now: datetime,
    job: str = "",
    department: str = "",
    work_phone: str = "",
    work_email: str = "",
    duty: str = "",
    notice_given_on: date | None = None,
    source: str = "",
) -> Contact:
    """添加联系人 A business contact: work details only, and whether the privacy notice was given (domain 4.8)."""
    by.must("terminals.edit", terminal)
    contact = Contact.objects.create(
        terminal=terminal, name=name, job=job, department=department, work_phone=work_phone, work_email=work_email,
        duty=duty, notice_given_on=notice_given_on, source=source, added_by=by, added_at=now,
    )  # fmt: skip
    record(
        facts.CONTACT_ADDED, contact, by=by, at=now, terminal=terminal.pk, duty=duty, notice=notice_given_on is not None
    )
    return contact


@action
def end_contact(*, contact: Contact, by: Person, now: datetime) -> None:
    """停用联系人 Somebody no longer works there. Raises AlreadyEnded."""
    by.must("terminals.edit", contact.terminal)
    _end(contact, now)
    record(facts.CONTACT_ENDED, contact, by=by, at=now, terminal=contact.terminal_id)


@action
def record_licence(
    *,
    terminal: Terminal,
    kind: str,
    number: str,
    by: Person,
    now: datetime,
    issuer: str = "",
    issued_on: date | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    long_term: bool = False,
    verify_by: date | None = None,
    inspected_on: date | None = None,
    scope: list[str] | None = None,
    warehouse: str = "",
    verified_how: str = "",
    verified_on: date | None = None,
    replaces: Licence | None = None,
) -> Licence:
    """登记证照 A licence with its dates and scope; a renewal ends the one it replaces.

    Saying how it was verified is for quality (GSP): without that it is recorded unverified. A paper that is
    suspended or revoked is not made good by recording it again. Raises LicenceDatesCross, InspectedInFuture, LicenceStopped.
    """
    by.must("terminals.edit", terminal)
    if verified_how:
        by.must("terminals.licence", terminal)
    rules.check_licence_dates(valid_from or issued_on, valid_to, long_term)
    rules.check_inspected(inspected_on, localdate(now))
    if Suspension.objects.filter(
        licence__terminal=terminal, licence__kind=kind, licence__number=number, lifted_at=None
    ).exists():
        raise LicenceStopped(number=number)
    if replaces is not None:
        _end(replaces, now)
    licence = Licence.objects.create(
        terminal=terminal, kind=kind, number=number, issuer=issuer, issued_on=issued_on, valid_from=valid_from,
        valid_to=valid_to, long_term=long_term, verify_by=verify_by, inspected_on=inspected_on, scope=list(scope or []),
        warehouse=warehouse,
        verified_how=verified_how, verified_by=by if verified_how else None,
        verified_on=(verified_on or localdate(now)) if verified_how else None, recorded_at=now,
    )  # fmt: skip
    record(
        facts.LICENCE_RECORDED, licence, by=by, at=now, terminal=terminal.pk, kind=kind, number=number, valid_to=valid_to,
        verified=verified_how, replaces=replaces.pk if replaces else None,
    )  # fmt: skip
    return licence


@action
def verify_licence(*, licence: Licence, how: str, by: Person, now: datetime) -> None:
    """核验证照 Quality has checked the paper; who and when is kept with it. Raises AlreadyEnded."""
    by.must("terminals.licence", licence.terminal)
    if licence.ended_at is not None:
        raise rules.AlreadyEnded
    Licence.objects.filter(pk=licence.pk).update(verified_how=how, verified_by=by, verified_on=localdate(now))
    record(facts.LICENCE_VERIFIED, licence, by=by, at=now, terminal=licence.terminal_id, how=how, number=licence.number)


@action
def end_licence(*, licence: Licence, by: Person, now: datetime) -> None:
    """停用证照 A paper is withdrawn, or was recorded wrongly. Raises AlreadyEnded."""
    by.must("terminals.edit", licence.terminal)
    _end(licence, now)
    record(facts.LICENCE_ENDED, licence, by=by, at=now, terminal=licence.terminal_id, number=licence.number)


@action
def add_authorised(
    *,
    terminal: Terminal,
    name: str,
    kinds: list[str],
    by: Person,
    now: datetime,
    id_number: str = "",
    varieties: str = "",
    area: str = "",
    valid_to: date | None = None,
) -> Authorised:
    """登记授权人员 Somebody the customer has authorised in writing; of the identity number only a masked form is kept."""
    by.must("terminals.edit", terminal)
    person = Authorised.objects.create(
        terminal=terminal, name=name, id_masked=rules.mask_identity(id_number), kinds=list(kinds), varieties=varieties,
        area=area, valid_to=valid_to, added_at=now,
    )  # fmt: skip
    record(facts.AUTHORISED_ADDED, person, by=by, at=now, terminal=terminal.pk, kinds=list(kinds), valid_to=valid_to)
    return person


@action
def end_authorised(*, authorised: Authorised, by: Person, now: datetime) -> None:
    """结束授权 An authorisation is withdrawn. Raises AlreadyEnded."""
    by.must("terminals.edit", authorised.terminal)
    _end(authorised, now)
    record(facts.AUTHORISED_ENDED, authorised, by=by, at=now, terminal=authorised.terminal_id)


@action
def keep_authorised_paper(*, authorised: Authorised, which: str, attachment: Any, by: Person, now: datetime) -> None:
    """添加授权书或印章式样 The scanned letter, or the sample of the seal (`which`: rules.AUTHORISED_PAPERS) deliveries are checked by.

    A later one takes the place of the one before, which stays among the attachments. Raises AlreadyEnded.
    """
    by.must("terminals.edit", authorised.terminal)
    if not Authorised.objects.filter(pk=authorised.pk, ended_at=None).update(**{which: attachment}):
        raise rules.AlreadyEnded
    record(
        facts.AUTHORISED_PAPER_KEPT, authorised, by=by, at=now, terminal=authorised.terminal_id, which=which,
        digest=attachment.digest,
    )  # fmt: skip


@action
def set_settlement(*, terminal: Terminal, by: Person, now: datetime, **calendar: Any) -> Settlement:
    """设定结算日历 How and when a terminal pays; the former calendar ends and stays on record.

    `calendar` takes the fields of Settlement: method, term_days, term_start, cutoff_day, handin_day, pay_day, signing_chain,
    bank, account (kept masked), account_name, payers, late_rate_bp. Raises NothingToChange where all is as it was.
    """
    by.must("terminals.edit", terminal)
    if "account" in calendar:
        calendar["account_masked"] = rules.mask_account(calendar.pop("account"))
    former = Settlement.objects.select_for_update().filter(terminal=terminal, ended_at=None).first()
    if former and all(getattr(former, name) == value for name, value in calendar.items()):
        raise rules.NothingToChange
    Settlement.objects.filter(terminal=terminal, ended_at=None).update(ended_at=now)
    settlement = Settlement.objects.create(terminal=terminal, set_by=by, set_at=now, **calendar)
    told = {name: value for name, value in calendar.items() if not name.startswith("account")}
    record(facts.SETTLEMENT_SET, settlement, by=by, at=now, terminal=terminal.pk, **told)
    return settlement


def _end(part: models.Model, now: datetime) -> None:
    """End a part that is still live, whoever else may be ending it now."""
    ended = type(part).objects.filter(pk=part.pk, ended_at=None).update(ended_at=now)  # type: ignore[attr-defined]
    if not ended:
        raise rules.AlreadyEnded
