"""Files kept as evidence: what is let in, under which name, and what kewei check says once one is damaged."""

import pytest
from tests import cast

from kewei.journal import queries
from kewei.journal.actions.attachments import keep_attachment
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


def test_a_lost_or_changed_file_is_found_and_adding_it_again_heals_a_lost_one(wu):
    kept = keep(wu)
    place_of(kept.digest).unlink()
    assert codes() == ["attachment_missing"]
    keep(wu)
    assert codes() == []
    place_of(kept.digest).write_bytes(PDF + b" ")
    assert codes() == ["attachment_differs"]
