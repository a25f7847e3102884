"""Who may do what: verbs `room.verb`, roles as sets of verbs, and how far each role sees (design §2, domain 4.4, 4.9)."""

from dataclasses import dataclass, field

from kewei.kernel.refusals import N_, Refused, refusal

OWN, TERRITORY, COMPANY = "own", "territory", "company"

SEE_CUSTOMERS = {"terminals.see", "products.see", "sales.see"}
SEE_MONEY = {"receivables.see", "receivables.statement"}
KEEP_CARDS = {"terminals.create", "terminals.edit"}
KEEP_LEDGER = {
    "receivables.post_invoice",
    "receivables.post_red_letter",
    "receivables.receive",
    "receivables.allocate",
    "receivables.reverse",
}
TAKE_OUT = {"terminals.export", "products.export", "sales.export", "receivables.export"}
RUN_HOUSE = {"people.see", "people.appoint", "people.token", "journal.see", "journal.check", "journal.retry"}


@dataclass(frozen=True)
class Role:
    """A role: its Chinese name, its verbs, and whether it sees its own links, a territory or the company."""

    code: str
    name: str
    reach: str
    verbs: frozenset[str]


def _role(code: str, name: str, reach: str, *groups: set[str]) -> Role:
    return Role(code, name, reach, frozenset().union(*groups))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("representative", N_("业务员"), OWN, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, {"terminals.export"}),
        # An MR may not touch orders, invoices, receipts or collection (domain 4.4).
        _role("medical", N_("医药代表"), OWN, {"terminals.see", "products.see"}),
        _role("manager", N_("大区经理"), TERRITORY, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, TAKE_OUT, {"terminals.assign"}),
        _role("credit", N_("信用专员"), COMPANY, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, TAKE_OUT),
        _role(
            "accountant", N_("应收会计"), COMPANY, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, KEEP_LEDGER, TAKE_OUT,
            {"sales.import", "terminals.assign", "products.edit"},
        ),
        _role(
            "quality", N_("质管"), COMPANY, SEE_CUSTOMERS, KEEP_CARDS,
            {"terminals.licence", "products.edit", "terminals.export", "products.export"},
        ),
        _role(
            "director", N_("总经理"), COMPANY, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, KEEP_LEDGER, TAKE_OUT, RUN_HOUSE,
            {"terminals.assign", "terminals.licence", "products.edit", "sales.import"},
        ),
        _role(
            "system", N_("系统"), COMPANY, SEE_CUSTOMERS, SEE_MONEY, KEEP_CARDS, KEEP_LEDGER, TAKE_OUT, RUN_HOUSE,
            {"terminals.assign", "products.edit", "sales.import"},
        ),
    )
}

VERBS: frozenset[str] = frozenset().union(*(role.verbs for role in ROLES.values()))

# One person may not hold an MR post and a post that sells or collects at the same time (domain 4.4).
APART_FROM_MEDICAL = {"representative", "manager", "credit", "accountant", "director"}


@dataclass(frozen=True)
class Reach:
    """How far a person sees for one verb: everything, some territories, and/or what is linked to them."""

    everything: bool = False
    territory_paths: tuple[str, ...] = ()
    own: bool = False

    @property
    def nothing(self) -> bool:
        """True where the person has no post that grants the verb."""
        return not (self.everything or self.territory_paths or self.own)


@dataclass(frozen=True)
class Held:
    """A post as the rules see it: the role's code and the path of its territory ('' for the whole company)."""

    role: str
    territory_path: str = ""
    limited_to: frozenset[str] | None = field(default=None, compare=False)


def reach(verb: str, posts: list[Held]) -> Reach:
    """The union of what each live post that grants `verb` lets its holder see."""
    everything, own, paths = False, False, []
    for post in posts:
        role = ROLES[post.role]
        if verb not in role.verbs or (post.limited_to is not None and verb not in post.limited_to):
            continue
        if role.reach == OWN:
            own = True
        elif post.territory_path:
            paths.append(post.territory_path)
            own = True
        elif role.reach == COMPANY:
            everything = True
        else:
            own = True  # a territory role without a territory sees what is linked to it, no more
    return Reach(everything, tuple(sorted(set(paths))), own)


@refusal
class PostsCollide(Refused):
    code = "posts_collide"
    says = N_("{name} 不能同时担任医药代表与 {role}：医药代表不得经手订单、发票、收款与催收。请先结束原任职。")


def check_posts(name: str, roles_held: set[str], new_role: str) -> None:
    """Refuse a second post that would join promotion with selling or collecting (domain 4.4). Raises PostsCollide."""
    together = roles_held | {new_role}
    if "medical" in together and (clash := together & APART_FROM_MEDICAL):
        raise PostsCollide(name=name, role=sorted(clash)[0])
