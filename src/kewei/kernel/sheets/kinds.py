"""What a file is, by what is in it: the name proves nothing."""

from __future__ import annotations

import re

from kewei.kernel.refusals import N_
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import FileTooLarge, NoRows, NotASheet
from kewei.kernel.sheets.table import MEGABYTE, Limits

XLSX, XLS, TEXT = "xlsx", "xls", "text"

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

WEB_PAGE = N_("改了扩展名的网页")
XML_FILE = N_("XML 文件")
JSON_FILE = N_("JSON 文件")
BINARY = N_("无法识别的二进制文件")

_MAGIC = (
    (b"%PDF", N_("PDF 文件")),
    (b"MZ", N_("可执行程序")),
    (b"\x7fELF", N_("可执行程序")),
    (b"\x89PNG", N_("图片")),
    (b"\xff\xd8\xff", N_("图片")),
    (b"GIF8", N_("图片")),
    (b"BM", N_("图片")),
    (b"Rar!", N_("压缩包")),
    (b"7z\xbc\xaf", N_("压缩包")),
    (b"\x1f\x8b", N_("压缩包")),
    (b"BZh", N_("压缩包")),
    (b"\xfd7zXZ", N_("压缩包")),
    (b"PK\x05\x06", N_("空的压缩包")),
    (b"SQLite format 3", N_("数据库文件")),
    (b"{\\rtf", N_("RTF 文档")),
)
_TAG = re.compile(rb"\s*<\s*(!doctype\s+html|html|head|body|table|meta|script|style|div)\b", re.IGNORECASE)
_HTML_INSIDE = re.compile(rb"<\s*(html|table)\b", re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def kind_of(source: Source, limits: Limits) -> str:
    """XLSX, XLS or TEXT. Raises FileTooLarge, NoRows for an empty file, NotASheet for anything else."""
    size = source.size()
    if size > limits.max_bytes:
        raise FileTooLarge(size_mb=-(-size // MEGABYTE), limit_mb=limits.max_bytes // MEGABYTE)
    if size == 0:
        raise NoRows()
    head = source.head(4096)
    if head.startswith(ZIP_MAGIC):
        return XLSX
    if head.startswith(OLE_MAGIC):
        return XLS
    for magic, found in _MAGIC:
        if head.startswith(magic) and not (magic in (b"BM", b"MZ") and _looks_like_text(head)):
            raise NotASheet(filename=source.filename, found=found)
    if found_markup := _markup(head):
        raise NotASheet(filename=source.filename, found=found_markup)
    if not head.startswith(_BOMS) and b"\x00" not in head and _control_characters(head):
        raise NotASheet(filename=source.filename, found=BINARY)
    return TEXT


def _looks_like_text(head: bytes) -> bool:
    return b"\x00" not in head and not _control_characters(head)


def _control_characters(head: bytes) -> bool:
    """Bytes no text has: control characters other than tab, line ends, form feed, end of file."""
    return any(byte < 32 and byte not in (9, 10, 11, 12, 13, 26) for byte in head)


def _markup(head: bytes) -> str | None:
    bare = head.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip()
    if _TAG.match(bare):
        return WEB_PAGE
    if bare.startswith(b"<?xml"):
        return WEB_PAGE if _HTML_INSIDE.search(bare) else XML_FILE
    if bare.startswith((b"{\r", b"{\n", b'{"', b'[{"', b"[\n")):
        return JSON_FILE
    return None
