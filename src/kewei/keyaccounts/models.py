"""大客户计划 (domain 2.9): a plan with its versions and states, what became of its actions, its quarterly reviews, and what
went into visiting every customer.

What the law forbids has no column: who decides is a department and a post, never a person (domain 4.5, 4.8).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.keyaccounts.rules.plans import OPEN
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class Plan(models.Model):
    """大客户计划: of one customer, or of the group it heads, over some months; `state` repeats the newest PlanState.

    `newest` is the number of the version being written or looked at, `in_force` that of the one approved last: wishes and
    reviews go by it.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    for_group = models.BooleanField(default=False)
    first_on = models.DateField()
    last_on = models.DateField()
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField()
    newest = models.SmallIntegerField()
    in_force = models.SmallIntegerField(null=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "first_on"], condition=Q(state__in=OPEN), name="one_open_plan_from_a_day"
            ),
            models.CheckConstraint(condition=Q(last_on__gt=F("first_on")), name="a_plan_has_months"),
        ]
        indexes = [
            models.Index(fields=["terminal", "-first_on"], name="plans_of_a_customer"),
            models.Index(fields=["state", "last_on"], name="plans_by_state"),
        ]


class PlanState(models.Model):
    """The plan came into a state, by whom, when, with which words; only added to."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class Version(models.Model):
    """A version of a plan: open while it is written, sealed by handing it in, with the figures it was written on."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.SmallIntegerField()
    # 识别: the figures of the customer when it was handed in, and the policy they were made by.
    figures = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    reason_words = models.CharField(max_length=300, blank=True)
    situation = models.JSONField(default=dict)
    swot = models.JSONField(default=dict)
    # Words of private life that stand in it, and why they are needed (4.8).
    warned = models.JSONField(default=list)
    why_words = models.CharField(max_length=200, blank=True)
    policy = models.CharField(max_length=80, blank=True)
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="versions_are_numbered")]


class DecisionRole(models.Model):
    """组织与决策链: a post and the part it plays in deciding; no name, no private trait."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="roles")
    place = models.SmallIntegerField()
    department = models.CharField(max_length=16)
    post = models.CharField(max_length=40)
    part = models.CharField(max_length=12)
    attitude = models.CharField(max_length=12)
    needs = models.CharField(max_length=200, blank=True)


class Goal(models.Model):
    """目标: baseline, target and milestones by quarter, whole numbers in the unit of the kind."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="goals", db_index=False)
    kind = models.CharField(max_length=16)
    baseline = models.BigIntegerField()
    target = models.BigIntegerField()
    milestones = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "kind"], name="a_kind_of_goal_once"),
            models.CheckConstraint(condition=Q(baseline__gte=0, target__gte=0), name="goals_not_below_nought"),
        ]


class PlanAction(models.Model):
    """行动计划、高层互访: `number` stays its own through all versions of the plan, so that progress keeps hold of it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="actions", db_index=False)
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=12)
    words = models.CharField(max_length=200)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    budget_fen = models.BigIntegerField(default=0)
    compliance = models.CharField(max_length=40, blank=True)
    serves = models.CharField(max_length=16)
    visit = models.BooleanField(default=False)
    terminal = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    ours = models.CharField(max_length=40, blank=True)
    theirs = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="actions_are_numbered"),
            models.CheckConstraint(condition=Q(budget_fen__gte=0), name="budget_not_below_nought"),
            models.CheckConstraint(
                condition=Q(kind="work") | ~Q(compliance=""), name="executive_visit_has_its_approval"
            ),
        ]


class Risk(models.Model):
    """风险与预案."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="risks")
    place = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    words = models.CharField(max_length=200)
    level = models.CharField(max_length=8)
    answer = models.CharField(max_length=200, blank=True)


class Progress(models.Model):
    """An action of a plan came into a state, said by hand or by a visit; the newest counts. Only added to.

    `subject` names what said it ("visits.visit:12"), so that the same visit says it once.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="progress", db_index=False)
    number = models.SmallIntegerField()
    state = models.CharField(max_length=8)
    words = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number", "subject"], condition=~Q(subject=""), name="a_visit_says_it_once"
            )
        ]
        indexes = [models.Index(fields=["plan", "number", "-id"], name="progress_of_an_action")]


class Review(models.Model):
    """季度复盘: the goals of the version in force against the ledger, causes and adjustments; the newest of a quarter counts."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", db_index=False)
    quarter = models.SmallIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    # Lines of rules.reviewing.Line, the figures of the quarter, and how many actions stood in which state.
    lines = models.JSONField()
    figures = models.JSONField(default=dict)
    verdict = models.CharField(max_length=8)
    reasons = models.CharField(max_length=500, blank=True)
    adjust = models.CharField(max_length=500, blank=True)
    policy = models.CharField(max_length=80)
    reviewed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["plan", "quarter", "-id"], name="reviews_of_a_plan")]


class MonthOfEffort(models.Model):
    """拜访投入: visits to a customer in a month, minutes there and expenses; told by whoever keeps visits, above."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    visits = models.IntegerField()
    minutes = models.IntegerField()
    expense_fen = models.BigIntegerField()
    told_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal", "month"], name="one_effort_a_month"),
            models.CheckConstraint(
                condition=Q(visits__gte=0, minutes__gte=0, expense_fen__gte=0), name="effort_not_below_nought"
            ),
        ]
        indexes = [models.Index(fields=["month"], name="effort_by_month")]
