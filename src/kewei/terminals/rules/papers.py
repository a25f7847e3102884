"""证照关口: what a customer's papers allow today, and which classes of products it may buy (domain 4.1, 4.2, 4.11).

The table of docs/algorithms/licences.md. Findings about licences, special drugs and vetoes are never waivable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.calendar import add_years
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.terminals.rules.licences import LICENCE_KINDS, SCOPE_CLASSES, Ladder, LicenceDates, licence_state
from kewei.terminals.rules.words import KINDS

BLOCK, WARN, RECORD = "block", "warn", "record"


# --- policies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequiredPapers:
    """For each kind of terminal: groups of papers, one of each group being enough."""

    groups: dict[str, tuple[tuple[str, ...], ...]]

    def of(self, kind: str) -> tuple[tuple[str, ...], ...]:
        """The groups a kind must hold; none for a kind nobody thought of."""
        return self.groups.get(kind, ())


def read_required(body: Any) -> RequiredPapers:
    """Read a version. Raises BadPolicy for a kind or paper there is not."""
    groups = {kind: tuple(tuple(group) for group in rows) for kind, rows in body.items()}
    unknown = [kind for kind in groups if kind not in KINDS]
    unknown += [paper for rows in groups.values() for group in rows for paper in group if paper not in LICENCE_KINDS]
    if unknown:
        raise BadPolicy(reason=", ".join(unknown))
    return RequiredPapers(groups)


REQUIRED = Policy(
    name="terminals.required_papers",
    title=N_("各类终端必备证照"),
    keeper="terminals.policy",
    since=date(2026, 11, 1),
    source="domain 4.1: GSP 89–93 [S25], 医疗机构管理条例 22 [S18], 诊所备案 [S38], 民营医院另需营业执照 [S27]",
    body={
        "public_hospital": [["medical"]],
        "private_hospital": [["medical"], ["business"]],
        "primary_care": [["medical", "clinic_filing"]],
        "clinic": [["medical", "clinic_filing"]],
        "pharmacy": [["business"], ["drug_retail"]],
        "chain_hq": [["business"], ["drug_chain"]],
        "chain_store": [["drug_retail"]],
        "distributor": [["business"], ["drug_wholesale"]],
        "cdc": [["body_proof", "business"]],
        "research": [["business", "body_proof"], ["special_use"]],
        "military": [["superior_permit"]],
        "maker": [["business"], ["production"]],
        "other": [],
    },
    read=read_required,
)


def read_ladder(body: Any) -> Ladder:
    """Read a version; orders warn on every rung where it does not say on which. Raises BadPolicy unless the days fall."""
    days = tuple(body.get("days", ())) if isinstance(body, dict) else ()
    if not days or list(days) != sorted(set(days), reverse=True) or min(days) < 0:
        raise BadPolicy(reason="days: 180, 90, 60, 30, 7")
    warns = tuple(body.get("warns", days))
    if strange := set(warns) - set(days):
        raise BadPolicy(reason=f"warns: {sorted(strange)}")
    return Ladder(days=days, warns=warns)


LICENCE_LADDER = Policy(
    name="terminals.licence_ladder",
    title=N_("证照到期提醒天数"),
    keeper="terminals.policy",
    since=date(2026, 11, 1),
    source="domain 4.1 [INF]: WARN at 180/90/60/30/7 days, BLOCK from the day after",
    body={"days": [180, 90, 60, 30, 7], "warns": [180, 90, 60, 30, 7]},
    read=read_ladder,
)


@dataclass(frozen=True, slots=True)
class Verification:
    """How many years a hospital's verification holds, by beds."""

    few_beds_years: int
    many_beds_years: int
    many_beds: int
    kinds: tuple[str, ...]


def read_verification(body: Any) -> Verification:
    """Read a version. Raises BadPolicy."""
    return Verification(**{**body, "kinds": tuple(body["kinds"])})


