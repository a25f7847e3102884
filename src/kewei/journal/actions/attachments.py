"""Keeping a file as evidence, once, under its digest."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from typing import Any

from kewei.journal import facts
from kewei.journal.actions.frame import action, record
from kewei.journal.models import Attachment
from kewei.journal.queries_attachments import UNFINISHED, is_intact, place_of
from kewei.journal.rules_attachments import cleaned, kind_of, plain_name


@action
def keep_attachment(*, filename: str, content: bytes, verb: str, by: Any, now: datetime) -> Attachment:
    """保存附件  A PDF, PNG or JPEG somebody added; camera notes are taken out, the same file is kept once.

    `verb` is what it is added for. Raises AttachmentKind, AttachmentTooLarge, AttachmentEmpty.
    """
    by.must(verb)
    mime, ending = kind_of(filename, content)
    content = cleaned(mime, content)
    digest = hashlib.sha256(content).hexdigest()
    if not is_intact(digest):
        _write(digest, content)
    row, fresh = Attachment.objects.get_or_create(
        digest=digest,
        defaults={
            "filename": plain_name(filename, ending), "mime": mime, "size_bytes": len(content), "added_by": by,
            "added_at": now,
        },
    )  # fmt: skip
    if not fresh:
        return row
    record(facts.ATTACHMENT_KEPT, row, by=by, at=now, digest=digest, mime=mime, size_bytes=len(content))
    return row


def _write(digest: str, content: bytes) -> None:
    """Wholly there or not at all, whatever happens meanwhile."""
    place = place_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, suffix=UNFINISHED, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, place)
        except BaseException:
            os.unlink(file.name)
            raise
