"""Photos in two steps: a small picture with the day's round, the full one behind it in pieces (docs/algorithms/sync.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kewei.field.rules.commands import BadCommand, Body, read_object
from kewei.kernel.refusals import N_, Refused, refusal

# What the phone aims at for a small picture, and what one request carries of a full one: half a second at 1 Mbit/s.
SMALL_BYTES = 12_000
PIECE_BYTES = 64 * 1024
MOST_FULL_BYTES = 4 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@refusal
class FullPhotoTooLarge(Refused):
    code = "full_photo_too_large"
    says = N_("原图太大：最多 {most_mb} MB")
    next_step = N_("请重新拍摄")
    status = 413


@refusal
class UnknownArrival(Refused):
    code = "unknown_arrival"
    says = N_("没有等待这张原图，未予接收，已留存备查")
    status = 404


@refusal
class PieceOutOfPlace(Refused):
    code = "piece_out_of_place"
    says = N_("原图的这一片不在其位：应从第 {have} 字节起，未予接收，已留存备查")
    status = 409


@refusal
class PieceDiffers(Refused):
    code = "piece_differs"
    says = N_("原图的这一片与手机签名的不同，未予接收，已留存备查")
    status = 409


@dataclass(frozen=True)
class Full:
    """A full photo that will follow: its bytes in number and their SHA-256."""

    size: int
    digest: str


@dataclass(frozen=True)
class Piece:
    """A piece as its phone wrote of it; `offset` none where the phone asks how much is here."""

    device: int
    key: str
    offset: int | None
    size: int
    digest: str


def read_full(body: Body) -> Full:
    """What a photo's command says of the full one. Raises BadCommand, FullPhotoTooLarge."""
    size, digest = body.whole("bytes"), body.text("digest", 64)
    if size < 1 or not _DIGEST.fullmatch(digest):
        raise BadCommand(part="full")
    if size > MOST_FULL_BYTES:
        raise FullPhotoTooLarge(most_mb=MOST_FULL_BYTES // 2**20)
    return Full(size, digest)


def read_piece(text: str) -> Piece:
    """What a phone says of a piece. Raises BadCommand naming the part that is wrong."""
    told = read_object(text)
    offset = told.whole_or_none("offset")
    piece = Piece(told.whole("device"), told.text("photo", 36), offset, told.whole("bytes"), told.text("digest", 64))
    if offset is not None and not (0 <= offset < MOST_FULL_BYTES and 0 < piece.size <= PIECE_BYTES):
        raise BadCommand(part="bytes")
    return piece


def check_place(piece: Piece, have: int, whole: int) -> None:
    """Refuse a piece that leaves a gap, overlaps or goes beyond the photo. Raises PieceOutOfPlace."""
    if piece.offset != have or have + piece.size > whole:
        raise PieceOutOfPlace(have=have)
