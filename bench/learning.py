"""Learning: recovery curves over the whole book, training, the forecast; seconds and MB. Late payment on real invoices.

    python -m bench.learning

Keeps studies: run it on a copy. The public file of invoices is read from KEWEI_SHARED_DATA (default ../shared/data);
without it the honest protocol is left out.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from bench import clock, houses, trade  # noqa: E402
from kewei.collecting import actions  # noqa: E402
from kewei.collecting.queries import history, learning  # noqa: E402
from kewei.collecting.rules import prediction  # noqa: E402
from kewei.insight.excel import read_invoices  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
CUT = date(2013, 7, 12).toordinal()
ASKED = 50


def measure() -> dict[str, Any]:
    """Seconds of each study once the book is in memory, and of the chances of a page of items."""
    by = person_by_login(houses.DIRECTOR)
    found = history.past(trade.TODAY)
    told: dict[str, Any] = {"invoices": len(found.on)}
    keep = {"as_of": trade.TODAY, "by": by, "now": NOW}
    told["curves"] = clock.timed(lambda: actions.draw_curves(**keep))
    told["loss"] = clock.timed(lambda: actions.reckon_loss(**keep))
    told["prediction"] = clock.timed(lambda: actions.train_prediction(**keep))
    told["forecast"] = clock.timed(lambda: actions.forecast_cash(**keep))
    still = found.entry_id[found.open_fen > 0]
    page = still[:: max(len(still) // ASKED, 1)][:ASKED].tolist()
    told["page"] = clock.repeat(lambda _: learning.pay_chance(page, trade.TODAY), 5)
    overdue = found.entry_id[(found.open_fen > 0) & (found.due < found.day)][:200_000].tolist()
    told["overdue"] = len(overdue)
    told["chances"] = clock.timed(lambda: learning.pay_chance(overdue, trade.TODAY))
    told["mb"] = clock.peak_mb()
    file = _shared() / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
    if file.exists():
        told["ar_ibm"] = prediction.back_test(read_invoices(file), CUT).as_json()
    return told


def _shared() -> Path:
    return Path(os.environ.get("KEWEI_SHARED_DATA", houses.ROOT.parent / "shared" / "data"))


if __name__ == "__main__":
    print(json.dumps(measure()))
