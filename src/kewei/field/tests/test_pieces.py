"""Full photos behind the day: piece by piece, from where the house stands; what does not fit is refused and kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from io import BytesIO
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image
from tests import cast
from tests.phones import Phone
from tests.promises.conftest import counts

from kewei.field import actions, queries
from kewei.field.models import Arrival, Command, Piece, Tampering
from kewei.field.rules.pieces import MOST_FULL_BYTES, PIECE_BYTES
from kewei.journal import queries_attachments
from kewei.visits.models import FullPhoto, Photo, Visit
from kewei.visits.queries import visits

pytestmark = pytest.mark.django_db
STEP = 10_000


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def phone(staff, now):
    return Phone.enrolled(staff.wang, now)


def picture(width: int, seed: int = 1) -> bytes:
    """A JPEG that does not compress well."""
    made = BytesIO()
    Image.frombytes("RGB", (width, 200), Random(seed).randbytes(width * 600)).save(made, "JPEG")
    return made.getvalue()


SMALL, FULL = picture(20), picture(300)


def visited(client, phone, terminal, now) -> str:
    key = phone.say(
        "check_in", now, terminal=terminal.pk, arrived_at=now.isoformat(), how="phone", purposes=["licence"],
        unplanned_why="顺路",
    )  # fmt: skip
    phone.sync(client, now)
    return key


def told_of(client, phone, visit: str, now, full: bytes = FULL, **more) -> str:
    """A small picture has arrived that tells of a full one; the photo's key."""
    about = {"bytes": len(full), "digest": hashlib.sha256(full).hexdigest()} | more
    answer = phone.send_photo(client, SMALL, now, visit=visit, cleared=True, full=about).json()
    return answer["key"]


@pytest.fixture
def photo(client, staff, phone, now):
    return told_of(client, phone, visited(client, phone, staff.wangs_hospital, now), now)


def send_all(client, phone, key: str, full: bytes = FULL, begin: int = 0) -> dict:
    answer = {}
    for at in range(begin, len(full), STEP):
        answer = phone.send_piece(client, key, at, full[at : at + STEP])
    return answer


def shown(client, person, small: bool = False) -> bytes:
    client.force_login(person)
    return client.get(f"/visits/photos/{Photo.objects.get().pk}/", {"small": 1} if small else {}).content


def test_the_small_picture_is_shown_until_the_full_one_is_there(client, staff, phone, photo):
    assert len(FULL) > 3 * STEP
    assert visits.visit(staff.wang, Visit.objects.get().pk).photos[0].waits
    assert shown(client, staff.li) == SMALL
    assert "小图，原图在路上" in client.get(f"/visits/{Visit.objects.get().pk}/").content.decode()
    assert send_all(client, phone, photo) == {
        "key": photo, "state": "done", "have": len(FULL), "code": "", "sentence": ""
    }  # fmt: skip
    assert (shown(client, staff.li), shown(client, staff.li, small=True)) == (FULL, SMALL)
    assert not visits.visit(staff.wang, Visit.objects.get().pk).photos[0].waits
    assert not Piece.objects.exists()
    assert not Tampering.objects.exists()
    assert client.get(f"/visits/photos/{Photo.objects.get().pk}/").content == FULL


def test_it_goes_on_where_it_broke_and_the_same_piece_again_changes_nothing(client, staff, phone, photo):
    phone.send_piece(client, photo, 0, FULL[:STEP])
    cut = phone.send_piece(client, photo, STEP, FULL[STEP : 2 * STEP], came=FULL[STEP : STEP + 70])
    assert (cut["state"], Piece.objects.count()) == ("later", 1)
    assert phone.send_piece(client, photo)["have"] == STEP
    assert queries.photos_under_way(staff.wang, phone.device.pk) == (1, len(FULL) - STEP)
    for _again in range(2):
        assert phone.send_piece(client, photo, STEP, FULL[STEP : 2 * STEP])["have"] == 2 * STEP
    assert phone.send_piece(client, photo, 0, FULL[:STEP])["have"] == 2 * STEP
    assert send_all(client, phone, photo, begin=2 * STEP)["state"] == "done"
    assert phone.send_piece(client, photo, 0, FULL[:STEP])["state"] == "done"
    assert FullPhoto.objects.count() == 1
    assert not Tampering.objects.exists()


@pytest.mark.parametrize(
    ("offset", "content", "forged", "code"),
    [
        (STEP, FULL[STEP : 2 * STEP], {}, "piece_out_of_place"),  # the one before is missing
        (0, FULL + b"\0" * (PIECE_BYTES - len(FULL)), {}, "piece_out_of_place"),  # beyond the photo's end
        (0, FULL[:STEP], {"digest": "0" * 64}, "piece_differs"),
        (0, FULL[:STEP], {"device": 0}, "piece_differs"),
        (0, FULL[:STEP], {"photo": "0" * 32}, "unknown_arrival"),
        (0, FULL[:STEP], {"bytes": 5}, "piece_differs"),
    ],
)
def test_what_does_not_fit_is_refused_and_kept(client, phone, photo, offset, content, forged, code):
    answer = phone.send_piece(client, photo, offset, content, forged=forged)
    assert (answer["state"], answer["code"]) == ("refused", code)
    assert answer["sentence"]
    assert (Tampering.objects.get().why, Piece.objects.count()) == ("piece", 0)
    assert send_all(client, phone, photo)["state"] == "done"


