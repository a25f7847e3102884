"""Tables of the field app: phones, when they were stopped, what they told us, and what lies on them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.visits.models.plans import OfPerson

PERSON = settings.AUTH_USER_MODEL


class DeviceSet(OfPerson):
    """Phones: one's own; those of one's people for whoever leads them."""

    def visible_to(self, person, verb: str = "field.use"):
        """A person's own phones; with field.revoke also those of a territory, or all."""
        return super().visible_to(person, "field.revoke" if person.may("field.revoke") else verb)


class OfDevice(models.QuerySet):
    """Rows of a phone are visible where the phone is."""

    def visible_to(self, person, verb: str = "field.use"):
        """Rows of the phones this person may see."""
        return self.filter(device__in=Device.objects.visible_to(person, verb))


class Device(models.Model):
    """外勤设备: a phone one person enrolled while signed in.

    What it signs with is derived from `salt` and the house's own key and is kept nowhere; the digest only tells whether
    that key is still the one the phone was given.
    """

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    salt = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()

    objects = DeviceSet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-enrolled_at"])]


class Stopped(models.Model):
    """停用: a phone gets nothing any more, since when, why, and when it was first told to wipe itself."""

    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="stopped")
    why = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = OfDevice.as_manager()


class Command(models.Model):
    """指令: what a phone told us once, under a key it made itself, and what came of it; never changed.

    `said_at` is the phone's clock, `meant_at` the same moment by ours, `place` its order among that phone's commands.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="commands", db_index=False)
    key = models.CharField(max_length=36)
    place = models.IntegerField()
    verb = models.CharField(max_length=20)
    body = models.JSONField()
    text_digest = models.CharField(max_length=64)
    corrects = models.CharField(max_length=36, blank=True)
    said_at = models.DateTimeField()
    meant_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    done = models.BooleanField()
    # What it made, by name: {"visit": 12}; or the refusal.
    made = models.JSONField(default=dict)
    code = models.CharField(max_length=60, blank=True)
    sentence = models.CharField(max_length=500, blank=True)

    objects = OfDevice.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "key"], name="a_command_once"),
            models.CheckConstraint(condition=Q(done=True) | ~Q(code=""), name="a_refusal_has_its_code"),
        ]
        indexes = [
            models.Index(fields=["device", "-heard_at"]),
            models.Index(fields=["device", "corrects"], condition=~Q(corrects=""), name="corrections"),
        ]


class Tampering(models.Model):
    """篡改留证: what came in a phone's name and was not what the phone had signed; kept as it came, never taken."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="tamperings")
    why = models.CharField(max_length=12)
    text = models.TextField()
    mark = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField()

    objects = OfDevice.as_manager()


class Arrival(models.Model):
    """原图到达: a full photo on its way, in pieces, under the key of the command that told of it; `have` bytes are here."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="arrivals", db_index=False)
    key = models.CharField(max_length=36)
    photo = models.OneToOneField("visits.Photo", on_delete=models.PROTECT, related_name="+")
    size = models.IntegerField()
    have = models.IntegerField(default=0)
    told_at = models.DateTimeField()
    came_at = models.DateTimeField(null=True)

    objects = OfDevice.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "key"], name="an_arrival_once"),
            models.CheckConstraint(condition=Q(have__gte=0, have__lte=F("size")), name="an_arrival_within_its_size"),
        ]
        indexes = [models.Index(fields=["device"], condition=Q(came_at=None), name="arrivals_under_way")]


class Piece(models.Model):
    """原图分片: bytes of a full photo from an offset on; let go of once the photo is whole."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    offset = models.IntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["arrival", "offset"], name="a_piece_once")]


class Bookmark(models.Model):
    """书签: what lies on a phone after one of its rounds, as digests by kind and key; only the newest few are kept."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="bookmarks", db_index=False)
    number = models.IntegerField()
    at = models.DateTimeField()
    holds = models.JSONField(default=dict)
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    objects = OfDevice.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "number"], name="one_bookmark_a_round")]
