"""What the clock asks of sell-through: files that distributors' systems drop into a folder."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from kewei.flows.jobs_folders import collect
from kewei.journal.rules import Every
from kewei.people import queries as people

log = logging.getLogger("kewei.flows")


def collect_dropped(*, now: datetime) -> None:
    """收取投递的文件  Every few minutes: what lies in KEWEI_FLOWS_IN is taken in, or refused with the reason beside it."""
    found = collect(settings.FLOWS_IN, by=people.system(), now=now)
    if found:
        log.info("collected %s files, %s refused", len(found), sum(one.why is not None for one in found))


JOBS = [("flows.collect", Every(minutes=5), collect_dropped)]
