"""Where attachments lie, and what is in them; which room's page may show one is that room's to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from kewei.journal.models import Attachment
from kewei.kernel.refusals import N_, NotFound


def place_of(digest: str) -> Path:
    """The file of an attachment."""
    return Path(settings.MEDIA_ROOT) / "attachments" / digest[:2] / digest


def content_of(attachment: Attachment) -> bytes:
    """What is in it. Raises NotFound where the file is gone."""
    try:
        return place_of(attachment.digest).read_bytes()
    except FileNotFoundError:
        raise NotFound(noun=N_("附件")) from None


def damaged() -> Iterator[tuple[int, str]]:
    """Attachments whose file is missing or is not what was kept: (key, "missing" or "differs")."""
    for pk, digest in Attachment.objects.order_by("pk").values_list("pk", "digest").iterator():
        place = place_of(digest)
        if not place.exists():
            yield pk, "missing"
        elif hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            yield pk, "differs"
