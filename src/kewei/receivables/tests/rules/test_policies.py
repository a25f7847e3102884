from dataclasses import replace
from datetime import date

from kewei.receivables.rules.policies import RATES, rates_on


def test_a_new_version_leaves_earlier_days_as_they_were():
    dearer = replace(RATES[0], version="2027-01", since=date(2027, 1, 1), annual_bp=500)
    versions = (dearer, *RATES)
    assert rates_on(date(2026, 12, 31), versions).annual_bp == 400
    assert rates_on(date(2027, 1, 1), versions).annual_bp == 500


def test_every_version_names_its_source():
    assert all(rates.source and rates.version for rates in RATES)
