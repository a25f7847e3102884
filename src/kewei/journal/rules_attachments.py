"""Files kept as evidence: what may come in, recognised by its content, never by its name (domain 4.8)."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal

MOST_BYTES = 10 * 1024 * 1024
_SHAPES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
_PNG_TEXT = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}


@refusal
class AttachmentKind(Refused):
    code = "attachment_kind"
    says = N_("「{filename}」不是 PDF、PNG 或 JPEG：只收这三种")


@refusal
class AttachmentTooLarge(Refused):
    code = "attachment_too_large"
    says = N_("「{filename}」有 {megabytes} MB，最多 {most_megabytes} MB")


@refusal
class AttachmentEmpty(Refused):
    code = "attachment_empty"
    says = N_("「{filename}」是空文件")


def kind_of(filename: str, content: bytes) -> tuple[str, str]:
    """(media type, ending) by content. Raises AttachmentEmpty, AttachmentTooLarge, AttachmentKind."""
    shown = filename[:80]
    if not content:
        raise AttachmentEmpty(filename=shown)
    if len(content) > MOST_BYTES:
        raise AttachmentTooLarge(
            filename=shown, megabytes=-(-len(content) // 2**20), most_megabytes=MOST_BYTES // 2**20
        )
    for beginning, mime, ending in _SHAPES:
        if content.startswith(beginning):
            return mime, ending
    raise AttachmentKind(filename=shown)


def cleaned(mime: str, content: bytes) -> bytes:
    """The file without what a camera wrote into it: places, times, owners (domain 4.8: minimal)."""
    if mime == "image/jpeg":
        return _jpeg_without_notes(content)
    if mime == "image/png":
        return _png_without_notes(content)
    return content


def _jpeg_without_notes(content: bytes) -> bytes:
    """Without the segments APP1…APP15 and COM; a file that is no proper JPEG comes back as it is."""
    kept, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:  # from here on the picture itself
            return bytes(kept + content[at:])
        if length < 2 or at + 2 + length > len(content):
            break
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept += content[at : at + 2 + length]
        at += 2 + length
    return content


def _png_without_notes(content: bytes) -> bytes:
    """Without chunks of text, time and EXIF; a file that is no proper PNG comes back as it is."""
    kept, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if at + 12 + length > len(content):
            return content
        if name not in _PNG_TEXT:
            kept += content[at : at + 12 + length]
        at += 12 + length
        if name == b"IEND":
            return bytes(kept)  # whatever was hung behind the picture stays out
    return content
