"""照片: only whole pictures, with no patient on them (domain 4.8); what a camera wrote into them the journal takes out."""

from __future__ import annotations

import hashlib

from kewei.kernel.refusals import N_, Refused, refusal

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
# Markers of a JPEG that carry the size of the picture: baseline, progressive and their kin.
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


@refusal
class NotAPicture(Refused):
    code = "not_a_picture"
    says = N_("这不是完整的 JPEG 或 PNG 图片")
    next_step = N_("请重新拍摄或另选一张")


@refusal
class PictureNotCleared(Refused):
    code = "picture_not_cleared"
    says = N_("请先确认照片里没有患者信息，也没有无关的人脸")


@refusal
class TooManyPhotos(Refused):
    code = "too_many_photos"
    says = N_("一次拜访最多 {most} 张照片")


@refusal
class NotTheFullPhoto(Refused):
    code = "not_the_full_photo"
    says = N_("原图与小图登记的指纹不符，未予接收")
    next_step = N_("请在手机上重新上传原图")
    status = 409


def size_of(content: bytes) -> tuple[int, int] | None:
    """(width, height) of a JPEG or PNG that has a beginning, a picture and an end; None for anything else."""
    if content.startswith(_PNG):
        return _png_size(content)
    return _jpeg_size(content) if content.startswith(_JPEG) else None


def check_picture(content: bytes) -> None:
    """Refuse what is no whole picture. Raises NotAPicture."""
    size = size_of(content)
    if size is None or 0 in size:
        raise NotAPicture


def check_cleared(cleared: bool, count: int, most: int) -> None:
    """Refuse a picture nobody has looked at for patients, and one too many. Raises PictureNotCleared, TooManyPhotos."""
    if not cleared:
        raise PictureNotCleared
    if count >= most:
        raise TooManyPhotos(most=most)


def check_full(content: bytes, digest: str) -> None:
    """Refuse what is not the full picture that was announced. Raises NotTheFullPhoto, NotAPicture."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotTheFullPhoto
    check_picture(content)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-64:] or b"IDAT" not in content:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    if b"\xff\xd9" not in content[-64:]:
        return None
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
