"""The cast of every test (design §2): who works here, where, and one hospital and one pharmacy of each side."""

from dataclasses import dataclass
from datetime import UTC, datetime

from kewei.people.models import Person, Post, Territory
from kewei.terminals.models import Link, SearchLine, Terminal
from kewei.terminals.rules import search_text

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PASSWORD = "correct-horse-9"


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


def assemble() -> Cast:
    """Make the cast in the current database."""
    china = draw_territory("CN", "全国")
    hubei, sichuan = draw_territory("HB", "湖北区", china), draw_territory("SC", "四川区", china)
    wang, sun = hire("wang", "王", "representative", hubei), hire("sun", "孙", "representative", sichuan)
    zhou = hire("zhou", "周", "medical", hubei)
    hospital = open_terminal(
        "T0001", "荆门市第一人民医院", "public_hospital", wang, hubei, province="湖北省", city="荆门市"
    )
    Link.objects.create(terminal=hospital, person=zhou, role="medical", since=MORNING, made_by=wang)
    return Cast(
        wang=wang,
        sun=sun,
        zhou=zhou,
        hubei=hubei,
        sichuan=sichuan,
        wangs_hospital=hospital,
        li=hire("li", "李", "manager", hubei),
        zhao=hire("zhao", "赵", "credit"),
        qian=hire("qian", "钱", "accountant"),
        wu=hire("wu", "吴", "quality"),
        zheng=hire("zheng", "郑", "director"),
        feng=hire("feng", "冯", "credit_manager"),
        tao=hire("tao", "陶", "finance_director"),
        chu=hire("chu", "褚", "warehouse"),
        he=hire("he", "何", "legal"),
        system=hire("system", "系统", "system"),
        wangs_pharmacy=open_terminal(
            "T0002", "益丰大药房中山路店", "pharmacy", wang, hubei, province="湖北省", city="武汉市"
        ),
        suns_clinic=open_terminal("T0003", "成都李刚诊所", "clinic", sun, sichuan, province="四川省", city="成都市"),
    )
