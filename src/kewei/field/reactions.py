"""What earlier facts ask of the field app: the phones of somebody who has left are stopped."""

from __future__ import annotations

from datetime import datetime

from kewei.field import actions
from kewei.people import facts as people_facts
from kewei.people import queries as people


def stop_phones(fact, *, now: datetime) -> None:
    """离职停用手机  Every phone of the person the fact is about."""
    actions.stop_devices_of(person=int(fact.subject.rpartition(":")[2]), by=people.system(), now=now)


FOLLOWS = {people_facts.PERSON_LEFT: stop_phones}