VERIFICATION = Policy(
    name="terminals.verification",
    title=N_("医疗机构校验期"),
    keeper="terminals.policy",
    since=date(2026, 11, 1),
    source="domain 4.1: 医疗机构管理条例 22 (2016 text) [S18]: yearly under 100 beds, every 3 years at 100 and more",
    body={
        "few_beds_years": 1,
        "many_beds_years": 3,
        "many_beds": 100,
        "kinds": ["public_hospital", "private_hospital", "primary_care"],
    },
    read=read_verification,
)


def verification_due(kind: str, beds: int | None, last: date | None, policy: Verification) -> date | None:
    """The day until which the last verification of a medical licence holds; None where none is due or known.

    `last` is the authority's last 校验 where it was written down, else the day our own quality saw the paper.
    """
    if last is None or kind not in policy.kinds:
        return None
    many = beds is not None and beds >= policy.many_beds
    return add_years(last, policy.many_beds_years if many else policy.few_beds_years)


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One row of the allow-list: a class sold to these kinds needs one of these papers or scope codes, at this level."""

    scope_class: str
    kinds: tuple[str, ...]
    level: str
    papers: tuple[str, ...] = ()
    in_scope: bool = False
    note: str = ""
    # Whether the paper must say until when: a 印鉴卡 without number and validity is none (domain 4.1).
    dated: bool = False


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """The allow-list: for every class and kind of customer exactly one row."""

    rows: tuple[ScopeRow, ...]
    # Kinds that sell to patients: prescription drugs only where the paper says so.
    retail: tuple[str, ...] = ()

    def row(self, scope_class: str, kind: str) -> ScopeRow:
        """The row for a class sold to a kind of customer."""
        return next(row for row in self.rows if row.scope_class == scope_class and kind in row.kinds)

    def doubts(self) -> list[tuple[str, str, int]]:
        """(class, kind, number of rows) wherever that is not exactly one: the gaps and overlaps of the table."""
        counts = [
            (scope_class, kind, sum(row.scope_class == scope_class and kind in row.kinds for row in self.rows))
            for scope_class in SCOPE_CLASSES
            for kind in KINDS
        ]
        return [one for one in counts if one[2] != 1]


def read_scope(body: Any) -> ScopeTable:
    """Read a version. Raises BadPolicy for gaps, overlaps and unknown words."""
    rows = tuple(
        ScopeRow(
            row["class"], tuple(row["kinds"]), row["level"], tuple(row.get("papers", ())),
            bool(row.get("in_scope")), row.get("note", ""), bool(row.get("dated")),
        )
        for row in body["rows"]
    )  # fmt: skip
    retail = tuple(body.get("retail", ()))
    table = ScopeTable(rows, retail)
    if unknown := [kind for kind in retail if kind not in KINDS]:
        raise BadPolicy(reason=", ".join(unknown))
    if doubts := table.doubts():
        raise BadPolicy(reason="; ".join(f"{scope_class} × {kind}: {count}" for scope_class, kind, count in doubts[:5]))
    if wrong_levels := {row.level for row in rows} - {"allow", BLOCK, WARN, RECORD}:
        raise BadPolicy(reason=", ".join(sorted(wrong_levels)))
    return table


_MEDICAL = ["public_hospital", "private_hospital", "primary_care", "clinic"]
_RETAIL = ["pharmacy", "chain_hq", "chain_store"]
_TRADE = ["distributor"]
_SPECIAL = ["cdc", "research", "military", "maker", "other"]
_ALL = list(KINDS)


def _but(*kinds: str) -> list[str]:
    return [kind for kind in _ALL if kind not in kinds]


def _by_scope(scope_class: str, blocked: list[str], note: str) -> list[dict[str, Any]]:
    """Sold where the customer's licence names the class; to nobody of `blocked`."""
    return [
        {
            "class": scope_class,
            "kinds": [kind for kind in _ALL if kind not in blocked],
            "level": "allow",
            "in_scope": True,
            "note": note,
        },
        {"class": scope_class, "kinds": blocked, "level": BLOCK, "note": note},
    ]


