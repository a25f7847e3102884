"""The questions asked of the lake, each written once in the SQL that DuckDB and Spark share: whole numbers only, no division,
and always in an order. `raw` and `clean` are the parts of the lake; other tables are handed over and named with each."""

from __future__ import annotations

from kewei.flows.lake.parts import Kind

# The tables handed over.
FILES: dict[str, Kind] = {"file": "whole", "distributor": "whole", "place": "whole"}
NAMES: dict[str, Kind] = {"name": "whole", "terminal": "whole"}
GOODS: dict[str, Kind] = {"goods": "whole", "product": "whole", "times": "whole", "per": "whole"}
SOME_NAMES: dict[str, Kind] = {"name": "whole"}
SOME_GOODS: dict[str, Kind] = {"goods": "whole"}
ALARMS: dict[str, Kind] = {
    "alarm": "whole", "distributor": "whole", "terminal": "whole", "product": "whole", "batch": "text",
}  # fmt: skip

# files, names, goods: what each terminal took of each product through each distributor, in the units written; `bare` is the
# quantity of lines without money.
TAKEN = """
SELECT f.distributor, n.terminal, g.product, g.times, g.per,
       CAST(SUM(c.quantity_milli) AS BIGINT) AS milli,
       CAST(SUM(c.fen) AS BIGINT) AS fen,
       CAST(SUM(CASE WHEN c.fen IS NULL THEN c.quantity_milli END) AS BIGINT) AS bare
FROM clean c
JOIN files f ON f.file = c.file
JOIN names n ON n.name = c.name
JOIN goods g ON g.goods = c.goods
GROUP BY f.distributor, n.terminal, g.product, g.times, g.per
ORDER BY f.distributor, n.terminal, g.product, g.times, g.per
"""

# files, goods: quantities per place in the reckoning, distributor and product, in the units written.
MOVED = """
SELECT f.place, f.distributor, g.product, g.times, g.per, CAST(SUM(c.quantity_milli) AS BIGINT) AS milli
FROM clean c
JOIN files f ON f.file = c.file
JOIN goods g ON g.goods = c.goods
GROUP BY f.place, f.distributor, g.product, g.times, g.per
ORDER BY f.place, f.distributor, g.product, g.times, g.per
"""

# files, names, goods: who was sold which batch by whom, returns left out.
SOLD = """
SELECT DISTINCT f.distributor, n.terminal, g.product, c.batch
FROM clean c
JOIN files f ON f.file = c.file
JOIN names n ON n.name = c.name
JOIN goods g ON g.goods = c.goods
WHERE c.quantity_milli > 0
ORDER BY f.distributor, n.terminal, g.product, c.batch
"""

# files, goods: which batch each distributor was supplied with.
SUPPLIED = """
SELECT DISTINCT g.product, c.batch, f.distributor
FROM clean c
JOIN files f ON f.file = c.file
JOIN goods g ON g.goods = c.goods
WHERE c.quantity_milli > 0 AND c.batch <> ''
ORDER BY g.product, c.batch, f.distributor
"""

# files, names, goods, alarms: the lines of what alarms, in the order of their files.
ALARMED = """
SELECT a.alarm, c.file, c.number, c.day, c.quantity_milli
FROM clean c
JOIN files f ON f.file = c.file
JOIN names n ON n.name = c.name
JOIN goods g ON g.goods = c.goods
JOIN alarms a ON a.distributor = f.distributor AND a.terminal = n.terminal AND a.product = g.product AND a.batch = c.batch
WHERE c.quantity_milli > 0
ORDER BY c.file, c.number, a.alarm
"""

# some_names: what these names come to in each file.
NAMED = """
SELECT c.file, c.name, COUNT(*) AS lines, CAST(SUM(c.quantity_milli) AS BIGINT) AS milli, CAST(SUM(c.fen) AS BIGINT) AS fen
FROM clean c
JOIN some_names s ON s.name = c.name
GROUP BY c.file, c.name
ORDER BY c.file, c.name
"""

# How many lines each name has.
LINES_OF_NAMES = """
SELECT c.name, COUNT(*) AS lines
FROM clean c
WHERE c.name IS NOT NULL
GROUP BY c.name
ORDER BY c.name
"""

# Which names and goods a file has.
PAIRS = """
SELECT DISTINCT c.name, c.goods
FROM clean c
ORDER BY c.goods, c.name NULLS LAST
"""

# some_goods: how many lines these goods have in each file.
GOODS_NAMED = """
SELECT c.file, c.goods, COUNT(*) AS lines
FROM clean c
JOIN some_goods s ON s.goods = c.goods
GROUP BY c.file, c.goods
ORDER BY c.file, c.goods
"""

# How many lines of each file may be one line told twice.
DOUBLED = """
SELECT c.file, COUNT(*) AS lines
FROM clean c
WHERE c.flags LIKE '%duplicate%'
GROUP BY c.file
ORDER BY c.file
"""

# Rows and quantities of each file: all, those that went on, those set aside, those nobody can read.
BALANCES = """
SELECT r.file, COUNT(*) AS rows_, COUNT(r.code) AS aside_rows,
       CAST(SUM(CASE WHEN r.quantity_milli IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unreadable,
       CAST(SUM(COALESCE(r.quantity_milli, 0)) AS BIGINT) AS milli,
       CAST(SUM(CASE WHEN r.code IS NULL THEN 0 ELSE COALESCE(r.quantity_milli, 0) END) AS BIGINT) AS aside_milli
FROM raw r
GROUP BY r.file
ORDER BY r.file
"""
WENT_ON = """
SELECT c.file, COUNT(*) AS lines, CAST(SUM(c.quantity_milli) AS BIGINT) AS milli
FROM clean c
GROUP BY c.file
ORDER BY c.file
"""
