"""Registering prospects, moving them through their stages, their next actions, and the pool."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.journal.bulk import among
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.actions.cards import add_terminal, follow_kept
from kewei.terminals.actions.parts import add_contact
from kewei.terminals.models import Link, NextAction, PoolReturn, Prospect, Stage, Terminal
from kewei.terminals.queries import prospects as queries
from kewei.terminals.queries.cards import live_link
from kewei.terminals.rules.prospects import (
    DROPPED,
    GENERAL,
    OPEN_STAGES,
    POOL,
    PROSPECT_FIELDS,
    SOURCES,
    STAGE_RULES,
    STAGES,
    WON,
    ActionInThePast,
    AlreadyAProspect,
    AlreadyClaimed,
    CoolingOff,
    NobodysProspect,
    NoNextAction,
    NotAProspect,
    check_capacity,
    check_move,
    check_return,
)

PROSPECT = "terminals.prospect"


@action
def register_prospect(
    *,
    name: str,
    source: str,
    by: Person,
    now: datetime,
    contact: Mapping[str, Any] | None = None,
    known: Mapping[str, Any] | None = None,
    next_what: str = "",
    next_on: date | None = None,
    **card: Any,
) -> Terminal:
    """登记潜在客户  Open the card the prospect will keep as a customer, in the first stage.

    `card` takes what add_terminal takes, `known` the fields of PROSPECT_FIELDS, `contact` what add_contact takes. Raises
    what these raise, PoolFull where its owner already holds as many as allowed, ActionInThePast.
    """
    by.must(PROSPECT)
    rules.read_word(SOURCES, source)
    terminal = add_terminal(name=name, by=by, now=now, **card)
    if terminal.owner_id:
        _check_room(terminal.owner_id, 1, now)
    _begin(terminal, source, by, now, known or {})
    if contact and contact.get("name"):
        add_contact(terminal=terminal, by=by, now=now, **contact)
    if next_what and next_on:
        set_next_action(terminal=terminal, what=next_what, due_on=next_on, by=by, now=now)
    return terminal


@action
def make_prospect(*, terminal: Terminal, source: str, by: Person, now: datetime) -> Prospect:
    """列为潜在客户  A card that is there already becomes a prospect in the first stage. Raises AlreadyAProspect."""
    by.must(PROSPECT, terminal)
    rules.read_word(SOURCES, source)
    if queries.is_prospect(terminal.pk):
        raise AlreadyAProspect
    return _begin(terminal, source, by, now, {})


@action
def change_prospect(*, terminal: Terminal, by: Person, now: datetime, **changes: Any) -> Prospect:
    """修改潜在客户资料  Set the given fields of the prospect's part. Raises NothingToChange, NotAProspect."""
    by.must(PROSPECT, terminal)
    kept = _locked(terminal)
    if unknown := changes.keys() - set(PROSPECT_FIELDS):
        raise TypeError(f"no such field of a prospect: {sorted(unknown)}")
    fields = {name: _blank(name) if value is None else value for name, value in changes.items()}
    if fields.keys() & {"estimate_fen", "estimate_units", "estimate_basis"} and "estimate_on" not in fields:
        fields["estimate_on"] = localdate(now)
    changed = rules.changes_between({name: getattr(kept, name) for name in fields}, fields)
    if not changed.keys() - {"estimate_on"}:
        raise rules.NothingToChange
    for name, (_, value) in changed.items():
        setattr(kept, name, value)
    kept.touched_at = now
    kept.save(update_fields=[*changed, "touched_at"])
    told = {name: [_plain(old), _plain(new)] for name, (old, new) in changed.items()}
    record(facts.PROSPECT_CHANGED, kept, by=by, at=now, terminal=kept.pk, changes=told)
    return kept


