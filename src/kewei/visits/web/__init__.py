"""Pages of visits, gathered by topic."""

from __future__ import annotations

from typing import Any

from kewei.visits.web.before import BEFORE
from kewei.visits.web.plans import PLANS
from kewei.visits.web.visits import VISITS
from kewei.visits.web.work import WORK

urlpatterns: list[Any] = [*BEFORE, *PLANS, *VISITS, *WORK]
