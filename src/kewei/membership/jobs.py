"""What the clock asks of membership: what has ended, what a month earned, and whether tiers still fit."""

from __future__ import annotations

import logging
from datetime import datetime, time

from django.utils.timezone import localdate

from kewei.journal.bulk import chunks
from kewei.kernel.calendar import month_before
from kewei.kernel.refusals import Refused
from kewei.membership import actions
from kewei.membership.queries import ledger, members
from kewei.people import queries as people

AT_ONCE = 200
# On this day of the month sales of the month before stand, distributors' late files apart, which do not earn.
EARNED_ON = 3
log = logging.getLogger("kewei.membership")


def expire(*, now: datetime) -> None:
    """到期失效  Every night: points and coupons that ended unused are no longer owed."""
    by = people.system()
    while keys := ledger.with_ended_lots(localdate(now)):
        for part in chunks(keys, AT_ONCE):
            actions.expire(enrolments=part, by=by, now=now)


def monthly(*, now: datetime) -> None:
    """每月结算  From the third on: the month before is earned (again: only the difference), and once tiers are reviewed.

    Tiers are reviewed on that day alone; a worker that slept through it reviews them a month later.
    """
    by, today = people.system(), localdate(now)
    if today.day < EARNED_ON:
        return
    for programme in members.approved_programmes():
        try:
            actions.earn_month(programme=programme.pk, month=month_before(today), by=by, now=now)
            if today.day == EARNED_ON:
                actions.review_tiers(programme=programme.pk, by=by, now=now)
        except Refused as why:
            log.warning("programme %s: %s", programme.code, why)


JOBS = [("membership.expire", time(1, 10), expire), ("membership.monthly", time(1, 20), monthly)]
