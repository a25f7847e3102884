"""Full photos behind the day's round: piece by piece, each once, from where the house stands (docs/algorithms/sync.md)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from kewei.field import facts, rules
from kewei.field.actions.devices import USE
from kewei.field.actions.syncing import DONE, LATER, REFUSED, expect_live, keep_tampered
from kewei.field.models import Arrival, Device, Stopped
from kewei.field.models import Piece as Kept
from kewei.field.queries import secret_of
from kewei.field.rules import BadCommand, DeviceStopped, Piece, PieceDiffers, UnknownArrival
from kewei.field.rules.devices import PIECE, REASONS
from kewei.journal.actions import action, record
from kewei.kernel.refusals import Refused, TryAgain
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.visits import actions as visits_actions
from kewei.visits.rules.photos import NotTheFullPhoto


@dataclass(frozen=True)
class Stands:
    """How a full photo stands: `have` bytes are here; done once it is whole, refused with a sentence, or later."""

    key: str
    state: str
    have: int = 0
    code: str = ""
    sentence: str = ""


def take_piece(
    *, device: Device, said: str, mark: str, content: bytes, address: str = "", by: Person, now: datetime
) -> Stands:
    """收原图分片  One piece, or the question how much is here; what is not as the phone signed it is kept as evidence.

    The same piece again changes nothing. A piece that was cut off on the way comes again. Raises DeviceStopped.
    """
    expect_live(device, by, now)
    if not rules.is_marked(secret_of(device), PIECE, said, mark):
        return _suspect(device, "", PieceDiffers(), said, mark, address, now)
    try:
        piece = rules.read_piece(said)
    except BadCommand as no:
        return _suspect(device, "", no, said, mark, address, now)
    if piece.device != device.pk:
        return _suspect(device, piece.key, PieceDiffers(), said, mark, address, now)
    if piece.offset is not None and len(content) < piece.size:
        return Stands(piece.key, LATER)
    try:
        arrival = keep_piece(device=device, piece=piece, content=content, by=by, now=now)
    except (TryAgain, DeviceStopped) as no:
        return Stands(piece.key, LATER, code=no.code, sentence=no.sentence())
    except NotTheFullPhoto as no:
        begin_anew(device=device, key=piece.key, by=by, now=now)
        return _suspect(device, piece.key, no, said, mark, address, now)
    except Refused as no:
        return _suspect(device, piece.key, no, said, mark, address, now)
    return Stands(piece.key, DONE if arrival.came_at else LATER, arrival.have)


@action
def keep_piece(*, device: Device, piece: Piece, content: bytes, by: Person, now: datetime) -> Arrival:
    """留下分片  The next bytes of a full photo; with the last of them it is put together and takes its place.

    Raises UnknownArrival, PieceDiffers, PieceOutOfPlace, DeviceStopped and what full_photo_comes refuses.
    """
    by.must(USE, device)
    Device.objects.select_for_update().get(pk=device.pk)
    if stopped := Stopped.objects.filter(device=device).first():
        raise DeviceStopped(reason=REASONS[stopped.why])
    arrival = Arrival.objects.filter(device=device, key=piece.key).first()
    if arrival is None:
        raise UnknownArrival
    if piece.offset is None or arrival.came_at is not None:
        return arrival
    if len(content) != piece.size or hashlib.sha256(content).hexdigest() != piece.digest:
        raise PieceDiffers
    if same := Kept.objects.filter(arrival=arrival, offset=piece.offset).first():
        if same.digest != piece.digest:
            raise PieceDiffers
        return arrival
    rules.check_place(piece, arrival.have, arrival.size)
    Kept.objects.create(arrival=arrival, offset=piece.offset, digest=piece.digest, content=content)
    arrival.have += piece.size
    if arrival.have == arrival.size:
        _put_together(arrival, by, now)
    arrival.save(update_fields=["have", "came_at"])
    return arrival


@action
def begin_anew(*, device: Device, key: str, by: Person, now: datetime) -> None:
    """重新上传  What came of a full photo was not what was told of it: it begins again; the small picture stays."""
    by.must(USE, device)
    for arrival in Arrival.objects.filter(device=device, key=key, came_at=None):
        arrival.pieces.all().delete()
        Arrival.objects.filter(pk=arrival.pk).update(have=0)
        record(facts.PHOTO_ANEW, device, by=by, at=now, key=key, photo=arrival.photo_id)


def _put_together(arrival: Arrival, by: Person, now: datetime) -> None:
    parts = Kept.objects.filter(arrival=arrival).order_by("offset").values_list("content", flat=True)
    content = b"".join(bytes(part) for part in parts)
    visits_actions.full_photo_comes(photo=arrival.photo_id, content=content, by=by, now=now)
    Kept.objects.filter(arrival=arrival).delete()
    arrival.came_at = now


def _suspect(
    device: Device, key: str, no: Refused, said: str, mark: str, address: str, now: datetime
) -> Stands:  # fmt: skip
    """Refused, and what was said of the piece kept; its bytes are not."""
    keep_tampered(device=device, why=PIECE, text=said, mark=mark, address=address, by=people.system(), now=now)
    return Stands(key, REFUSED, code=no.code, sentence=no.sentence())
