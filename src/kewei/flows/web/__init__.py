"""Pages of sell-through, gathered by topic."""

from __future__ import annotations

from typing import Any

from kewei.flows.web.files import FILES
from kewei.flows.web.months import MONTHS
from kewei.flows.web.names import NAMES
from kewei.flows.web.offsite import OFF_SITES
from kewei.flows.web.samples import SAMPLES
from kewei.flows.web.unread import UNREAD

urlpatterns: list[Any] = [*FILES, *MONTHS, *NAMES, *SAMPLES, *UNREAD, *OFF_SITES]
