"""Promise 6: kill -9 at random instants of import, posting and allocation loses nothing and leaves nothing half done."""

import json

import pytest
from tests.promises.conftest import counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@counts(25, 200)
def test_killed_at_any_instant(times, company):
    """What was acknowledged is there, the rest is not there at all, and running the same again completes it."""
    instants = json.loads(company.run("tests.promises.killed_worker", str(times), "20261123"))
    assert instants["during"] + instants["after"] == times
    assert instants["during"] > times // 2, "most of the kills came before the work was done"
