"""Names made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel.names import fold, pinyin_initials
from kewei.kernel.tests.making import python


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  杭州市　第一\t人民医院 ", "杭州市 第一 人民医院"),
        ("ＡＢＣ药房（西湖店）", "abc药房(西湖店)"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("杭州市第一人民医院", "hzsdyrmyy"),
        ("重庆医药", "cqyy"),
        ("长沙县", "csx"),
        ("A1药房（西湖店）", "a1yfxhd"),
        ("二院", "ey"),
        ("", ""),
        ("!?—", ""),
    ],
)
def test_pinyin_initials(text, initials):
    assert pinyin_initials(text) == initials


@given(st.text(max_size=30))
def test_initials_are_plain_letters_and_digits(text):
    initials = pinyin_initials(text)
    assert initials.isascii()
    assert initials == initials.lower()
    assert not initials or initials.isalnum()


def test_the_kernel_loads_without_its_heavy_helpers():
    """Every command loads the kernel; dictionaries and parsers wait until they are needed."""
    loaded = python(
        """
        import sys
        from kewei.kernel import calendar, columns, ids, money, names, refusals, sheets
        print([m for m in ("pypinyin", "chinese_calendar", "python_calamine", "django") if m in sys.modules])
        """
    )
    assert loaded.strip() == "[]"


@given(st.text(alphabet="重庆长沙银行医院人民第一二三大药房中山路店朝阳区乐都会乐器 A1", max_size=16))
def test_spelling_word_by_word_is_spelling_the_whole(text):
    from pypinyin import Style, lazy_pinyin

    whole = lazy_pinyin(fold(text), style=Style.FIRST_LETTER, errors=lambda rest: "".join(rest.split()))
    assert pinyin_initials(text) == "".join(whole)
