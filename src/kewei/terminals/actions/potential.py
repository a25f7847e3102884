"""Setting potential classes, by rule for many and by judgement for one, and targets of new customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.terminals import facts
from kewei.terminals.models import Potential, Target, Terminal
from kewei.terminals.queries import potential as queries
from kewei.terminals.rules.coverage import check_target
from kewei.terminals.rules.potential import POTENTIAL, check_judgement, class_of, share_bp, thirds


@action
def judge_potential(
    *, terminal: Terminal, potential: str, note: str, by: Person, now: datetime, barrier: bool = False
) -> Potential:
    """判定潜力级  A person sets a class over the rule's, with a basis. Raises what check_judgement raises."""
    by.must("terminals.prospect", terminal)
    today = localdate(now)
    policy = queries_policies.in_force(POTENTIAL, today)
    live = Potential.objects.select_for_update().filter(terminal=terminal, until=None).first()
    check_judgement(potential, note, live.since if live else None, bool(live and live.judged), today, policy.value)
    if live is not None:
        live.until = today
        live.save(update_fields=["until"])
    made = Potential.objects.create(
        terminal=terminal, potential=potential, basis="judged", judged=True, barrier=barrier, note=note.strip()[:200],
        third=live.third if live else None, demand_fen=live.demand_fen if live else None,
        share_bp=live.share_bp if live else None, policy=policy.label, since=today, set_by=by, set_at=now,
    )  # fmt: skip
    record(
        facts.POTENTIAL_SET, made, by=by, at=now, terminal=terminal.pk, potential=potential, judged=True, note=made.note
    )
    return made


@action
def classify_terminals(
    *, bought: Mapping[int, int], verb: str, by: Person, now: datetime, again: bool = False
) -> dict[str, int]:
    """重算潜力级  Classes by the rule of terminals whose demand is known; answers {"set", "same", "kept"}.

    `bought` is what each terminal bought from us in a month, in fen, told by the room that posts sales. A class set
    within the half-year is kept, by rule or by a person; with `again` only what a person judged.
    """
    by.must(verb)
    today = localdate(now)
    policy = queries_policies.in_force(POTENTIAL, today)
    demands = queries.demands()
    ranks = thirds(demands, policy.value.fewest_peers)
    live = {p.terminal_id: p for p in Potential.objects.filter(until=None)}
    made, counts = [], {"set": 0, "same": 0, "kept": 0}
    for demand in demands:
        rank, before = ranks[demand.terminal], live.get(demand.terminal)
        share = share_bp(bought.get(demand.terminal, 0), demand.fen)
        young = before is not None and (today - before.since).days < policy.value.again_days
        if before is not None and young and (before.judged or not again):
            counts["kept"] += 1
            continue
        barrier = bool(before and before.barrier)
        potential = class_of(rank.third, share, barrier)
        same = before is not None and (before.potential, before.third, before.share_bp, before.demand_fen) == (
            potential, rank.third, share, demand.fen,
        )  # fmt: skip
        if same:
            counts["same"] += 1
            continue
        counts["set"] += 1
        made.append(
            Potential(
                terminal_id=demand.terminal, potential=potential, third=rank.third, demand_fen=demand.fen, share_bp=share,
                basis=demand.basis, among=rank.among, peers=rank.peers, barrier=barrier, policy=policy.label, since=today,
                set_by=by, set_at=now,
            )
        )  # fmt: skip
    Potential.objects.filter(terminal__in=[one.terminal_id for one in made], until=None).update(until=today)
    Potential.objects.bulk_create(made, batch_size=500)
    record(facts.POTENTIALS_SET, policy.label, by=by, at=now, **counts)
    return counts


@action
def set_target(*, person: Person, month: date, customers: int, by: Person, now: datetime) -> Target:
    """设定开发目标  How many new customers a representative is to win in a month. Raises BadTarget."""
    by.must("terminals.growth")
    queries.team_member(by, person.pk)
    check_target(customers)
    made = Target.objects.create(person=person, month=month.replace(day=1), customers=customers, set_by=by, set_at=now)
    record(facts.TARGET_SET, made, by=by, at=now, person=person.login, month=made.month, customers=customers)
    return made
