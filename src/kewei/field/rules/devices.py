"""Phones: how what they say is marked as theirs, and why one is stopped (docs/algorithms/sync.md)."""

from __future__ import annotations

import hashlib
import hmac

from kewei.kernel.refusals import N_, Refused, refusal

COMMAND, ROUND, PIECE = "command", "round", "piece"
LEFT, LOST, REPLACED, GONE = "left", "lost", "replaced", "gone"
REASONS: dict[str, str] = {
    LEFT: N_("本人退出"),
    LOST: N_("遗失"),
    REPLACED: N_("更换手机"),
    GONE: N_("离职或调岗"),
}


@refusal
class DeviceNameMissing(Refused):
    code = "device_name_missing"
    says = N_("请给这台手机起个名字")


@refusal
class UnknownReason(Refused):
    code = "unknown_stop_reason"
    says = N_("没有「{text}」这种停用原因")


@refusal
class DeviceStoppedAlready(Refused):
    code = "device_stopped_already"
    says = N_("这台手机已经停用")
    status = 409


@refusal
class UnknownDevice(Refused):
    code = "unknown_device"
    says = N_("没有登记过这台手机")
    next_step = N_("请登录后重新登记")
    status = 401


@refusal
class DeviceStopped(Refused):
    code = "device_stopped"
    says = N_("这台手机已停用：{reason}。手机上的客户资料将被清除")
    status = 403


@refusal
class BadMark(Refused):
    code = "bad_mark"
    says = N_("签名与这台手机不符，未予接收")
    next_step = N_("请登录后重新登记这台手机")
    status = 401


@refusal
class RoundOver(Refused):
    code = "round_over"
    says = N_("第 {number} 次同步已经过去，请重新同步")
    status = 409


@refusal
class Tampered(Refused):
    code = "command_tampered"
    says = N_("这条记录与手机签名不符，未予接收，已留存备查")
    next_step = N_("请重新登记")
    status = 409


@refusal
class KeyUsed(Refused):
    code = "command_key_used"
    says = N_("这个编号已用于另一条记录，未予接收，已留存备查")
    next_step = N_("请重新登记")
    status = 409


def mark_of(secret: str, about: str, text: str) -> str:
    """The mark of a phone under a text: HMAC-SHA-256, 64 hexadecimal characters.

    What is marked are the bytes that are sent, never a form of them that two programs could write differently; `about`
    (command, round or piece) keeps the mark of one from serving for the other.
    """
    said = f"kewei-field-{about}\n{text}".encode("utf-8", "replace")
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def is_marked(secret: str, about: str, text: str, mark: str) -> bool:
    """Whether the mark is the phone's, compared in a time that tells nothing."""
    return hmac.compare_digest(mark_of(secret, about, text).encode(), mark.encode("utf-8", "replace"))
