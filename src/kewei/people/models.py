"""Tables of people: persons, territories, posts, tokens, login attempts."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property

from kewei.kernel.refusals import N_, NotAllowed, NotFound
from kewei.people import rules


class PersonManager(BaseUserManager):
    """Finds people by login, as Django's authentication asks."""

    def get_by_natural_key(self, login):
        return self.get(login=login)


class Person(AbstractBaseUser):
    """Somebody who works here. What they may do follows from their live posts."""

    login = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    def __str__(self):
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """A person who has left cannot sign in."""
        return self.left_at is None

    @cached_property
    def held(self) -> list[rules.Held]:
        """Live posts as plain values, read once per request."""
        if self.left_at is not None:
            return []
        rows = self.posts.filter(until=None).values_list("role", "territory__path")
        return [rules.Held(role, path or "", getattr(self, "limited_to", None)) for role, path in rows]

    def reach(self, verb: str) -> rules.Reach:
        """How far this person sees for a verb."""
        return rules.reach(verb, self.held)

    def may(self, verb: str) -> bool:
        """Whether any live post grants the verb."""
        return not self.reach(verb).nothing

    def must(self, verb: str, thing=None) -> None:
        """Refuse unless this person may do `verb`, and to this thing.

        Raises NotAllowed, or NotFound for what they cannot see.
        """
        reach = self.reach(verb)
        if reach.nothing:
            raise NotAllowed(verb=verb)
        if (
            thing is not None
            and not reach.everything
            and not type(thing).objects.visible_to(self, verb).filter(pk=thing.pk).exists()
        ):
            raise NotFound(noun=N_("这条记录"))


class Territory(models.Model):
    """A node of the sales territory tree; `path` is /root/…/this/ by primary key, so that a subtree is one prefix."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    path = models.CharField(max_length=200, db_index=True)

    def __str__(self):
        return self.name


class Post(models.Model):
    """任职: a person holds a role, in a territory or company-wide, since a day; ended by `until`."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "territory"], condition=models.Q(until=None), name="one_live_post"
            ),
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(until=None, territory=None), name="one_live_company_post"
            ),
        ]


class Deputy(models.Model):
    """代理: while its giver is away somebody else decides in their place; never about what the giver asked for."""

    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputies")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stands_in_for")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="deputy_days")]
        indexes = [models.Index(fields=["taker", "until"])]


class Token(models.Model):
    """A key for the API: only its digest is kept; it grants at most its scopes, and at most what its owner may."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class LoginAttempt(models.Model):
    """A try to sign in, kept so that guessing can be slowed down."""

    login = models.CharField(max_length=40)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()
    succeeded = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["login", "at"]), models.Index(fields=["address", "at"])]


class Company(models.Model):
    """Our own company as printed on statements and letters; a change is a new row, the newest is in force."""

    name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=200, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    account = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    set_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()


class SavedView(models.Model):
    """What a person asked of a list (filters, order, columns as in its address), kept under a name of their own."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    usual = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "listing", "name"], name="one_view_of_a_name"),
            models.UniqueConstraint(
                fields=["person", "listing"], condition=models.Q(usual=True), name="one_usual_view_per_list"
            ),
        ]
