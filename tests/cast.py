"""The cast of every test (design §2): who works here, where, and one hospital and one pharmacy of each side."""

from dataclasses import dataclass
from datetime import UTC, datetime

from kewei.people.models import Person, Post, Territory
from kewei.terminals.models import Link, SearchLine, Terminal
from kewei.terminals.rules import search_text

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PASSWORD = "correct-horse-9"
UNUSABLE = "!"  # no password opens it


@dataclass
class Cast:
    """Everybody by name, their territories, and terminals that belong to Wang or to Sun."""

    wang: Person
    zhou: Person
    li: Person
    zhao: Person
    qian: Person
    wu: Person
    zheng: Person
    sun: Person
    feng: Person
    tao: Person
    chu: Person
    he: Person
    system: Person
    hubei: Territory
    sichuan: Territory
    wangs_hospital: Terminal
    wangs_pharmacy: Terminal
    suns_clinic: Terminal


# Everybody of the cast, the system included.
PEOPLE = [name for name, kind in Cast.__annotations__.items() if kind is Person]


def draw_territory(code: str, name: str, parent: Territory | None = None) -> Territory:
    """A territory with its path."""
    territory = Territory.objects.create(code=code, name=name, parent=parent, path="")
    territory.path = f"{parent.path if parent else '/'}{territory.pk}/"
    territory.save()
    return territory


def hire(login: str, name: str, role: str, territory: Territory | None = None) -> Person:
    """A person with one live post."""
    person = Person(login=login, name=name)
    person.set_unusable_password()
    person.save()
    Post.objects.create(person=person, role=role, territory=territory, since=MORNING)
    return person


def open_terminal(code: str, name: str, kind: str, owner: Person, territory: Territory, **card) -> Terminal:
    """A terminal linked to its owner."""
    terminal = Terminal.objects.create(
        code=code, name=name, kind=kind, owner=owner, territory=territory, added_at=MORNING, **card
    )
    SearchLine.objects.create(terminal=terminal, text=search_text(code, terminal.credit_code, [name]))
    Link.objects.create(terminal=terminal, person=owner, role="owner", since=MORNING, made_by=owner)
    return terminal


# Who works here: login, name, role, territory.
STAFF = (
    ("wang", "王", "representative", "HB"),
    ("sun", "孙", "representative", "SC"),
    ("zhou", "周", "medical", "HB"),
    ("li", "李", "manager", "HB"),
    ("zhao", "赵", "credit", None),
    ("qian", "钱", "accountant", None),
    ("wu", "吴", "quality", None),
    ("zheng", "郑", "director", None),
    ("feng", "冯", "credit_manager", None),
    ("tao", "陶", "finance_director", None),
    ("chu", "褚", "warehouse", None),
    ("he", "何", "legal", None),
    ("system", "系统", "system", None),
)
# The customers: name in the cast, code, name, kind, owner, territory, province and city.
CUSTOMERS = (
    ("wangs_hospital", "T0001", "荆门市第一人民医院", "public_hospital", "wang", "HB", "湖北省", "荆门市"),
    ("wangs_pharmacy", "T0002", "益丰大药房中山路店", "pharmacy", "wang", "HB", "湖北省", "武汉市"),
    ("suns_clinic", "T0003", "成都李刚诊所", "clinic", "sun", "SC", "四川省", "成都市"),
)


def assemble() -> Cast:
    """Make the cast in the current database: by hand, all of a kind at once, since nearly every test begins so."""
    china = draw_territory("CN", "全国")
    places = {"HB": draw_territory("HB", "湖北区", china), "SC": draw_territory("SC", "四川区", china), None: None}
    people = {login: Person(login=login, name=name, password=UNUSABLE) for login, name, _role, _place in STAFF}
    Person.objects.bulk_create(people.values())
    Post.objects.bulk_create(
        Post(person=people[login], role=role, territory=places[place], since=MORNING) for login, _, role, place in STAFF
    )
    terminals = {
        called: Terminal(
            code=code, name=name, kind=kind, owner=people[owner], territory=places[place], province=province, city=city,
            added_at=MORNING,
        )
        for called, code, name, kind, owner, place, province, city in CUSTOMERS
    }  # fmt: skip
    Terminal.objects.bulk_create(terminals.values())
    SearchLine.objects.bulk_create(
        SearchLine(terminal=one, text=search_text(one.code, one.credit_code, [one.name])) for one in terminals.values()
    )
    owned = [
        Link(terminal=one, person=one.owner, role="owner", since=MORNING, made_by=one.owner)
        for one in terminals.values()
    ]
    called_on = Link(
        terminal=terminals["wangs_hospital"],
        person=people["zhou"],
        role="medical",
        since=MORNING,
        made_by=people["wang"],
    )
    Link.objects.bulk_create([*owned, called_on])
    return Cast(**people, **terminals, hubei=places["HB"], sichuan=places["SC"])
