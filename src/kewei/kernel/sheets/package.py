"""An .xlsx as an archive that may lie: find its parts, and unpack them while counting real bytes."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

from kewei.kernel.refusals import N_
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import NoRows, NotASheet, SheetDamaged, SheetEncrypted, SheetUnsafe
from kewei.kernel.sheets.table import MEGABYTE, Limits

BROKEN_ARCHIVE = N_("压缩包不完整")
AMBIGUOUS_ARCHIVE = N_("压缩包里有重名的文件")
BROKEN_XML = N_("内部 XML 不完整")
MISSING_PART = N_("缺少必需的部分")
BOMB = N_("解压后异常庞大，像是压缩炸弹")
CROWDED_ARCHIVE = N_("压缩包里的文件太多")
ENTITIES = N_("内部 XML 带有实体声明")

_DIRECTORY_LIMIT = 2 * MEGABYTE
_RATIO_MATTERS_FROM = 8 * MEGABYTE
_SMALL_PART = 16 * MEGABYTE


@dataclass(frozen=True)
class SheetPart:
    """A sheet of the workbook: its name, the part that holds it, whether people see it."""

    name: str
    path: str
    visible: bool


@dataclass(frozen=True)
class Book:
    """What the workbook says about itself."""

    sheets: list[SheetPart]
    strings: str | None
    styles: str | None
    since_1904: bool


class Package:
    """The parts of one upload, by lower-case path."""

    def __init__(self, archive: zipfile.ZipFile, source: Source, limits: Limits) -> None:
        self._archive = archive
        self._source = source
        self._limits = limits
        self._packed = max(source.size(), 1)
        self._unpacked = 0
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            path = _plain_path(info.filename)
            if path in self._parts:
                raise SheetDamaged(filename=source.filename, reason=AMBIGUOUS_ARCHIVE)
            self._parts[path] = info
        if sum(info.file_size for info in archive.infolist()) > 4 * limits.max_unpacked_bytes:
            raise self.unsafe(BOMB)

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._parts

    def paths(self) -> list[str]:
        """Lower-case paths of all parts."""
        return list(self._parts)

    def damaged(self, reason: str) -> SheetDamaged:
        """The refusal for a file that does not hold together."""
        return SheetDamaged(filename=self._source.filename, reason=reason)

    def unsafe(self, reason: str) -> SheetUnsafe:
        """The refusal for a file that means harm."""
        return SheetUnsafe(filename=self._source.filename, reason=reason)

    def blocks(self, path: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, counted as they come: what the archive claims about sizes is not believed."""
        info = self._parts.get(path.lower())
        if info is None:
            raise self.damaged(MISSING_PART)
        if info.flag_bits & 0x1:
            raise SheetEncrypted(filename=self._source.filename)
        try:
            with self._archive.open(info) as part:
                while block := part.read(MEGABYTE // 4):
                    self._unpacked += len(block)
                    self._check_size()
                    yield block
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
            raise self.damaged(BROKEN_ARCHIVE) from None

    def _check_size(self) -> None:
        if self._unpacked > self._limits.max_unpacked_bytes:
            raise self.unsafe(BOMB)
        if self._unpacked > _RATIO_MATTERS_FROM and self._unpacked > self._limits.max_ratio * self._packed:
            raise self.unsafe(BOMB)

    def walk(self, path: str, start: Callable[[str, dict[str, str]], Any], keep: IO[bytes] | None = None) -> None:
        """Parse a part as XML, calling `start(local name, attributes)`; copy its bytes to `keep` on the way."""
        parser = self.parser()
        parser.StartElementHandler = lambda name, attributes: start(local(name), attributes)
        self.feed(path, parser, keep)

    def parser(self) -> expat.XMLParserType:
        """An XML parser that reads UTF-8 whatever the part declares, and refuses document types."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True

        def refuse(*_: Any) -> None:
            raise self.unsafe(ENTITIES)

        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        return parser

    def feed(self, path: str, parser: expat.XMLParserType, keep: IO[bytes] | None = None) -> None:
        """Run a part through a parser, and into `keep`."""
        try:
            for block in self.blocks(path):
                parser.Parse(block, False)
                if keep is not None:
                    keep.write(block)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise self.damaged(BROKEN_XML) from None

    def book(self) -> Book:
        """What sheets there are and where. Raises NotASheet for other things that come in archives."""
        if "mimetype" in self or "xl/workbook.bin" in self:
            raise NotASheet(filename=self._source.filename, found=N_("不支持的表格格式（.ods 或 .xlsb）"))
        if any(path.startswith(("word/", "ppt/")) for path in self.paths()):
            raise NotASheet(filename=self._source.filename, found=N_("文档或幻灯片"))
        if "[content_types].xml" not in self:
            raise NotASheet(filename=self._source.filename, found=N_("压缩包"))
        workbook = next(iter(self._targets("").get("officeDocument", {}).values()), "xl/workbook.xml")
        related = self._targets(workbook)
        parts = related.get("worksheet", {})
        sheets, since_1904 = self._sheets(workbook, parts)
        if not sheets:
            raise NoRows()
        return Book(
            sheets=sheets,
            strings=next(iter(related.get("sharedStrings", {}).values()), None),
            styles=next(iter(related.get("styles", {}).values()), None),
            since_1904=since_1904,
        )

    def _sheets(self, workbook: str, parts: dict[str, str]) -> tuple[list[SheetPart], bool]:
        sheets: list[SheetPart] = []
        since_1904 = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal since_1904
            if name == "workbookPr":
                since_1904 = attributes.get("date1904", "0").lower() in ("1", "true")
            if name == "sheet":
                path = parts.get(next((v for k, v in attributes.items() if local(k) == "id"), ""))
                if path is not None:
                    visible = attributes.get("state", "visible") == "visible"
                    sheets.append(SheetPart(attributes.get("name", ""), path, visible))

        self.walk_small(workbook, start)
        return sheets, since_1904

    def _targets(self, part: str) -> dict[str, dict[str, str]]:
        """The parts another part leads to: kind -> relation id -> path. Links to the outside are ignored."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        targets: dict[str, dict[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name != "Relationship" or attributes.get("TargetMode") == "External":
                return
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = _plain_path(posixpath.join("/", folder, attributes.get("Target", "")))
            if target in self:
                targets.setdefault(kind, {})[attributes.get("Id", "")] = target

        if path in self:
            self.walk_small(path, start)
        return targets

    def walk_small(self, path: str, start: Callable[[str, dict[str, str]], Any], keep: IO[bytes] | None = None) -> None:
        """Like `walk`, for a part that has no business being large."""
        before = self._unpacked
        self.walk(path, start, keep)
        if self._unpacked - before > _SMALL_PART:
            raise self.unsafe(BOMB)


@contextmanager
def opened(source: Source, limits: Limits) -> Iterator[Package]:
    """The upload as a package. Raises SheetDamaged or SheetUnsafe where the archive cannot be trusted."""
    with source.open() as file:
        try:
            if _directory_size(file) > _DIRECTORY_LIMIT:
                raise SheetUnsafe(filename=source.filename, reason=CROWDED_ARCHIVE)
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
            raise SheetDamaged(filename=source.filename, reason=BROKEN_ARCHIVE) from None
        with archive:
            yield Package(archive, source, limits)


def local(name: str) -> str:
    """An XML name without its prefix."""
    return name[name.find(":") + 1 :]


def _plain_path(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/").lower()


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of the archive's directory, which the library would read into memory whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\5\6")
    if at < 0:
        raise zipfile.BadZipFile("no end of directory")
    directory: int = struct.unpack_from("<L", tail, at + 12)[0]
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\6\7":
        file.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        directory = max(directory % 0xFFFFFFFF, struct.unpack("<Q", file.read(56)[40:48])[0])
    return directory
