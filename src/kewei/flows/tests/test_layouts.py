"""Five hundred layouts: each is read right or asked about, none is read wrong."""

from __future__ import annotations

import random
from datetime import date

from kewei.flows import excel
from kewei.flows.rules.files import KindUnclear, sort_rows
from kewei.kernel.columns import ColumnMappedTwice, MissingColumn
from kewei.kernel.sheets import BadSheet

DAYS = ["{:%Y-%m-%d}", "{:%Y%m%d}", "{:%Y/%m/%d}", "{:%Y年%m月%d日}"]
ROWS = [
    (date(2026, 10, 3), "荆门市第一人民医院", "阿莫西林胶囊", "0.25g×24粒", "A1", 12_000),
    (date(2026, 10, 19), "益丰大药房,中山路店", "头孢克肟片", "0.1g×6片", "B7", -3_500),
    (date(2026, 10, 31), "成都李刚诊所", "阿莫西林胶囊", "0.25g×24粒", "", 1_000),
]
NAMES = ("day", "customer", "product", "spec", "batch", "quantity")
# Headings no distributor's file is known by: the file must be asked about.
STRANGE = ["出单时刻", "谁买的", "啥药", "多少", "col1"]
NOISE = ["序号", "业务员", "开票员", "备注", "生产厂家", "仓库"]


def layout(seed: int) -> tuple[bytes, bool]:
    """A file of ROWS with headings, order, dates, encoding and noise of its own; whether it has a strange heading."""
    draw = random.Random(seed)
    columns = {column.name: column for column in excel.columns_of("sales")}
    known = {name: [columns[name].zh, *columns[name].aliases] for name in NAMES}
    # What a count of stock is headed by stands over no sales.
    headings = {name: draw.choice([one for one in known[name] if not set(one) & set("存盘")]) for name in NAMES}
    strange = draw.random() < 0.1
    if strange:
        headings[draw.choice(["day", "customer", "product", "quantity"])] = draw.choice(STRANGE)
    order = [*NAMES, *draw.sample(NOISE, draw.randrange(0, 4))]
    draw.shuffle(order)
    shown, comma = draw.choice(DAYS), draw.choice([",", "\t", ";"])
    lines = [["十月流向"]] if draw.random() < 0.3 else []
    lines.append([headings.get(name, name) for name in order])
    for day, *rest, milli in ROWS:
        quantity = f"{milli / 1000:g}" if draw.random() < 0.5 else f"{milli / 1000:.2f}"
        cells = dict(zip(NAMES, (shown.format(day), *rest, quantity), strict=True))
        lines.append([cells.get(name, "x") for name in order])
    if draw.random() < 0.3:
        lines.append([{"customer": "合计", "quantity": "9.5"}.get(name, "") for name in order])
    text = "\n".join(comma.join(f'"{cell}"' if comma in cell else cell for cell in line) for line in lines)
    return text.encode(draw.choice(["utf-8", "utf-8-sig", "gb18030"])), strange


def test_five_hundred_layouts_are_read_right_or_asked_about():
    read, asked = 0, []
    for seed in range(500):
        content, strange = layout(seed)
        try:
            sent = excel.read_file(content, f"{seed}.csv")
        except (MissingColumn, ColumnMappedTwice, KindUnclear, BadSheet):
            asked.append((seed, strange))
            continue
        assert sent.kind == "sales"
        found = sort_rows(sent.lines, sent.kind, date(2026, 10, 1))
        told = [(one.day, one.name, one.product, one.spec, one.batch, one.quantity_milli) for one in found.clean]
        assert told == ROWS, seed
        assert all(one.why.code == "flows_total_row" for one in found.aside), seed
        read += 1
    assert read + len(asked) == 500
    assert [seed for seed, strange in asked if not strange] == []
    assert read >= 440
