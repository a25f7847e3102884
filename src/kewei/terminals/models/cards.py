"""Tables of terminals: the customer card (domain 2.2), its aliases, contacts, licences, people and settlement calendar."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.people import queries as people
from kewei.people.rules import ROLES
from kewei.terminals.rules.prospects import OPEN_STAGES


class TerminalSet(models.QuerySet):
    """Terminals, always asked for on behalf of somebody."""

    def visible_to(self, person, verb: str = "terminals.see"):
        """Only the terminals this person may see for a verb: all, a territory's, or those linked to them."""
        reach = person.reach(verb)
        if reach.everything:
            return self
        if reach.nothing:
            return self.none()
        mine = Q()
        if reach.own:
            mine |= Q(pk__in=Link.objects.filter(person=person, until=None).values("terminal"))
        if reach.territory_paths:
            mine |= Q(territory__in=people.territory_ids(reach.territory_paths))
        return self.filter(mine)

    def in_pool_of(self, person, verb: str = "terminals.prospect"):
        """公海: prospects nobody looks after, in the territories where this person wins customers.

        A representative sees there what it takes to choose one (name, kind, place), never the card: that opens with
        the claim.
        """
        free = self.filter(owner=None, prospect__stage__in=OPEN_STAGES)
        reach = person.reach(verb)
        if reach.nothing:
            return self.none()
        if reach.everything:
            return free
        paths = tuple(
            post.territory_path for post in person.held if post.territory_path and verb in ROLES[post.role].verbs
        )
        return free.filter(territory__in=people.territory_ids(paths))


class ThroughTerminal(models.QuerySet):
    """Rows that belong to a terminal are visible where the terminal is."""

    def visible_to(self, person, verb: str = "terminals.see"):
        """Rows of the terminals this person may see for a verb.

        Where that is most of the country, each row looks at its own terminal: SQLite would write down the keys of all
        the others first, 0.4 s of every question about 200,000 terminals.
        """
        reach = person.reach(verb)
        if reach.everything:
            return self
        if reach.territory_paths:
            ids, most = people.territories_under(reach.territory_paths)
            if most:
                mine = Q(terminal__territory__in=ids)
                if reach.own:
                    mine |= Q(terminal__in=Link.objects.filter(person=person, until=None).values("terminal"))
                return self.filter(mine)
        return self.filter(terminal__in=Terminal.objects.visible_to(person, verb))


class Terminal(models.Model):
    """A terminal customer: one record from prospect to customer (domain 2.2)."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120, db_index=True)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    ownership = models.CharField(max_length=20, blank=True)
    size = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    credit_code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    division = models.CharField(max_length=6, blank=True)
    province = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=30, blank=True)
    district = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    beds = models.IntegerField(null=True, blank=True)
    # Where it stands, in millionths of a degree: whole numbers, which both databases compare alike.
    lat_e6 = models.IntegerField(null=True, blank=True)
    lon_e6 = models.IntegerField(null=True, blank=True)
    group = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    territory = models.ForeignKey("people.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    extra = models.JSONField(default=dict, blank=True)
    added_at = models.DateTimeField()

    objects = TerminalSet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["added_at"]),
            models.Index(fields=["kind", "code"]),
            models.Index(fields=["owner", "code"]),
            models.Index(fields=["territory", "code"]),
            models.Index(fields=["province", "code"]),
            models.Index(fields=["city", "code"]),
            models.Index(fields=["lat_e6", "lon_e6"]),
        ]

    def __str__(self):
        return self.name


class SearchLine(models.Model):
    """What a terminal is found by: names, aliases, codes and pinyin initials, folded into one text."""

    terminal = models.OneToOneField(Terminal, primary_key=True, on_delete=models.CASCADE, related_name="search_line")
    text = models.TextField()


class Link(models.Model):
    """三者关系: who looks after a terminal in which role, since when; `until` ends it."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "until", "terminal"])]
        constraints = [
            models.UniqueConstraint(fields=["terminal", "role"], condition=Q(until=None), name="one_live_link_per_role")
        ]