SCOPE = Policy(
    name="terminals.scope",
    title=N_("特殊品类可售对象"),
    keeper="terminals.policy",
    since=date(2026, 11, 1),
    source="domain 4.1: 药品管理法 55, 疫苗法 35, 毒性药品办法 5 [S18], [S27][S31]; 印鉴卡, 蛋肽, 易制毒 [BK]: counsel to confirm",
    body={
        "retail": _RETAIL,
        "rows": [
            {"class": "general", "kinds": _ALL, "level": "allow"},
            {"class": "biological", "kinds": [*_MEDICAL, "cdc", "military"], "level": "allow"},
            {
                "class": "biological",
                "kinds": _RETAIL + _TRADE + ["research", "maker", "other"],
                "level": "allow",
                "in_scope": True,
                "note": "经营范围含生物制品",
            },
            {"class": "cold_chain", "kinds": _ALL, "level": WARN, "note": "收货方冷链能力与交接温度记录"},
            {
                "class": "narcotic_1",
                "kinds": _MEDICAL,
                "level": "allow",
                "papers": ["narcotic_card"],
                "dated": True,
                "note": "印鉴卡",
            },
            {"class": "narcotic_1", "kinds": _TRADE, "level": "allow", "in_scope": True, "note": "定点批发企业"},
            {"class": "narcotic_1", "kinds": _RETAIL + _SPECIAL, "level": BLOCK, "note": "不得零售"},
            {"class": "psychotropic_2", "kinds": _MEDICAL, "level": "allow"},
            {
                "class": "psychotropic_2",
                "kinds": ["chain_hq", "chain_store", "distributor"],
                "level": "allow",
                "in_scope": True,
                "note": "经批准的连锁与批发",
            },
            {"class": "psychotropic_2", "kinds": ["pharmacy", *_SPECIAL], "level": BLOCK},
            *_by_scope("toxic", [*_SPECIAL], "指定单位"),
            {"class": "vaccine", "kinds": ["cdc"], "level": "allow"},
            {"class": "vaccine", "kinds": _but("cdc"), "level": BLOCK, "note": "只供疾控中心"},
            *_by_scope("hormone", ["pharmacy", "chain_hq", "chain_store", *_SPECIAL], "有资质的单位；零售只限胰岛素"),
            *_by_scope("abortion", [*_RETAIL, *_SPECIAL], "获准开展该服务的机构"),
            *_by_scope("precursor", [*_RETAIL, "cdc", "military", "other"], "易制毒购用资质"),
            *_by_scope("radioactive", [*_RETAIL, "clinic", "primary_care", "cdc", "military", "other"], "放射性药品使用许可"),
            {"class": "device", "kinds": [*_MEDICAL, "cdc", "military"], "level": "allow"},
            {
                "class": "device",
                "kinds": _RETAIL + _TRADE + ["research", "maker", "other"],
                "level": "allow",
                "papers": ["device_2", "device_3"],
            },
            {"class": "other", "kinds": _ALL, "level": RECORD, "note": "品类未定，请在产品档案中选定"},
        ]
    },
    read=read_scope,
)  # fmt: skip

POLICIES = (REQUIRED, LICENCE_LADDER, VERIFICATION, SCOPE)


@dataclass(frozen=True, slots=True)
class PaperPolicies:
    """The versions a gate judges papers by."""

    required: RequiredPapers
    ladder: Ladder
    verification: Verification
    scope: ScopeTable


# --- what the gate looks at -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """A live licence: its end (the earlier of validity and verification) as the gate takes it."""

    kind: str
    number: str
    valid_to: date | None = None
    long_term: bool = False
    verify_by: date | None = None
    scope: tuple[str, ...] = ()
    suspended: bool = False
    verified_on: date | None = None

    @property
    def dates(self) -> LicenceDates:
        """As the rules of licences see it."""
        return LicenceDates(self.kind, self.valid_to, self.long_term, self.verify_by)


