import pytest

from kewei.receivables.tests.doors import ledger as ledgers


@pytest.fixture
def ledger(db):
    return ledgers.keep()
