"""Files kept as evidence: what is let in, under which name, and what kewei check says once one is damaged."""

import pytest
from tests import cast

from kewei.config import backups
from kewei.journal import queries
from kewei.journal.actions import attachments
from kewei.journal.actions.attachments import keep_attachment
from kewei.journal.models import Attachment
from kewei.journal.queries_attachments import content_of, place_of
from kewei.journal.rules_attachments import AttachmentEmpty, AttachmentKind, AttachmentTooLarge

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
VERB = "terminals.edit"


@pytest.fixture
def wu(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return cast.assemble().wu


def keep(by, filename="证照.pdf", content=PDF):
    return keep_attachment(filename=filename, content=content, verb=VERB, by=by, now=cast.MORNING)


def codes():
    return [finding.code for finding in queries.findings()]


def test_the_same_file_is_kept_once_and_comes_back_as_it_was(wu):
    first, again = keep(wu), keep(wu, "另一个名字.pdf")
    assert first.pk == again.pk
    assert content_of(first) == PDF
    assert codes() == []


@pytest.mark.parametrize(
    ("filename", "content", "no"),
    [
        ("账单.pdf", b"MZ\x90\x00 a program", AttachmentKind),
        ("page.html", b"<script>alert(1)</script>", AttachmentKind),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", AttachmentKind),
        ("large.pdf", PDF + b" " * 10 * 1024 * 1024, AttachmentTooLarge),
        ("empty.pdf", b"", AttachmentEmpty),
    ],
    ids=["program", "page", "drawing", "large", "empty"],
)  # fmt: skip
def test_what_is_not_a_picture_or_a_paper_stays_out(wu, tmp_path, filename, content, no):
    with pytest.raises(no):
        keep(wu, filename, content)
    assert list(tmp_path.rglob("*.*")) == []


@pytest.mark.parametrize("filename", ["../../etc/x.pdf", "C:\\Users\\x.pdf", "x.pdf"])
def test_a_name_leads_nowhere(wu, filename):
    assert keep(wu, filename).filename == "x.pdf"


def test_a_lost_or_changed_file_is_found_and_adding_it_again_heals_it(wu):
    kept = keep(wu)
    place_of(kept.digest).unlink()
    assert codes() == ["attachment_missing"]
    keep(wu)
    assert codes() == []
    place_of(kept.digest).write_bytes(PDF + b" ")
    assert codes() == ["attachment_differs"]
    keep(wu)
    assert codes() == []


def segment(marker, data):
    return b"\xff" + bytes([marker]) + (len(data) + 2).to_bytes(2, "big") + data


NOTE = segment(0xE1, b"Exif\0\0GPS 30.59,114.30")
COLOUR = segment(0xE2, b"ICC_PROFILE\0\1\1") + segment(0xEE, b"Adobe\0d\0\0\0\0\0\2")
SCAN = segment(0xDB, b"q" * 65) + segment(0xDA, b"head") + b"\x01\xff\x00\x02\xff\xd0\x03"
CLEAN = b"\xff\xd8" + COLOUR + SCAN + segment(0xDA, b"head") + b"\x04\xff\xd9"


@pytest.mark.parametrize(
    "photo",
    [
        b"\xff\xd8" + NOTE + CLEAN[2:],
        b"\xff\xd8" + b"\xff\xff" + NOTE + CLEAN[2:],
        b"\xff\xd8" + COLOUR + segment(0xFE, b"GPS") + segment(0xE2, b"MPF\0GPS") + CLEAN[2 + len(COLOUR) :],
        CLEAN + b"\xff\xd8" + NOTE + SCAN + b"\xff\xd9",
        CLEAN + b"PK\x03\x04<script>GPS",
        b"\xff\xd8" + COLOUR + SCAN + NOTE + segment(0xDA, b"head") + b"\x04\xff\xd9",
    ],
    ids=[
        "in front",
        "after filling bytes",
        "comment and second picture's table",
        "second picture",
        "hung on",
        "between",
    ],
)
def test_what_a_camera_noted_stays_out_and_the_colours_stay(wu, photo):
    assert content_of(keep(wu, "证照.jpg", photo)) == CLEAN


def test_a_picture_that_breaks_off_loses_the_notes_it_had(wu):
    assert b"GPS" not in content_of(keep(wu, "a.jpg", b"\xff\xd8" + NOTE + SCAN))
    text = (3).to_bytes(4, "big") + b"tEXtGPS" + b"\0" * 4
    assert b"GPS" not in content_of(keep(wu, "a.png", b"\x89PNG\r\n\x1a\n" + text + b"\0\0\0\x0dIHDR"))


@pytest.mark.parametrize(
    ("filename", "kept"),
    [
        ("..", "file.pdf"),
        ("", "file.pdf"),
        ("a\r\nX-Evil: 1.pdf", "aX-Evil: 1.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("a\0b.pdf", "ab.pdf"),
    ],
)
def test_a_name_shows_what_it_is(wu, filename, kept):
    assert keep(wu, filename).filename == kept


def test_two_who_add_the_same_file_at_once_share_it(wu, monkeypatch):
    """The other one's row arrives between our writing the file and our writing the row."""
    write = attachments._write

    def slow(digest, content):
        write(digest, content)
        Attachment.objects.create(
            digest=digest, filename="先.pdf", mime="application/pdf", size_bytes=1, added_by=wu, added_at=cast.MORNING
        )

    monkeypatch.setattr(attachments, "_write", slow)
    assert keep(wu).filename == "先.pdf"
    assert Attachment.objects.count() == 1


def test_a_file_that_cannot_be_written_leaves_nothing(wu, monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attachments.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(wu)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert Attachment.objects.count() == 0


def test_a_file_half_written_is_no_part_of_a_backup(wu):
    kept = place_of(keep(wu).digest)
    (kept.parent / "tmp1.part").write_bytes(b"half")
    assert backups._files("files") == [kept]