@dataclass(frozen=True, slots=True)
class VetoOf:
    """A live veto of quality: of one class, or of everything where that is empty."""

    scope_class: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuthorisedPerson:
    """Somebody authorised by the customer, and until when; an authorisation without an end is not valid [S28]."""

    pk: int
    kinds: tuple[str, ...] = ()
    valid_to: date | None = None

    def good_for(self, kind: str, day: date) -> bool:
        """Whether this person may do `kind` (rules.AUTHORISED_KINDS) on a day."""
        return kind in self.kinds and self.valid_to is not None and self.valid_to >= day


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything about a customer that its papers are judged by."""

    kind: str
    ownership: str = ""
    size: str = ""
    beds: int | None = None
    closed: bool = False
    licences: tuple[Paper, ...] = ()
    vetoes: tuple[VetoOf, ...] = ()
    authorised: tuple[AuthorisedPerson, ...] = ()
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: its code (rules.papers.SAYS has the sentence), how grave, the numbers, whether it may be waived."""

    rule: str
    level: str
    numbers: tuple[tuple[str, str], ...] = ()
    waivable: bool = False


# The sentences people read; `{…}` are the numbers of the finding.
SAYS: dict[str, str] = {
    "closed": N_("客户已停用"),
    "veto": N_("质管否决：{reason}"),
    "veto_class": N_("质管否决该品类：{reason}"),
    "paper_missing": N_("缺必备证照：{papers}"),
    "paper_expired": N_("{paper} {number} 已于 {ended_on} 到期"),
    "paper_suspended": N_("{paper} {number} 已被暂停或吊销"),
    "paper_undated": N_("{paper} {number} 没有填有效期"),
    "paper_ending": N_("{paper} {number} 还有 {days} 天到期（{ends_on}）"),
    "paper_unverified": N_("{paper} {number} 尚未核验"),
    "buyer_missing": N_("没有有效的采购授权人：授权委托书缺失、未填期限或已过期"),
    "scope_class": N_("{scope_class} 不得销售给{kind}：{note}"),
    "scope_paper": N_("{scope_class} 需要客户持有有效的{papers}"),
    "scope_code": N_("客户证照的经营范围不含{scope_class}"),
    "scope_rx": N_("客户证照的经营范围不含处方药"),
    "scope_rx_unsaid": N_("客户证照没有登记经营范围，请核对可否经营处方药"),
    "scope_unclear": N_("{scope_class}：{note}"),
    "cold_chain": N_("冷链药品：确认收货方冷链能力并记录交接温度"),
    "branch": N_("连锁门店一般由总部统一采购，直接销售请确认"),
}


def finding_says(finding: Finding, say: Callable[[str], str]) -> str:
    """The finding as a sentence; `say` turns Chinese into the reader's language."""
    numbers = {
        name: " / ".join(say(LICENCE_KINDS.get(part, part)) for part in text.split("/"))
        if name in {"paper", "papers"}
        else text
        for name, text in finding.numbers
    }
    return say(SAYS[finding.rule]).format(**numbers)


def paper_findings(papers: Papers, day: date, policies: PaperPolicies) -> tuple[Finding, ...]:
    """Everything to be said of a customer's papers on a day, gravest first (domain 4.1, 4.11)."""
    found: list[Finding] = []
    if papers.closed:
        found.append(Finding("closed", BLOCK))
    found += [Finding("veto", BLOCK, (("reason", veto.reason),)) for veto in papers.vetoes if not veto.scope_class]
    for group in policies.required.of(papers.kind):
        found += _of_group(group, papers, day, policies)
    if not any(person.good_for("buy", day) for person in papers.authorised):
        found.append(Finding("buyer_missing", WARN, waivable=True))
    if papers.kind == "chain_store":
        found.append(Finding("branch", WARN, waivable=True))
    return _gravest_first(found)


