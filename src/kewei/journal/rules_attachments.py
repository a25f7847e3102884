"""Files kept as evidence: what may come in, recognised by its content, never by its name (domain 4.8)."""

from __future__ import annotations

from pathlib import PurePosixPath

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
    """Without the notes of its segments (EXIF, XMP, IPTC, comments), and without what hangs behind the picture.

    Colours stay: their profile (APP2) and how they are coded (APP14). A file that breaks off comes back up to there, its
    unreadable rest untouched.
    """
    kept, at = bytearray(content[:2]), 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == _END:
            return bytes(kept + content[at : at + 2])
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(content):
            break
        segment = content[at : at + 2 + length]
        if not _is_note(marker, segment):
            kept += segment
        at += 2 + length
        if marker == _SCAN:
            beyond = _end_of_scan(content, at)
            kept += content[at:beyond]
            at = beyond
    return bytes(kept + content[at:])


_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE


def _is_note(marker: int, segment: bytes) -> bool:
    if marker == 0xE2:
        return not segment[4:].startswith(b"ICC_PROFILE\0")
    return marker == _COMMENT or (0xE1 <= marker <= 0xEF and marker != 0xEE)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the coded picture stops: at a marker that is neither a stuffed byte, nor a restart, nor a filling one."""
    while (at := content.find(b"\xff", at)) >= 0:
        if at + 1 == len(content):
            break
        following = content[at + 1]
        if following not in (0x00, 0xFF) and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2
    return len(content)


def _png_without_notes(content: bytes) -> bytes:
    """Without chunks of text, time and EXIF, and without what hangs behind the picture.

    A file that breaks off comes back up to there, its unreadable rest untouched.
    """
    kept, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if at + 12 + length > len(content):
            break
        if name not in _PNG_TEXT:
            kept += content[at : at + 12 + length]
        at += 12 + length
        if name == b"IEND":
            return bytes(kept)
    return bytes(kept + content[at:])


def plain_name(filename: str, ending: str) -> str:
    """A file's name without its path, without signs nobody sees (line ends, reversed writing), ending as what it is."""
    stem = PurePosixPath(filename.replace("\\", "/")).stem
    seen = "".join(sign for sign in stem if sign.isprintable()).strip(" .")
    return (seen[:180] or "file") + ending