@action
def set_stage(*, terminal: Terminal, stage: str, by: Person, now: datetime, why: str = "", note: str = "") -> Stage:
    """推进阶段  Move a prospect up, down, out, or back in; upwards it needs what the policy of stages asks for.

    Raises NotAProspect, SameStage, AlreadyWon, StageWhyMissing, StageNeedsMore.
    """
    by.must(PROSPECT, terminal)
    kept = _locked(terminal)
    policy = queries_policies.in_force(STAGE_RULES, localdate(now))
    standing = queries.standing_of(by, kept, localdate(now))
    check_move(kept.stage, stage, standing, policy.value, why, note)
    if kept.stage == DROPPED and terminal.owner_id:
        _check_room(terminal.owner_id, 1, now)
    former = kept.stage
    made = _into(kept, stage, why if stage == DROPPED else "", note, policy.label, by, now)
    if stage in (WON, DROPPED):
        _end_action(kept.pk, done=stage == WON, outcome=STAGES[stage], by=by, now=now)
    name = {WON: facts.PROSPECT_WON, DROPPED: facts.PROSPECT_DROPPED}.get(stage, facts.STAGE_SET)
    record(name, made, by=by, at=now, terminal=kept.pk, former=former, stage=stage, why=why, note=note)
    return made


@action
def win_by_first_sale(*, terminal_ids: Collection[int], verb: str, by: Person, now: datetime) -> int:
    """首单转正  What was sold to is a customer, whatever its card still lacks; answers how many were prospects.

    Told by the room that posts sales; `verb` is what its caller may do.
    """
    by.must(verb)
    rows = (
        Prospect.objects.select_for_update().filter(among("pk", list(terminal_ids))).exclude(stage=WON).order_by("pk")
    )
    label = queries_policies.in_force(STAGE_RULES, localdate(now)).label
    for kept in rows:
        former = kept.stage
        made = _into(kept, WON, "", "首单", label, by, now)
        _end_action(kept.pk, done=True, outcome=STAGES[WON], by=by, now=now)
        record(
            facts.PROSPECT_WON,
            made,
            by=by,
            at=now,
            terminal=kept.pk,
            former=former,
            stage=WON,
            why="first_sale",
            note="",
        )
    return len(rows)


@action
def set_next_action(
    *, terminal: Terminal, what: str, due_on: date, by: Person, now: datetime, person: Person | None = None
) -> NextAction:
    """下次行动  What is next, by whom (else the owner, else oneself), by which day; it takes the place of the one before.

    Raises NotAProspect, ActionInThePast.
    """
    by.must(PROSPECT, terminal)
    kept = _locked(terminal)
    if due_on < localdate(now):
        raise ActionInThePast(due_on=due_on)
    _end_action(kept.pk, done=False, outcome="改期", by=by, now=now)
    doer = person or (terminal.owner if terminal.owner_id else by) or by
    made = NextAction.objects.create(
        terminal_id=kept.pk, what=what.strip()[:200], due_on=due_on, person=doer, set_by=by, set_at=now
    )
    _touch([kept.pk], now)
    record(
        facts.NEXT_ACTION_SET, made, by=by, at=now, terminal=kept.pk, what=made.what, due_on=due_on, person=doer.login
    )
    return made


@action
def finish_next_action(*, terminal: Terminal, outcome: str, by: Person, now: datetime) -> NextAction:
    """完成行动  The next action was done, with what came of it. Raises NoNextAction."""
    by.must(PROSPECT, terminal)
    live = NextAction.objects.select_for_update().filter(terminal=terminal, ended_at=None).first()
    if live is None:
        raise NoNextAction
    _end_action(terminal.pk, done=True, outcome=outcome, by=by, now=now)
    _touch([terminal.pk], now)
    record(facts.NEXT_ACTION_DONE, live, by=by, at=now, terminal=terminal.pk, what=live.what, outcome=outcome.strip())
    return live


@action
def touch_prospects(*, terminal_ids: Collection[int], verb: str, by: Person, now: datetime) -> int:
    """跟进  Somebody worked on these prospects (a visit, a call): the rule for idle ones counts anew; answers how many."""
    by.must(verb)
    return _touch(terminal_ids, now)