class Closure(models.Model):
    """A terminal is closed (停用/注销) while it has a closure nobody has lifted."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="closures")
    reason = models.CharField(max_length=200)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(lifted_at=None), name="one_live_closure")
        ]


class Alias(models.Model):
    """Another name of a terminal: former, short, or as one distributor writes it (domain 2.2, 5.6)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(max_length=20, default="alias")
    distributor = models.ForeignKey(
        Terminal, null=True, blank=True, on_delete=models.PROTECT, related_name="aliases_used"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThroughTerminal.as_manager()


class Contact(models.Model):
    """A business contact at a terminal: work details only, with the privacy notice flag (domain 2.2, 4.8)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=60)
    job = models.CharField(max_length=60, blank=True)
    department = models.CharField(max_length=60, blank=True)
    work_phone = models.CharField(max_length=40, blank=True)
    work_email = models.CharField(max_length=120, blank=True)
    duty = models.CharField(max_length=20, blank=True)
    notice_given_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThroughTerminal.as_manager()


class Licence(models.Model):
    """A licence document of a terminal with its dates, scope and verification (domain 2.2, 4.1)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    long_term = models.BooleanField(default=False)
    verify_by = models.DateField(null=True, blank=True)
    # 校验: when the authority last inspected the hospital; `verified_on` is when our own quality saw the paper.
    inspected_on = models.DateField(null=True, blank=True)
    scope = models.JSONField(default=list, blank=True)
    warehouse = models.CharField(max_length=200, blank=True)
    verified_how = models.CharField(max_length=30, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["valid_to"]),
            models.Index(fields=["verify_by"]),
            models.Index(fields=["verified_on"]),
            models.Index(fields=["inspected_on"]),
            models.Index(fields=["number"]),
        ]


class LicenceImage(models.Model):
    """扫描件: a page of a licence as it was sent, and whether it bears the original seal (domain 2.2)."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="images")
    attachment = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    sealed = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class Suspension(models.Model):
    """暂停或吊销: a licence is suspended or revoked by the authority while nobody has lifted it (domain 2.2 状态)."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="suspensions")
    revoked = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence"], condition=Q(lifted_at=None), name="one_live_suspension")
        ]


class Veto(models.Model):
    """质管否决: quality stops all sales to a terminal, or those of one scope class; only quality lifts it (domain 4.1)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="vetoes")
    scope_class = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=200)
    until = models.DateField(null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "scope_class"], condition=Q(lifted_at=None), name="one_live_veto_per_class"
            )
        ]


class Authorised(models.Model):
    """A person the customer has authorised to buy, collect, reconcile or sign; the identity number is kept masked (domain 2.2, 4.8)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="authorised")
    name = models.CharField(max_length=60)
    id_masked = models.CharField(max_length=20, blank=True)
    kinds = models.JSONField(default=list)
    varieties = models.CharField(max_length=200, blank=True)
    area = models.CharField(max_length=100, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    letter = models.ForeignKey("journal.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seal = models.ForeignKey("journal.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThroughTerminal.as_manager()


class Settlement(models.Model):
    """How and when a terminal pays: term, start of the term, statement cut-off, hand-in day, signing chain, pay day (domain 2.2)."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="settlements")
    bank = models.CharField(max_length=100, blank=True)
    account_masked = models.CharField(max_length=40, blank=True)
    account_name = models.CharField(max_length=120, blank=True)
    payers = models.JSONField(default=list, blank=True)
    method = models.CharField(max_length=20, blank=True)
    term_days = models.IntegerField(null=True, blank=True)
    term_start = models.CharField(max_length=20, blank=True)
    cutoff_day = models.IntegerField(null=True, blank=True)
    handin_day = models.IntegerField(null=True, blank=True)
    pay_day = models.CharField(max_length=60, blank=True)
    signing_chain = models.CharField(max_length=200, blank=True)
    late_rate_bp = models.IntegerField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(ended_at=None), name="one_live_settlement")
        ]


class ImportedTerminal(models.Model):
    """What one import did to one terminal: made it, or changed fields, each with its former and its new value; read by undo."""

    intake = models.ForeignKey("journal.Intake", on_delete=models.PROTECT, related_name="+")
    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    created = models.BooleanField()
    changes = models.JSONField(default=dict)
