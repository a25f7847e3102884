"""Pages of key accounts, gathered by topic."""

from __future__ import annotations

from typing import Any

from kewei.keyaccounts.web.candidates import CANDIDATES
from kewei.keyaccounts.web.plans import PLANS
from kewei.keyaccounts.web.reviews import REVIEWS

urlpatterns: list[Any] = [*CANDIDATES, *PLANS, *REVIEWS]
