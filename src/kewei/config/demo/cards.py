"""The demo's people, products and terminals. All names are made up; a seed gives the same company every time."""

from dataclasses import dataclass
from random import Random
from typing import Any

from kewei.kernel.ids import make_credit_code

SEED = 20261123

# login, name, role, territory ('' for the whole company)
CAST = [
    ("wang", "王敏", "representative", "HB-JM"),
    ("chen", "陈卓", "representative", "HB-WH"),
    ("zhou", "周宁", "medical", "HB"),
    ("li", "李岚", "manager", "HB"),
    ("zhao", "赵谨", "credit", ""),
    ("qian", "钱细", "accountant", ""),
    ("wu", "吴质", "quality", ""),
    ("sun", "孙远", "representative", "SC"),
    ("feng", "冯信", "credit_manager", ""),
    ("tao", "陶衡", "finance_director", ""),
    ("chu", "褚仓", "warehouse", ""),
    ("he", "何律", "legal", ""),
]
TERRITORIES = [("HB", "湖北大区", "CN"), ("HB-WH", "武汉", "HB"), ("HB-JM", "荆门", "HB"), ("SC", "四川大区", "CN")]

PRODUCTS = [
    ("P001", "阿莫西林胶囊", "0.25g×24粒", "盒", "general", 1280),
    ("P002", "苯磺酸氨氯地平片", "5mg×28片", "盒", "general", 2160),
    ("P003", "盐酸二甲双胍缓释片", "0.5g×30片", "盒", "general", 1890),
    ("P004", "注射用头孢曲松钠", "1.0g×10支", "盒", "general", 9600),
    ("P005", "重组人胰岛素注射液", "3ml:300单位", "支", "cold_chain", 4580),
    ("P006", "人血白蛋白", "10g/50ml", "瓶", "biological", 41500),
    ("P007", "地西泮片", "2.5mg×100片", "瓶", "psychotropic_2", 1350),
    ("P008", "布洛芬缓释胶囊", "0.3g×24粒", "盒", "general", 1720),
    ("P009", "复方丹参滴丸", "27mg×180丸", "瓶", "general", 2680),
    ("P010", "蒙脱石散", "3g×10袋", "盒", "general", 1450),
    ("P011", "盐酸氨溴索口服溶液", "100ml:0.6g", "瓶", "general", 2390),
    ("P012", "奥美拉唑肠溶胶囊", "20mg×14粒", "盒", "general", 1980),
]


@dataclass(frozen=True)
class Place:
    """A city of the demo with its districts, territory, owner and how many terminals it has."""

    province: str
    city: str
    districts: tuple[str, ...]
    owner: str
    area: str
    count: int


PLACES = [
    Place("湖北省", "武汉市", ("江岸区", "江汉区", "武昌区", "洪山区", "汉阳区"), "chen", "4201", 130),
    Place("湖北省", "荆门市", ("东宝区", "掇刀区", "京山市", "钟祥市", "沙洋县"), "wang", "4208", 90),
    Place("四川省", "成都市", ("锦江区", "青羊区", "武侯区", "成华区", "双流区"), "sun", "5101", 80),
]

# kind, share of 100 terminals
MIX = [
    ("public_hospital", 12),
    ("private_hospital", 7),
    ("primary_care", 16),
    ("clinic", 18),
    ("pharmacy", 21),
    ("chain_hq", 3),
    ("chain_store", 14),
    ("distributor", 4),
    ("cdc", 1),
    ("research", 1),
    ("military", 1),
    ("maker", 1),
    ("other", 1),
]

