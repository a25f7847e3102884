"""Refusals: one code each, numbers for programs, a sentence for people."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date

import pytest

from kewei.kernel.money import EMPTY, BadAmount
from kewei.kernel.refusals import (
    N_,
    BadValue,
    KeyReused,
    NotAllowed,
    NotFound,
    Refused,
    TryAgain,
    all_refusals,
    refusal,
)


@refusal
class OverLimitInTest(Refused):
    code = "over_limit_in_test"
    says = N_("授信额度还剩 {left_fen} 元，此单 {wanted_fen} 元，截至 {day}")
    next_step = N_("请申请临时额度 {wanted_fen} 元")


def over_limit() -> OverLimitInTest:
    return OverLimitInTest(left_fen=120_000, wanted_fen=300_000, day=date(2024, 1, 31))


def test_the_sentence_prints_fen_as_yuan_and_days_as_iso():
    assert over_limit().sentence() == "授信额度还剩 1,200.00 元，此单 3,000.00 元，截至 2024-01-31"
    assert str(over_limit()) == over_limit().sentence()
    assert over_limit().advice() == "请申请临时额度 3,000.00 元"
    assert NotFound("发票").advice() == ""


def test_a_sentence_names_some_of_a_long_list_and_says_how_many_there_are():
    assert BadValue(field="单据号", value=["A1", "A2"], reason="重复").sentence() == "单据号的值「A1、A2」不对：重复"
    many = BadValue(field="单据号", value=[f"A{n}" for n in range(3_000)], reason="重复")
    assert many.sentence().endswith("、A19 等 3000 个」不对：重复")
    assert len(many.numbers["value"]) == 3_000


def test_numbers_are_readable_and_fit_json():
    refused = over_limit()
    assert refused.left_fen == 120_000
    assert refused.day == date(2024, 1, 31)
    assert json.loads(json.dumps(refused.numbers)) == {
        "left_fen": 120_000,
        "wanted_fen": 300_000,
        "day": "2024-01-31",
    }
    assert refused.status == 422


def test_the_sentence_speaks_the_readers_language():
    english = {
        OverLimitInTest.says: "{left_fen} left, {wanted_fen} wanted, as of {day}",
        "{field}的值「{value}」不对：{reason}": "{field} cannot be {value}: {reason}",
        "金额": "Amount",
        "「{text}」不能作为金额：{reason}": "{text} is no amount: {reason}",
        EMPTY: "nothing given",
    }

    def translate(text):
        return english.get(text, text)

    assert over_limit().sentence(translate) == "1,200.00 left, 3,000.00 wanted, as of 2024-01-31"
    nested = BadValue(field="金额", value="x{0}", reason=BadAmount(text="x", reason=EMPTY))
    assert nested.sentence(translate) == "Amount cannot be x{0}: x is no amount: nothing given"
    assert nested.numbers["reason"] == {"code": "bad_amount", "numbers": {"text": "x", "reason": EMPTY}}


def test_what_a_person_typed_is_never_translated():
    def shout(text):
        return text if "{" in text else text.upper()

    assert BadAmount(text="abc", reason="why").sentence(shout) == "「abc」不能作为金额：WHY"


def test_a_missing_field_fails_where_it_is_raised():
    with pytest.raises(TypeError, match="wanted_fen"):
        OverLimitInTest(left_fen=1, day=date(2024, 1, 31))
    with pytest.raises(TypeError):
        TryAgain("too", "many")


def test_values_may_be_given_in_the_order_of_the_sentence():
    assert NotAllowed("查看").sentence() == "您没有权限：查看"
    assert BadValue("金额", "x", "不是数字").numbers == {"field": "金额", "value": "x", "reason": "不是数字"}


def test_the_common_ones_have_the_status_of_their_kind():
    statuses = [NotAllowed("x").status, NotFound("x").status, KeyReused("k").status, TryAgain().status]
    assert statuses == [403, 404, 409, 503]


def test_a_code_belongs_to_one_refusal():
    with pytest.raises(TypeError, match="not_found"):

        @refusal
        class AlsoNotFound(Refused):
            code = "not_found"
            says = "x"

    assert all_refusals()["not_found"] is NotFound


def test_a_refusal_states_its_own_code_and_sentence():
    with pytest.raises(TypeError, match="its own code"):

        @refusal
        class Unnamed(NotFound):
            pass


def test_every_refusal_is_registered_and_well_named():
    for code, kind in all_refusals().items():
        assert code.isidentifier()
        assert code == code.lower() == kind.code
        assert kind.says.strip()
        assert 400 <= kind.status < 600


def test_it_survives_a_process_boundary():
    refused = over_limit()
    for twin in (pickle.loads(pickle.dumps(refused)), copy.copy(refused)):
        assert type(twin) is OverLimitInTest
        assert twin.sentence() == refused.sentence()


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = over_limit().nonsense
