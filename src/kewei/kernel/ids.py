"""Codes and keys: the unified social credit code, idempotency keys, digests."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from datetime import date
from typing import Any

from kewei.kernel.refusals import N_

# SQLite and PostgreSQL keep the keys of rows in 64 bits.
LARGEST_KEY = 2**63 - 1

# GB 32100-2015, table 1: 31 characters, without I, O, S, V, Z which are easily misread.
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(CREDIT_CODE_ALPHABET)}
_WEIGHTS = [pow(3, position, 31) for position in range(17)]
_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}")

WRONG_LENGTH = N_("统一社会信用代码应为 18 位")
WRONG_CHARACTER = N_("统一社会信用代码只用数字和大写字母，不用 I、O、S、V、Z")
WRONG_REGION = N_("统一社会信用代码第 3 至 8 位应为数字（行政区划）")
WRONG_CHECK_DIGIT = N_("统一社会信用代码的校验位不对，请核对是否抄错")


def credit_code_fault(code: str) -> str | None:
    """What is wrong with a unified social credit code, as a phrase to translate; None when nothing is.

    Checks length, alphabet, the digits of the region and the check digit (GB 32100-2015).
    """
    if len(code) != 18:
        return WRONG_LENGTH
    if any(character not in _VALUE for character in code):
        return WRONG_CHARACTER
    if not _SHAPE.fullmatch(code[:17]):
        return WRONG_REGION
    if _check_digit(code[:17]) != code[17]:
        return WRONG_CHECK_DIGIT
    return None


def make_credit_code(body17: str) -> str:
    """Append the check digit to the first 17 characters. Raises ValueError where they cannot be such."""
    if not _SHAPE.fullmatch(body17):
        raise ValueError(f"not the first 17 characters of a credit code: {body17!r}")
    return body17 + _check_digit(body17)


def _check_digit(body17: str) -> str:
    total = sum(_VALUE[character] * weight for character, weight in zip(body17, _WEIGHTS, strict=True))
    return CREDIT_CODE_ALPHABET[-total % 31]


def new_key() -> str:
    """A fresh random key, 32 hexadecimal characters."""
    return uuid.uuid4().hex


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value: keys sorted, no spaces, UTF-8, days in ISO.

    Equal values give equal digests in every process and on every machine. Floats are refused
    (TypeError): their text is not stable enough to chain on.
    """
    _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_iso)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a digest is not taken over floats")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("a digest is taken over objects with text keys only")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value).__name__}")
