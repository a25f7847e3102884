"""Matching names: dirty names a second and what each finds, beside rapidfuzz within a city and plain TF-IDF, the same run.

    python -m bench.matching [--names 20000] [--masters 50000] [--beside 2000] [--processes 2]

Masters and names are drawn from a seed: real places, made-up hospitals, clinics and pharmacies. How many of made-up
names are found says nothing about real ones (docs/algorithms/matching.md has those); it only shows that all did the work.
The rivals are given `--beside` names, for they would take minutes on all of them, and for the curve.
The scale of the goals: --names 200000 --masters 50000 and --masters 1000000.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable
from typing import Any

from bench import clock
from kewei.flows.rules.matching import Asked, Index, Master, match, match_together
from kewei.terminals.rules.divisions import divisions

_SYLLABLES = "安康宁和平仁爱济民惠泰华德福祥瑞盛永兴同心健益明光春晖博雅长青佳美天成金水东方南山北辰西林"
_ENDS = (
    "医院",
    "中医医院",
    "大药房",
    "门诊部",
    "诊所",
    "社区卫生服务中心",
    "卫生院",
    "口腔医院",
    "妇幼保健院",
    "骨科医院",
)
_TAILS = ("药剂科", "(药房)", "门诊收费", "仓库", "有限公司", "")


def measure(names: int, masters: int, beside: int, processes: int = 2) -> dict[str, Any]:
    """Seconds of processor, and the share found, by each; `one` is the wall time of a single name, `wall` of all of ours.

    `curve` is seconds of processor for a name against a master of a quarter, a half and the whole of the terminals.
    """
    drawn = random.Random(7)
    master = _masters(drawn, masters)
    typed = [_dirty(drawn, drawn.choice(master)) for _ in range(names)]
    asked = [one for one, _key in typed]
    told: dict[str, Any] = {"names": names, "masters": masters, "processes": processes, "curve": {}}
    for part in (4, 2):
        some = Index.of(master[: masters // part])
        seconds = clock.processor(lambda _, some=some: match(some, asked[:beside]), 1)
        told["curve"][masters // part] = seconds / min(beside, names)
    index: list[Index] = []
    told["index"] = clock.processor(lambda _: index.append(Index.of(master)), 1)
    match(index[0], asked[:1])  # what is made at the first question: the places, the model
    told["one"] = clock.repeat(lambda at: match(index[0], [asked[at]]), 20)
    told["curve"][masters] = clock.processor(lambda _: match(index[0], asked[:beside]), 1) / min(beside, names)
    begun, used = time.perf_counter(), _used()
    ours = match_together(index[0], asked, processes)
    told["wall"], told["ours"] = time.perf_counter() - begun, _used() - used
    # Both processes' peaks, though the index, which they share, is counted twice.
    told["match_mb"] = clock.peak_mb() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    told["ours_found"] = _share([one.candidates[0].key if one.candidates else None for one in ours], typed)
    told["ours_wrong"] = sum(
        one.verdict == "accept" and one.key != key for one, (_asked, key) in zip(ours, typed, strict=True)
    )
    rivals = typed[:beside]
    for name, way in (("rapidfuzz", _by_rapidfuzz), ("tfidf", _by_tfidf)):
        found: list[Any] = []
        told[name] = clock.processor(lambda _, way=way, found=found: found.extend(way(master, rivals)), 1)
        told[f"{name}_names"], told[f"{name}_found"] = len(rivals), _share(found, rivals)
    told["mb"] = clock.peak_mb()
    return told


def _used() -> float:
    """Seconds of processor of this process and of those it has started and seen end."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _masters(drawn: random.Random, count: int) -> list[Master]:
    places = [
        (province.name, city.name, district.name)
        for province in divisions().provinces()
        for city in divisions().cities(province.code)
        for district in divisions().districts(city.code)
    ]
    found = []
    for number in range(count):
        province, city, county = drawn.choice(places)
        proper = "".join(drawn.sample(_SYLLABLES, drawn.choice((2, 2, 3))))
        ordinal = drawn.choice(("", "", "", "第一", "第二", "第三"))
        name = drawn.choice((city, county, city + county)) + (ordinal or proper) + drawn.choice(_ENDS)
        found.append(Master(number, name, province, city, county))
    return found


def _dirty(drawn: random.Random, master: Master) -> tuple[Asked, Any]:
    """A name as somebody may type it: the place left out, a desk behind it, a letter lost, wide letters, spaces."""
    name = master.name
    if drawn.random() < 0.4:
        name = name.replace("市", "", 1) if drawn.random() < 0.5 else name.removeprefix(master.city) or name
    if drawn.random() < 0.3:
        name += drawn.choice(_TAILS)
    if drawn.random() < 0.2 and len(name) > 6:
        at = drawn.randrange(2, len(name) - 2)
        name = name[:at] + name[at + 1 :]
    if drawn.random() < 0.2:
        name = f" {name[:3]} {name[3:]}"
    return Asked(name, master.province, master.city), master.key


def _by_rapidfuzz(master: list[Master], typed: list[tuple[Asked, Any]]) -> list[Any]:
    from rapidfuzz import fuzz, process

    by_city: dict[str, list[Master]] = {}
    for one in master:
        by_city.setdefault(one.city, []).append(one)
    found = []
    for asked, _key in typed:
        block = by_city.get(asked.city, [])
        best = process.extractOne(asked.name, [one.name for one in block], scorer=fuzz.ratio)
        found.append(block[best[2]].key if best else None)
    return found


def _by_tfidf(master: list[Master], typed: list[tuple[Asked, Any]]) -> list[Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigher = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    known = weigher.fit_transform([one.name for one in master])
    found: list[Any] = []
    for first in range(0, len(typed), 200):
        alike = weigher.transform([asked.name for asked, _key in typed[first : first + 200]]) @ known.T
        found.extend(master[int(at)].key for at in alike.argmax(axis=1).ravel().tolist()[0])
    return found


def _share(found: list[Any], typed: list[tuple[Asked, Any]]) -> float:
    right: Callable[[tuple[Any, tuple[Asked, Any]]], bool] = lambda pair: pair[0] == pair[1][1]  # noqa: E731
    return round(sum(map(right, zip(found, typed, strict=True))) / max(len(typed), 1), 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=20_000)
    parser.add_argument("--masters", type=int, default=50_000)
    parser.add_argument("--beside", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    print(json.dumps(measure(args.names, args.masters, args.beside, args.processes)))
