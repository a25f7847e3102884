"""回签: a statement comes back signed, agreeing or not (domain 2.12)."""

from __future__ import annotations

from datetime import date

from kewei.kernel.refusals import N_, Refused, refusal

WAITING, LATE, AGREED, DIFFERS = "waiting", "late", "agreed", "differs"
STATES: dict[str, str] = {
    WAITING: N_("待回签"),
    LATE: N_("超期未回签"),
    AGREED: N_("相符"),
    DIFFERS: N_("不符"),
}
# Not signed after so many days: a warning (domain 4.11).
LATE_DAYS = 30
# What is sealed is acknowledged; a name alone has to be an authorised one's (domain 2.12).
SEALS: dict[str, str] = {
    "company": N_("公章"),
    "finance": N_("财务章"),
    "electronic": N_("可靠电子签名"),
    "none": N_("仅签字"),
}


@refusal
class SignBackDay(Refused):
    code = "sign_back_day"
    says = N_("回签日期 {on} 不对：不能早于截止日 {last}，也不能晚于今天")


@refusal
class SignBackNeedsSigner(Refused):
    code = "sign_back_needs_signer"
    says = N_("请填写经办人和职务")


@refusal
class SignBackNeedsDifference(Refused):
    code = "sign_back_needs_difference"
    says = N_("回签不符时，请填写差额和原因；相符时差额为零")


def check_sign_back(
    *, agrees: bool, difference_fen: int, reason: str, signer: str, job: str, on: date, last: date, today: date
) -> None:
    """A sign-back is whole. Raises SignBackDay, SignBackNeedsSigner, SignBackNeedsDifference."""
    if not last <= on <= today:
        raise SignBackDay(on=on, last=last)
    if not signer.strip() or not job.strip():
        raise SignBackNeedsSigner
    if agrees != (difference_fen == 0) or (not agrees and not reason.strip()):
        raise SignBackNeedsDifference


def state_of(agrees: bool | None, made_on: date, today: date) -> str:
    """What a statement's newest sign-back makes of it; None where there is none yet."""
    if agrees is None:
        return LATE if (today - made_on).days > LATE_DAYS else WAITING
    return AGREED if agrees else DIFFERS
