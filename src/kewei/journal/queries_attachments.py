"""Where attachments lie, and what is in them; which room's page may show one is that room's to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from kewei.journal.models import Attachment
from kewei.kernel.refusals import N_, NotFound

# What a file is called while it is being written: no part of a backup.
UNFINISHED = ".part"


def place_of(digest: str) -> Path:
    """The file of an attachment."""
    return Path(settings.MEDIA_ROOT) / "attachments" / digest[:2] / digest


def content_of(attachment: Attachment) -> bytes:
    """What is in it. Raises NotFound where the file is gone."""
    try:
        return place_of(attachment.digest).read_bytes()
    except FileNotFoundError:
        raise NotFound(noun=N_("附件")) from None


def attachments(pks: Iterable[int]) -> dict[int, Attachment]:
    """Attachments by key, whoever asks: the room they belong to has found that this reader may see them."""
    return Attachment.objects.in_bulk(list(pks))


def is_intact(digest: str) -> bool:
    """Whether the file is there and is what was kept."""
    try:
        return hashlib.sha256(place_of(digest).read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False


def damaged() -> Iterator[tuple[int, str]]:
    """Attachments whose file is missing or is not what was kept: (key, "missing" or "differs")."""
    for pk, digest in Attachment.objects.order_by("pk").values_list("pk", "digest").iterator():
        if not is_intact(digest):
            yield pk, "differs" if place_of(digest).exists() else "missing"
