"""What phones send: rounds, photos, their leave. A phone proves itself by its mark; no session, so no forged request."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from kewei.field import actions, queries
from kewei.field.actions import Answer, Told
from kewei.field.rules import BadCommand, DeviceStopped, UnknownDevice
from kewei.kernel.refusals import N_, Refused, refusal

if TYPE_CHECKING:
    from kewei.field.models import Device

DEVICE, MARK, SAID, SENT = "X-Kewei-Device", "X-Kewei-Mark", "X-Kewei-Command", "X-Kewei-Sent"


@refusal
class RoundTooLarge(Refused):
    code = "round_too_large"
    says = N_("一次送来的内容太大：最多 {limit_mb} MB")
    status = 413


def from_phones(view: Callable[..., dict[str, Any]]) -> Callable[..., JsonResponse]:
    """A view phones call: JSON in and out, refusals too, with `wipe` where the phone must let go of everything."""

    @login_not_required
    @csrf_exempt
    @require_POST
    @gzip_page
    def answered(request: HttpRequest) -> JsonResponse:
        try:
            return _json(view(request))
        except RequestDataTooBig:
            return _no(RoundTooLarge(limit_mb=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20))
        except Refused as no:
            return _no(no)

    return answered


def _no(no: Refused) -> JsonResponse:
    body = {"code": no.code, "sentence": no.sentence(_), "advice": no.advice(_), "wipe": isinstance(no, DeviceStopped)}
    return _json(body, no.status)


def _json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@from_phones
def sync(request: HttpRequest) -> dict[str, Any]:
    """同步  One round: commands in, what became of them and what changed out."""
    device, text, mark = _speaking(request)
    answer = actions.sync(
        device=device, text=text, mark=mark, address=_address(request), by=device.person, now=timezone.now()
    )
    return round_as_json(answer)


@from_phones
def photo(request: HttpRequest) -> dict[str, Any]:
    """收照片  The command in a header, the picture as the body: one photo at a time, each with its key."""
    device = _device(request)
    said = _said(request)
    try:
        sent_at = datetime.fromisoformat(request.headers.get(SENT, "")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCommand(part=SENT) from None
    told = actions.take_photo(
        device=device, said=said, mark=request.headers.get(MARK, ""), content=request.body, sent_at=sent_at,
        address=_address(request), by=device.person, now=timezone.now(),
    )  # fmt: skip
    return _told(told)


@from_phones
def piece(request: HttpRequest) -> dict[str, Any]:
    """收原图分片  What is said of the piece in a header, its bytes as the body; without bytes: how much is here."""
    device = _device(request)
    stands = actions.take_piece(
        device=device, said=_said(request), mark=request.headers.get(MARK, ""), content=_bytes(request),
        address=_address(request), by=device.person, now=timezone.now(),
    )  # fmt: skip
    return vars(stands)


@from_phones
def leave(request: HttpRequest) -> dict[str, Any]:
    """退出  The phone signs itself off after wiping."""
    device, text, mark = _speaking(request)
    actions.sign_off(
        device=device, text=text, mark=mark, address=_address(request), by=device.person, now=timezone.now()
    )
    return {"left": True}


def _device(request: HttpRequest) -> Device:
    said = request.headers.get(DEVICE, "")
    if not said.isascii() or not said.isdecimal() or len(said) > 18:
        raise UnknownDevice
    return queries.known_device(int(said))


def _said(request: HttpRequest) -> str:
    try:
        return base64.b64decode(request.headers.get(SAID, ""), validate=True).decode("utf-8")
    except ValueError:
        raise BadCommand(part=SAID) from None


def _bytes(request: HttpRequest) -> bytes:
    """What came of the body: of a line that broke, what came before."""
    try:
        return request.body
    except UnreadablePostError:
        return b""


def _speaking(request: HttpRequest) -> tuple[Device, str, str]:
    device = _device(request)
    try:
        return device, request.body.decode("utf-8"), request.headers.get(MARK, "")
    except UnicodeDecodeError:
        raise BadCommand(part="UTF-8") from None


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


def round_as_json(answer: Answer) -> dict[str, Any]:
    """What a phone hears."""
    return {
        "number": answer.number,
        "now": answer.now.isoformat(timespec="milliseconds"),
        "told": [_told(one) for one in answer.told],
        "whole": answer.change.whole,
        "rows": answer.change.rows,
        "gone": answer.change.gone,
    }


def _told(told: Told) -> dict[str, Any]:
    return vars(told)


URLS = [
    path("sync", sync, name="sync"),
    path("photo", photo, name="photo"),
    path("piece", piece, name="piece"),
    path("leave", leave, name="leave"),
]
