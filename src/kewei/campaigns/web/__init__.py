"""Pages of campaigns, by topic."""

from typing import Any

from kewei.campaigns.web.campaigns import CAMPAIGNS
from kewei.campaigns.web.lists import LISTS
from kewei.campaigns.web.materials import MATERIALS

urlpatterns: list[Any] = [*CAMPAIGNS, *LISTS, *MATERIALS]