# --- the pool ---------------------------------------------------------------------------------------------------------


@action
def claim_prospects(*, terminal_ids: Collection[int], by: Person, now: datetime) -> int:
    """领取  Take prospects out of the pool into one's own hands, all or none; answers how many.

    Of two who claim at once one is refused. Raises NotFound for what is not in this person's pool, AlreadyClaimed,
    PoolFull, CoolingOff.
    """
    by.must(PROSPECT)
    rules.check_can_own(by.name, by.held)
    keys = sorted(set(terminal_ids))
    locked = {t.pk: t for t in Terminal.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}
    for pk in keys:
        terminal = locked.get(pk)
        if terminal is not None and terminal.owner_id and queries.is_prospect(pk) and _was_free_for(by, terminal):
            raise AlreadyClaimed(name=terminal.name)
        queries.pool_terminal(by, pk)
    policy = queries_policies.in_force(POOL, localdate(now))
    _check_room(by.pk, len(keys), now)
    for pk in keys:
        _check_cooled(locked[pk], by, policy.value.cooling_days, localdate(now))
        _hand_to(locked[pk], by, by, now)
        record(facts.PROSPECT_CLAIMED, locked[pk], by=by, at=now, terminal=pk, person=by.login)
    _touch(keys, now)
    return len(keys)


@action
def give_back_prospect(*, terminal: Terminal, why: str, by: Person, now: datetime, note: str = "") -> PoolReturn:
    """退回公海  Who looks after a prospect gives it back, with a reason. Raises NotAProspect, ReturnWhyMissing."""
    by.must(PROSPECT, terminal)
    check_return(why, note)
    kept = _locked(terminal)
    if kept.stage not in OPEN_STAGES:
        raise NotAProspect
    owner = live_link(terminal, rules.OWNER)
    if owner is None:
        raise NobodysProspect(name=terminal.name)
    made = _into_pool(kept.pk, owner, why, note, None, "", by, now)
    record(
        facts.PROSPECT_GIVEN_BACK, made, by=by, at=now, terminal=kept.pk, person=owner.person.login, why=why, note=note
    )
    return made


@action
def return_idle_prospects(*, day: date, by: Person, now: datetime) -> int:
    """闲置退回  Prospects nobody has worked on for as long as the policy allows go back to the pool; answers how many.

    So do those of who has left.
    """
    by.must("terminals.assign")
    policy = queries_policies.in_force(POOL, day)
    count = 0
    for pk, stage, why, idle in queries.idle_prospects(day):
        owner = Link.objects.filter(terminal=pk, role=rules.OWNER, until=None).select_related("person").first()
        if owner is None:
            continue
        made = _into_pool(pk, owner, why, "", idle, policy.label, by, now)
        record(
            facts.PROSPECT_RETURNED, made, by=by, at=now, terminal=pk, person=owner.person.login, stage=stage,
            why=why, idle_days=idle,
        )  # fmt: skip
        count += 1
    return count


# --- what they lean on ------------------------------------------------------------------------------------------------


def _begin(terminal: Terminal, source: str, by: Person, now: datetime, known: Mapping[str, Any]) -> Prospect:
    """The prospect's part and its first stage."""
    if unknown := known.keys() - set(PROSPECT_FIELDS):
        raise TypeError(f"no such field of a prospect: {sorted(unknown)}")
    given = {name: value for name, value in known.items() if value not in (None, "")}
    if given.keys() & {"estimate_fen", "estimate_units"}:
        given.setdefault("estimate_on", localdate(now))
    kept = Prospect.objects.create(
        terminal=terminal, stage=GENERAL, stage_since=now, registered_by=by, registered_at=now, touched_at=now,
        **given | {"source": source},
    )  # fmt: skip
    label = queries_policies.in_force(STAGE_RULES, localdate(now)).label
    Stage.objects.create(
        terminal=terminal, stage=GENERAL, since=now, holder_id=terminal.owner_id, set_by=by, policy=label
    )
    record(facts.PROSPECT_REGISTERED, kept, by=by, at=now, terminal=terminal.pk, source=source)
    return kept


