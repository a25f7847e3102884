"""Pages of collecting, by topic."""

from typing import Any

from django.urls import path

from kewei.collecting.web import techniques
from kewei.collecting.web.cases import CASES
from kewei.collecting.web.clocks import CLOCKS
from kewei.collecting.web.contacts import CONTACTS
from kewei.collecting.web.disputes import DISPUTES
from kewei.collecting.web.evidence import EVIDENCE_PAGES
from kewei.collecting.web.exits import EXITS
from kewei.collecting.web.interest import INTEREST
from kewei.collecting.web.learning import LEARNING
from kewei.collecting.web.letters import LETTERS
from kewei.collecting.web.offsets import OFFSETS
from kewei.collecting.web.ours import OURS
from kewei.collecting.web.promises import PROMISES
from kewei.collecting.web.reasons import REASON_PAGES
from kewei.collecting.web.tasks import TASK_PAGES
from kewei.collecting.web.wordings import WORDINGS
from kewei.collecting.web.worklist import WORKLIST
from kewei.collecting.web.write_offs import WRITE_OFFS

TECHNIQUES = [path("techniques/", techniques.library, name="techniques")]

urlpatterns: list[Any] = [
    *CASES,
    *CLOCKS,
    *CONTACTS,
    *DISPUTES,
    *EVIDENCE_PAGES,
    *EXITS,
    *INTEREST,
    *LEARNING,
    *LETTERS,
    *OFFSETS,
    *OURS,
    *PROMISES,
    *REASON_PAGES,
    *TASK_PAGES,
    *TECHNIQUES,
    *WORDINGS,
    *WORKLIST,
    *WRITE_OFFS,
]