def test_a_forged_mark_and_another_piece_in_the_same_place_are_kept_as_evidence(client, phone, photo):
    assert phone.send_piece(client, photo, 0, FULL[:STEP], mark="0" * 64)["state"] == "refused"
    phone.send_piece(client, photo, 0, FULL[:STEP])
    assert phone.send_piece(client, photo, 0, FULL[1 : STEP + 1])["code"] == "piece_differs"
    assert Tampering.objects.filter(why="piece").count() == 2
    assert send_all(client, phone, photo, begin=STEP)["state"] == "done"


@pytest.mark.parametrize("forged", [{"bytes": PIECE_BYTES + 1}, {"offset": -1}, {"offset": "x"}, {"bytes": 0}])
def test_a_piece_nobody_could_have_made_is_refused_and_kept(client, phone, photo, forged):
    answer = phone.send_piece(client, photo, 0, FULL[:STEP], forged=forged)
    assert (answer["state"], answer["code"], Tampering.objects.get().why) == ("refused", "bad_command", "piece")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"bytes": MOST_FULL_BYTES + 1}, "full_photo_too_large"),
        ({"bytes": 0}, "bad_command"),
        ({"digest": "x"}, "bad_command"),
    ],
)
def test_a_full_photo_that_cannot_be_is_refused_when_it_is_told_of(client, staff, phone, now, about, code):
    told_of(client, phone, visited(client, phone, staff.wangs_hospital, now), now, **about)
    kept = Command.objects.get(verb="add_photo")
    assert (kept.done, kept.code, Photo.objects.count()) == (False, code, 0)


def test_a_full_photo_that_is_not_what_was_told_begins_again(client, staff, phone, photo):
    other = FULL[:-9] + b"\0" * 7 + FULL[-2:]
    answer = send_all(client, phone, photo, other)
    assert (answer["state"], answer["code"]) == ("refused", "not_the_full_photo")
    assert (Arrival.objects.get().have, Piece.objects.count(), Tampering.objects.count()) == (0, 0, 1)
    assert shown(client, staff.li) == SMALL
    assert send_all(client, phone, photo)["state"] == "done"


def test_nobody_sends_a_photo_of_anothers_visit_or_a_piece_of_anothers_photo(client, staff, phone, photo, now):
    suns = Phone.enrolled(staff.sun, now, place=90)
    assert suns.send_piece(client, photo, 0, FULL[:STEP])["code"] == "unknown_arrival"
    told_of(client, suns, Visit.objects.get().pk, now)
    assert Command.objects.get(device=suns.device).code == "not_found"
    assert Photo.objects.count() == Arrival.objects.count() == 1


def test_a_stopped_phone_sends_no_more_pieces_and_those_it_sent_go(client, staff, phone, photo, now):
    phone.send_piece(client, photo, 0, FULL[:STEP])
    actions.stop_device(device=phone.device, why="lost", by=staff.li, now=now)
    assert phone.send_piece(client, photo, STEP, FULL[STEP : 2 * STEP])["wipe"]
    assert not Piece.objects.exists()
    assert shown(client, staff.li) == SMALL


@counts(10, 1_000)
def test_whatever_the_line_does_every_full_photo_comes_once(client, staff, now, times):
    first = Phone.enrolled(staff.wang, now)
    visit = visited(client, first, staff.wangs_hospital, now)
    for seed in range(times):
        with transaction.atomic():
            second = Phone.enrolled(staff.wang, now, random=Random(8))
            send_over_a_bad_line(client, [first, second], visit, now, Random(seed))
            transaction.set_rollback(True)


def send_over_a_bad_line(client, phones: list[Phone], visit: str, now, chance: Random) -> None:
    """Three photos of two phones in pieces that get lost, come twice, in any order, cut off, or with a lost answer."""
    fulls = {}
    for n in range(3):
        full = picture(40 + 20 * n, chance.randrange(10**6))
        fulls[told_of(client, phones[n % 2], visit, now + timedelta(seconds=n), full)] = (phones[n % 2], full)
    known, hanging = dict.fromkeys(fulls, 0), []
    for _event in range(60):
        key = chance.choice(list(fulls))
        phone, full = fulls[key]
        size = chance.choice([500, 3_000, 7_000])
        hanging.append((key, known[key], full[known[key] : known[key] + size]))
        for key, at, content in chance.sample(hanging, min(len(hanging), chance.randint(0, 2))):
            phone, full = fulls[key]
            came = content[: len(content) // 2] if chance.random() < 0.2 else content
            answer = phone.send_piece(client, key, at, content, came=came) if content else {}
            if chance.random() < 0.7 and answer.get("state") == "later" and answer["have"]:
                known[key] = answer["have"]
        hanging = [one for one in hanging if chance.random() < 0.6]
    for key, (phone, full) in fulls.items():
        at = phone.send_piece(client, key)["have"]
        send_all(client, phone, key, full, begin=at)
    whole = {one.photo_id: queries_attachments.content_of(one.attachment) for one in FullPhoto.objects.all()}
    assert Counter(whole.values()) == Counter(full for _phone, full in fulls.values())
    assert Photo.objects.count() == Arrival.objects.exclude(came_at=None).count() == len(fulls)
    assert not Piece.objects.exists()
