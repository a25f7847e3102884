"""What the clock asks of receivables: a check of the whole ledger every night."""

import logging
from collections import Counter
from datetime import datetime, time

from kewei.people import queries as people
from kewei.receivables import actions, queries

log = logging.getLogger(__name__)


def check(*, now: datetime) -> None:
    """Compare the ledger with itself and with the journal; findings are noted and logged."""
    found = Counter(finding.code for finding in queries.findings())
    if found:
        log.error("the ledger has findings: %s; run `kewei check`", dict(found))
    actions.note_check(found=found, by=people.system(), now=now)


JOBS = [("receivables.check", time(2, 30), check)]