def scope_findings(
    papers: Papers, scope_class: str, prescription: str, cold_chain: bool, day: date, policies: PaperPolicies
) -> tuple[Finding, ...]:
    """Whether a customer may buy a product of this class on a day (domain 4.1: the allow-list). Gravest first.

    A product whose class nobody chose counts as `other`: recorded, so that somebody chooses one.
    """
    scope_class = scope_class or "other"
    found: list[Finding] = []
    found += [
        Finding("veto_class", BLOCK, (("reason", veto.reason),))
        for veto in papers.vetoes
        if veto.scope_class == scope_class
    ]
    row = policies.scope.row(scope_class, papers.kind)
    words: tuple[tuple[str, str], ...] = (("scope_class", scope_class),)
    if row.level == BLOCK:
        found.append(Finding("scope_class", BLOCK, (*words, ("kind", papers.kind), ("note", row.note))))
    elif row.papers and not any(_opens(paper, row, day) for paper in papers.licences):
        found.append(Finding("scope_paper", BLOCK, (*words, ("papers", "/".join(row.papers)))))
    elif row.in_scope and not any(scope_class in paper.scope for paper in papers.licences if _good(paper, day)):
        found.append(Finding("scope_code", BLOCK, words))
    elif row.level == RECORD:
        found.append(Finding("scope_unclear", RECORD, (*words, ("note", row.note))))
    if prescription == "rx" and papers.kind in policies.scope.retail:
        found += _of_prescription(papers, day)
    if cold_chain or scope_class == "cold_chain":
        found.append(Finding("cold_chain", RECORD))
    return _gravest_first(found)


def _opens(paper: Paper, row: ScopeRow, day: date) -> bool:
    return paper.kind in row.papers and _good(paper, day) and (not row.dated or _end(paper) is not None)


def _of_prescription(papers: Papers, day: date) -> Iterable[Finding]:
    """A shop's licence that names its scope must name prescription drugs, or drugs in general (domain 4.1: 处方药 to 零售)."""
    said = {code for paper in papers.licences if _good(paper, day) for code in paper.scope}
    if not said:
        return [Finding("scope_rx_unsaid", WARN, waivable=True)]
    return [] if said & _RX_SCOPES else [Finding("scope_rx", BLOCK)]


def _of_group(group: tuple[str, ...], papers: Papers, day: date, policies: PaperPolicies) -> Iterable[Finding]:
    """One paper of the group that is good is enough; else the best of what is held says what is wrong with it."""
    held = [paper for paper in papers.licences if paper.kind in group]
    good = [paper for paper in held if _good(paper, day)]
    if not held:
        return [Finding("paper_missing", BLOCK, (("papers", "/".join(group)),))]
    if not good:
        paper = max(held, key=lambda one: (not one.suspended, _end(one) or date.max))
        if paper.suspended:
            return [Finding("paper_suspended", BLOCK, _named(paper))]
        return [Finding("paper_expired", BLOCK, (*_named(paper), ("ended_on", str(_end(paper)))))]
    best = max(good, key=lambda one: _end(one) or date.max)
    return _about(best, day, policies)


def _about(paper: Paper, day: date, policies: PaperPolicies) -> Iterable[Finding]:
    state, rung = licence_state(paper.dates, day, policies.ladder)
    if state == "ending":
        end = _end(paper) or day
        days = (("ends_on", str(end)), ("days", str((end - day).days)), ("rung", str(rung)))
        yield Finding(
            "paper_ending", WARN if rung in policies.ladder.warns else RECORD, (*_named(paper), *days), waivable=True
        )
    if state == "undated" and paper.kind not in _WITHOUT_END:
        yield Finding("paper_undated", WARN, _named(paper), waivable=True)
    if paper.verified_on is None:
        yield Finding("paper_unverified", WARN, _named(paper), waivable=True)


# Scope codes under which a shop may sell prescription drugs.
_RX_SCOPES = {"prescription", "general"}
# A filing has no expiry (domain 4.1), nor have proofs of what a body is.
_WITHOUT_END = {"clinic_filing", "body_proof", "superior_permit", "special_use"}


def _good(paper: Paper, day: date) -> bool:
    end = _end(paper)
    return not paper.suspended and (end is None or end >= day)


def _end(paper: Paper) -> date | None:
    days = [day for day in (None if paper.long_term else paper.valid_to, paper.verify_by) if day is not None]
    return min(days) if days else None


def _named(paper: Paper) -> tuple[tuple[str, str], ...]:
    return (("paper", paper.kind), ("number", paper.number))


def _gravest_first(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (BLOCK, WARN, RECORD).index(one.level)))