CORES = (
    *("楚康", "江畔", "仁泽", "惠众", "博济", "同安", "康宁", "益民", "福寿", "瑞安", "和谐", "百草", "杏林", "长青"),
    *("安泰", "济世", "德生", "普爱", "汇仁", "佳和", "华宇", "广济", "松鹤", "明德", "天佑", "宏济", "新民", "朝阳"),
    *("东湖", "南湖", "星光", "金桥", "沙湖", "龙泉", "桂子", "梅岭", "竹园", "兰亭", "云峰", "清江"),
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
CHAINS = ["楚健大药房", "江汉康民大药房", "蜀安堂大药房"]


@dataclass(frozen=True)
class Card:
    """A terminal to open, and how it trades: volume in fen a month, term in days, habit of paying."""

    row: dict
    monthly_fen: int
    orders: tuple[int, int]
    term: int
    habit: str
    contact: str
    method: str


def cards() -> list[Card]:
    """All 300 terminals, in the order of their codes."""
    random = Random(SEED)  # noqa: S311
    made: list[Card] = []
    used: set[str] = set()
    for place in PLACES:
        kinds = [kind for kind, share in MIX for _ in range(max(1, round(place.count * share / 100)))][: place.count]
        kinds += ["clinic"] * (place.count - len(kinds))
        for kind in kinds:
            made.append(_card(random, place, kind, len(made) + 1, used))
    return made


def _card(random: Random, place: Place, kind: str, number: int, used: set[str]) -> Card:
    district = random.choice(place.districts)
    name = _name(random, place, kind, district, used)
    row: dict[str, Any] = {
        "code": f"K{number:05d}",
        "name": name,
        "kind": kind,
        "province": place.province,
        "city": place.city,
        "district": district,
        "address": f"{random.choice(CORES)}路 {random.randint(1, 398)} 号",
        "owner": place.owner,
        "ownership": {"public_hospital": "public", "primary_care": "public", "cdc": "public"}.get(kind, "private"),
        "size": {"public_hospital": "large", "distributor": "medium", "chain_hq": "medium"}.get(kind, "micro"),
    }
    if random.random() < 0.9:
        row["credit_code"] = make_credit_code(
            f"9{random.randint(1, 3)}{place.area}01MA{random.randint(0, 9_999_999):07d}"
        )
    if kind == "public_hospital":
        row |= {"grade": random.choice(("3A", "2A", "2B", "3B")), "beds": random.randrange(80, 1500, 10)}
    volume, orders, term, method = _TRADE[kind]
    return Card(
        row=row,
        monthly_fen=round(random.lognormvariate(0, 0.7) * volume) * 100,
        orders=orders,
        term=random.choice(term),
        habit=random.choices(*_HABITS["hospital" if kind == "public_hospital" else "trade"])[0],
        contact=random.choice(SURNAMES) + random.choice(("主任", "经理", "会计", "老师")),
        method=method,
    )


# kind -> yuan a month, orders a month, terms in days, how it pays
_TRADE: dict[str, tuple[int, tuple[int, int], tuple[int, ...], str]] = {
    "public_hospital": (180_000, (2, 4), (60,), "transfer"),
    "private_hospital": (45_000, (1, 3), (30, 45), "transfer"),
    "primary_care": (14_000, (1, 2), (60,), "insurance"),
    "clinic": (2_600, (0, 2), (7, 15, 30), "transfer"),
    "pharmacy": (5_200, (1, 2), (15, 30), "transfer"),
    "chain_hq": (160_000, (2, 4), (45, 60), "bill"),
    "chain_store": (6_500, (0, 2), (30,), "transfer"),
    "distributor": (320_000, (2, 5), (45, 60), "bill"),
    "cdc": (20_000, (0, 1), (60,), "transfer"),
    "research": (4_000, (0, 1), (30,), "transfer"),
    "military": (30_000, (0, 2), (60,), "transfer"),
    "maker": (9_000, (0, 1), (30,), "transfer"),
    "other": (3_000, (0, 1), (30,), "transfer"),
}

_HABITS = {
    "trade": (("prompt", "late", "parts", "stuck", "silent"), (68, 18, 7, 4, 3)),
    "hospital": (("prompt", "run", "run_late", "parts", "stuck"), (42, 28, 18, 8, 4)),
}


def _name(random: Random, place: Place, kind: str, district: str, used: set[str]) -> str:
    city, short = place.city, place.city.removesuffix("市")
    for _ in range(200):
        core = random.choice(CORES)
        person = random.choice(SURNAMES) + random.choice("强伟芳丽军敏静磊洋艳勇杰娟涛明霞平")
        name = {
            "public_hospital": f"{city}{core}人民医院",
            "private_hospital": f"{short}{core}医院有限公司",
            "primary_care": f"{city}{district}{core}社区卫生服务中心",
            "clinic": f"{short}{district}{person}诊所",
            "pharmacy": f"{short}{core}{random.choice(('大药房', '药店', '药房'))}",
            "chain_hq": f"{short}{core}大药房连锁有限公司",
            "chain_store": f"{CHAINS[PLACES.index(place)]}{short}{core}路店",
            "distributor": f"{short}{core}医药有限公司",
            "cdc": f"{city}{district}疾病预防控制中心",
            "research": f"{short}{core}医药研究所",
            "military": f"{short}{core}部队门诊部",
            "maker": f"{short}{core}制药有限公司",
            "other": f"{short}{core}医务室",
        }[kind]
        if name not in used:
            used.add(name)
            return name
    raise ValueError(f"no free name for {kind} in {city}")
