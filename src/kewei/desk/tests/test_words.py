"""Template words: amounts, days, statuses, charts, and what happens to text that wants to be markup."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from kewei.desk.templatetags import kewei


def said(template: str, **given) -> str:
    """A template rendered with our words, which are built in."""
    return Template(template).render(Context(given))


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [(123_456_789_00, "12,345.7", "123,457"), (-50_000, "-0.1", "-1"), (-400, "0.0", "0"), (None, "", "")],
)
def test_tiles_count_in_ten_thousands_in_chinese_and_in_thousands_in_english(fen, zh, en):
    with translation.override("zh-hans"):
        assert kewei.wan(fen) == zh
    with translation.override("en"):
        assert kewei.wan(fen) == en


def test_an_amount_keeps_every_fen_and_shows_a_minus():
    assert said("{% amount fen %}", fen=-123_405) == '<span class="k-num k-bad">-1,234.05</span>'
    assert said("{{ fen|yuan }}", fen=100_000_001) == "1,000,000.01"


def test_days_are_those_of_the_company_not_of_greenwich():
    assert "2026-11-24" in said("{{ at|day }}", at=datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    assert "2026-11-24 01:00" in said("{{ at|moment }}", at=datetime(2026, 11, 23, 17, 0, tzinfo=UTC))
    assert said("{{ on|day }}", on=date(2026, 2, 28)) == '<time datetime="2026-02-28">2026-02-28</time>'


def test_text_of_the_data_is_never_markup():
    bad = "<script>alert(1)</script>"
    for template in (
        "{% badge bad 'ok' %}",
        "{% card title=bad note=bad %}{{ bad }}{% endcard %}",
        "{% kpi name=bad value=bad %}",
    ):
        assert "<script>" not in said(template, bad=bad)
    assert "<script>alert" not in said("{% chart 'bars' data bad %}", data={"names": [bad]}, bad=bad)


def test_a_chart_carries_its_data_as_json():
    data = {"names": ["</script>", "甲&乙"], "fen": [1, 2]}
    page = said("{% chart 'bars' data '图' %}", data=data)
    body = page.split('<script type="application/json">')[1].split("</script>")[0]
    assert json.loads(body) == data


def test_a_share_stays_between_nothing_and_all():
    for part, whole, wide in ((1, 3, 33), (5, 3, 100), (-1, 3, 0), (1, 0, 0)):
        assert f'class="k-share-part" width="{wide}"' in said("{% share p w %}", p=part, w=whole)


def test_an_unknown_tone_is_quiet():
    assert "k-badge-quiet" in said("{% badge '甲' 'shouting' %}")


def test_the_title_stands_in_the_tab_and_in_the_heading():
    page = said("{% pagetitle %}{% block title %}甲 & 乙{% endblock %}{% endpagetitle %}<h1>{{ page_title }}</h1>")
    assert page.count("甲 & 乙") == 2
