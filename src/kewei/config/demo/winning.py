"""The demo's prospects: a pool from a public list, prospects in every stage, a year of what became of others, a pair of twins."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from kewei.config.demo.cards import SEED
from kewei.journal.actions.intake import take_in
from kewei.kernel.ids import digest
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.sales import jobs as sales_jobs
from kewei.terminals import actions
from kewei.terminals.models import Terminal
from kewei.terminals.rules.prospects import DROP_REASONS

# (city, district, latitude, longitude) of the towns around, roughly.
TOWNS = (
    ("荆门市", "沙洋县", 30_709_000, 112_588_000), ("荆门市", "京山市", 31_018_000, 113_119_000),
    ("荆门市", "钟祥市", 31_167_000, 112_588_000), ("荆门市", "掇刀区", 30_973_000, 112_207_000),
    ("武汉市", "江夏区", 30_376_000, 114_321_000), ("武汉市", "黄陂区", 30_883_000, 114_376_000),
    ("武汉市", "蔡甸区", 30_582_000, 114_029_000), ("武汉市", "新洲区", 30_842_000, 114_801_000),
)  # fmt: skip
CORES = ("仁和", "同济", "康宁", "济民", "惠众", "安康")
LISTED_CORES = ("博爱", "百草", "春和", "广济", "永康", "德生", "平安", "新城")
SORTS = (("卫生院", "primary_care"), ("诊所", "clinic"), ("大药房", "pharmacy"), ("康复医院", "private_hospital"))
NEXT = ("约见药剂科主任", "送产品资料和检验报告", "报药事会申请表", "谈结算方式和账期", "带经理协访", "确认首单品种")
LISTED, ENDED, OPEN = 240, 48, 40


def fill(*, today: date) -> None:
    """Everything about winning customers, up to this morning."""
    random = Random(SEED + 21)  # noqa: S311
    who = {login: person for login in ("wang", "chen", "li", "zheng") if (person := people.person_by_login(login))}
    sellers = [who[login] for login in ("wang", "chen") if login in who]
    _list(random, who["zheng"], today)
    places = _places(random, CORES)
    _past(random, sellers, places, today)
    made = _open(random, sellers, places, today)
    actions.claim_prospects(terminal_ids=_some_of_the_pool(3), by=sellers[0], now=_at(today, -20, 9))
    actions.give_back_prospect(
        terminal=made[0], why="wrong_area", note="在掇刀区，离我太远", by=made[0].owner, now=_at(today, -3, 17)
    )
    _twins(made, today)
    # A few nobody has worked on for long: tonight the rule takes them back.
    worked_on = [terminal.pk for n, terminal in enumerate(made) if n % 9]
    actions.touch_prospects(terminal_ids=worked_on, verb="terminals.prospect", by=who["li"], now=_at(today, -2, 15))
    for person, customers in zip(sellers, (24, 6), strict=False):
        actions.set_target(person=person, month=today, customers=customers, by=who["li"], now=_at(today, -25, 9))
    sales_jobs.classify(now=_at(today, 0, 3))
    actions.find_twins(by=who["li"], now=_at(today, 0, 4), city="荆门市")


def _at(today: date, days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))


def _places(random: Random, cores: tuple[str, ...]) -> list[tuple[tuple[str, str, int, int], str, str]]:
    """(town, name, kind) of every core in every town, each name once, in a fixed disorder."""
    every = [(town, f"{town[1]}{core}{sort}", kind) for town in TOWNS for core in cores for sort, kind in SORTS]
    random.shuffle(every)
    return every


def _list(random: Random, by: Person, today: date) -> None:
    """A public list of terminals nobody has been to."""
    rows = [
        {
            "code": f"ML{n:05d}", "name": name, "kind": kind, "province": "湖北省", "city": city, "district": district,
            "latitude": lat + random.randint(-60_000, 60_000), "longitude": lon + random.randint(-60_000, 60_000),
        }
        for n, ((city, district, lat, lon), name, kind) in enumerate(_places(random, LISTED_CORES)[:LISTED], 1)
    ]  # fmt: skip
    now = _at(today, -200, 10)
    mark = digest(["white-space", "医疗机构名录.csv"])
    take_in(
        noun="white-space", filename="医疗机构名录.csv", file_digest=mark, layout="generic", mark=mark,
        verb="terminals.growth", by=by, now=now,
        do=lambda intake: actions.import_white_space(rows=rows, intake=intake, by=by, now=now),
    )  # fmt: skip


def _some_of_the_pool(count: int) -> list[int]:
    rows = Terminal.objects.filter(owner=None, prospect__isnull=False, city="荆门市").order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])


def _register(random: Random, by: Person, place: tuple, now: datetime, **more: Any) -> Terminal:
    (city, district, lat, lon), name, kind = place
    contact = {
        "name": random.choice(("秦主任", "尤店长", "许院长", "施科长")), "job": "负责人", "notice_given_on": now.date(),
        "work_phone": f"0724-{random.randint(2_000_000, 8_999_999)}",
    }  # fmt: skip
    return actions.register_prospect(
        name=name, kind=kind, province="湖北省", city=city, district=district,
        source=random.choice(("visit", "introduced", "fair", "flow", "tender")),
        lat_e6=lat + random.randint(-40_000, 40_000), lon_e6=lon + random.randint(-40_000, 40_000), contact=contact, by=by,
        now=now, **more,
    )  # fmt: skip


def _past(random: Random, sellers: list[Person], places: list, today: date) -> None:
    """Prospects that ended within the year: a fifth won, the rest dropped with their reasons."""
    reasons = [why for why in DROP_REASONS if why not in ("twin", "other")]
    for n in range(ENDED):
        by, began = sellers[n % len(sellers)], today - timedelta(days=random.randint(90, 330))
        terminal = _register(random, by, places[n], _at(began, 0, 10), next_what=random.choice(NEXT), next_on=began)
        days = random.randint(10, 40)
        if n % 3:
            actions.set_stage(terminal=terminal, stage="good", by=by, now=_at(began, days, 10))
        ended = _at(began, days + random.randint(10, 40), 16)
        if n % 5 == 0:
            actions.win_by_first_sale(terminal_ids=[terminal.pk], verb="terminals.prospect", by=by, now=ended)
        else:
            actions.set_stage(terminal=terminal, stage="dropped", why=random.choice(reasons), by=by, now=ended)


def _open(random: Random, sellers: list[Person], places: list, today: date) -> list[Terminal]:
    """Prospects under way, in every stage; some of their next actions are overdue."""
    made = []
    for n in range(OPEN):
        by, began = sellers[n % len(sellers)], today - timedelta(days=random.randint(20, 55))
        now = _at(began, 0, 11)
        terminal = _register(
            random, by, places[ENDED + n], now, next_what=random.choice(NEXT),
            next_on=max(began, today + timedelta(days=random.randint(-9, 14))),
            known={"estimate_fen": random.randint(3, 120) * 100_000, "estimate_basis": random.choice(("told", "computed", "flow"))},
        )  # fmt: skip
        made.append(terminal)
        stages = ("general", "good", "intent", "ready")[: n % 4 + 1]
        if "intent" in stages:
            actions.change_prospect(
                terminal=terminal, licence_number=f"PDY4208{n:04d}22", paper_check="valid", rivals="江北药业，经本地商业公司",
                buying_process="科室申请，药事会每季度一次", pays_by="term", pays_after_days=60,
                first_order_fen=random.randint(2, 30) * 100_000, first_order_on=today + timedelta(days=20 + n), by=by, now=now,
            )  # fmt: skip
        for step, stage in enumerate(stages[1:], 1):
            actions.set_stage(terminal=terminal, stage=stage, by=by, now=_at(began, step * 3, 15))
    return made


def _twins(made: list[Terminal], today: date) -> None:
    """A clinic somebody registered a second time under a name written otherwise."""
    one = next(terminal for terminal in made[1:] if terminal.kind == "private_hospital" and terminal.city == "荆门市")
    name = one.name.removeprefix(one.district).removeprefix(one.district[:2])
    actions.register_prospect(
        name=f"荆门市{one.district}{name}", kind=one.kind, province="湖北省", city=one.city, district=one.district, source="visit",
        by=made[2].owner, now=_at(today, -5, 9),
    )  # fmt: skip