def _locked(terminal: Terminal) -> Prospect:
    """The prospect's row, locked. Raises NotAProspect."""
    kept = Prospect.objects.select_for_update(of=("self",)).filter(pk=terminal.pk).first()
    if kept is None:
        raise NotAProspect
    return kept


def _into(kept: Prospect, stage: str, why: str, note: str, label: str, by: Person, now: datetime) -> Stage:
    Stage.objects.filter(terminal=kept.pk, until=None).update(until=now)
    holder = Terminal.objects.values_list("owner", flat=True).get(pk=kept.pk)
    made = Stage.objects.create(
        terminal_id=kept.pk, stage=stage, since=now, why=why, note=note.strip()[:200], holder_id=holder, set_by=by,
        policy=label,
    )  # fmt: skip
    kept.stage, kept.stage_since, kept.touched_at = stage, now, now
    kept.save(update_fields=["stage", "stage_since", "touched_at"])
    return made


def _end_action(terminal: int, *, done: bool, outcome: str, by: Person, now: datetime) -> None:
    NextAction.objects.filter(terminal=terminal, ended_at=None).update(
        ended_by=by, ended_at=now, done=done, outcome=outcome.strip()[:200]
    )


def _touch(keys: Collection[int], now: datetime) -> int:
    return Prospect.objects.filter(pk__in=list(keys), touched_at__lt=now).update(touched_at=now)


def _check_room(owner: int, wanted: int, now: datetime) -> None:
    """Nobody holds more than the policy allows; the owner's row is locked, so that two claims cannot both fit."""
    people.hold_still(owner)
    check_capacity(queries.held_by([owner])[owner], wanted, queries_policies.in_force(POOL, localdate(now)).value)


def _was_free_for(by: Person, terminal: Terminal) -> bool:
    """Whether this person would see the terminal in the pool were it free: only then may they be told who came first."""
    paths = [post.territory_path for post in by.held if post.territory_path]
    place = terminal.territory.path if terminal.territory else ""
    return by.reach(PROSPECT).everything or any(place.startswith(path) for path in paths)


def _check_cooled(terminal: Terminal, by: Person, cooling_days: int, today: date) -> None:
    back = queries.last_return(terminal.pk, by.pk)
    if back is None:
        return
    given_back = localdate(back.at)
    if (today - given_back).days < cooling_days:
        free_on = date.fromordinal(given_back.toordinal() + cooling_days)
        raise CoolingOff(name=terminal.name, given_back=given_back, free_on=free_on)


def _hand_to(terminal: Terminal, person: Person, by: Person, now: datetime) -> None:
    Link.objects.filter(terminal=terminal, role=rules.OWNER, until=None).update(until=now)
    Link.objects.create(terminal=terminal, person=person, role=rules.OWNER, since=now, made_by=by)
    Terminal.objects.filter(pk=terminal.pk).update(owner=person)
    follow_kept(terminal.pk, by, now)


def _into_pool(
    pk: int, owner: Link, why: str, note: str, idle: int | None, label: str, by: Person, now: datetime
) -> PoolReturn:
    Link.objects.filter(pk=owner.pk).update(until=now)
    Terminal.objects.filter(pk=pk).update(owner=None)
    follow_kept(pk, by, now)
    _end_action(pk, done=False, outcome="退回公海", by=by, now=now)
    return PoolReturn.objects.create(
        terminal_id=pk,
        person=owner.person,
        why=why,
        note=note.strip()[:200],
        idle_days=idle,
        policy=label,
        by=by,
        at=now,
    )


def _blank(name: str) -> Any:
    """An emptied field: texts as '', numbers and days as nothing."""
    return None if Prospect._meta.get_field(name).null else ""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
