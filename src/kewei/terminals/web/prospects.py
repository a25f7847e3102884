"""潜在客户  Registering, working on and sharing prospects: list, board, pool, and the card's own part."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, Refused
from kewei.people import queries as people
from kewei.people.fields import heading
from kewei.people.keys import key_of, ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.terminals import actions, excel, forms, queries, rules
from kewei.terminals.queries import prospects
from kewei.terminals.queries.prospects import ProspectRow
from kewei.terminals.rules.potential import BASES, CLASS_WORDS
from kewei.terminals.rules.prospects import (
    DROP_REASONS,
    DROPPED,
    GENERAL,
    GOOD,
    IDLE,
    INTENT,
    LADDER,
    LEFT,
    NEEDS,
    OPEN_STAGES,
    READY,
    RETURN_REASONS,
    SOURCES,
    STAGES,
    WON,
)

PROSPECT = "terminals.prospect"
either = require_http_methods(["GET", "POST"])
STAGE_TONES = {GENERAL: "quiet", GOOD: "info", INTENT: "warn", READY: "ok", WON: "ok", DROPPED: "bad"}
ALARMS: dict[str, str] = {
    "late": N_("下次行动已过期"),
    "over": N_("阶段停留过久"),
    "idle": N_("快要退回公海"),
    "plain": N_("没有下次行动"),
}
BOARDS: dict[str, str] = {
    "stage": N_("按阶段"),
    "due": N_("按下次行动"),
    "potential": N_("按潜力级"),
    "kind": N_("按终端类型"),
    "owner": N_("按负责人"),
}
DUE: dict[str, str] = {
    "late": N_("已过期"),
    "today": N_("今天"),
    "week": N_("7 天内"),
    "later": N_("以后"),
    "none": N_("没有安排"),
}


def tabs(request: Any, here: str) -> list[dict[str, Any]]:
    """The pages of winning customers."""
    pages = [
        ("prospects", N_("列表")), ("board", N_("看板")), ("pool", N_("公海")), ("near", N_("附近")), ("map", N_("地图")),
        ("coverage", N_("潜在客户数量")), ("nine_box", N_("潜力九宫格")),
    ]  # fmt: skip
    if request.user.may("terminals.merge"):
        pages.append(("duplicates", N_("查重")))
    return [
        {"name": _(words), "url": reverse(f"terminals:{name}"), "on": name == here, "count": None}
        for name, words in pages
    ]


def _words(words: dict[str, str]):
    return lambda code: _(words[code]) if code in words else code


def _options(words: dict[str, str]):
    return lambda _request: [(code, _(label)) for code, label in words.items()]


def _owners(request: Any) -> list[tuple[str, str]]:
    reach = request.user.reach(PROSPECT)
    if not (reach.everything or reach.territory_paths):
        return []
    return [(str(pk), name) for pk, name in people.choices_of_people(forms.SELLERS)]


def due_words(row: ProspectRow) -> str:
    """How late the next action is."""
    return ngettext("过期 {days} 天", "过期 {days} 天", row.late).format(days=row.late) if row.late else ""


def _page_of(row: ProspectRow) -> str:
    return reverse("terminals:prospect", args=[row.pk])


def _days_words(row: ProspectRow) -> str:
    return _("超过 {days} 天").format(days=row.over) if row.over else ""


COLUMNS = [
    Col("name", N_("名称"), lead=True, sort="name", link=_page_of, sub=lambda row: row.code),
    Col("stage", N_("阶段"), kind="badge", words=_words(STAGES), tone=lambda row: STAGE_TONES[row.stage]),
    Col("days", N_("停留天数"), kind="number", sort="stage_since", sub=_days_words),
    Col("potential", N_("潜力级")),
    Col("kind", N_("终端类型"), words=_words(rules.KINDS)),
    Col("city", N_("市"), sort="city", sub=lambda row: row.district),
    Col("next_what", N_("下次行动"), clip=True),
    Col("next_on", N_("日期"), kind="day", sort="next_on", sub=due_words, tone=lambda row: "bad" if row.late else ""),
    Col("estimate_fen", N_("月需求"), kind="amount", sort="estimate_fen", shown=False),
    Col("first_order_fen", N_("预计首单"), kind="amount", shown=False),
    Col("owner_name", N_("负责人")),
    Col("idle_left", N_("退回公海还有（天）"), kind="number", sort="touched_at", shown=False),
    Col("source", N_("信息来源"), words=_words(SOURCES), shown=False),
]

LISTING = Listing(
    name="terminals.prospects",
    title=N_("潜在客户"),
    columns=COLUMNS,
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、别名、编码、拼音首字母")),
        Filter(
            "stage", N_("阶段"), options=lambda _r: [("open", _("开发中")), *((c, _(w)) for c, w in STAGES.items())]
        ),
        Filter("alarm", N_("提醒"), options=_options(ALARMS)),
        Filter("potential", N_("潜力级"), options=_options(CLASS_WORDS)),
        Filter("kind", N_("终端类型"), options=_options(rules.KINDS)),
        Filter("owner", N_("负责人"), options=_owners),
    ],
    order="next_on",
    may_export="terminals.export",
    row_url=_page_of,
    key=lambda row: row.pk,
    empty_title=N_("还没有潜在客户"),
    empty_text=N_("登记走访中遇到的终端，或到公海领取。"),
    empty_icon="user-plus",
    empty_url="terminals:pool",
    empty_action=N_("去公海"),
)

POOL = Listing(
    name="terminals.pool",
    title=N_("公海"),
    columns=[
        Col("name", N_("名称"), lead=True, sort="name", sub=lambda row: row.code),
        Col("kind", N_("终端类型"), words=_words(rules.KINDS)),
        Col("grade", N_("医院等级"), words=_words(rules.GRADES)),
        Col("city", N_("市"), sort="city", sub=lambda row: row.district),
        Col("stage", N_("阶段"), kind="badge", words=_words(STAGES), tone=lambda row: STAGE_TONES[row.stage]),
        Col("potential", N_("潜力级")),
        Col("source", N_("信息来源"), words=_words(SOURCES)),
        Col("estimate_fen", N_("月需求"), kind="amount", sort="estimate_fen", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、拼音首字母")),
        Filter("kind", N_("终端类型"), options=_options(rules.KINDS)),
        Filter("grade", N_("医院等级"), options=_options(rules.GRADES)),
        Filter("province", N_("省"), options=lambda _r: [(name, name) for _code, name in queries.province_choices()]),
        Filter("city", N_("市"), options=lambda request: _cities(request)),
        Filter("potential", N_("潜力级"), options=_options(CLASS_WORDS)),
    ],
    order="code",
    key=lambda row: row.pk,
    bulk=[Bulk(N_("领取"), "terminals:claim", "hand-grab")],
    empty_title=N_("公海里没有潜在客户"),
    empty_text=N_("导入公开名录，或等别人退回；超过期限没有跟进的也会回到这里。"),
    empty_icon="ripple",
    empty_url="desk:intake",
    empty_action=N_("导入名录"),
)  # fmt: skip


def _cities(request: Any) -> list[tuple[str, str]]:
    province, city = request.GET.get("province", ""), request.GET.get("city", "")[:30]
    names = [name for _code, name in queries.city_choices(province)] if province else []
    return [(name, name) for name in dict.fromkeys([*names, *([city] if city else [])])]


def _asked(filters: dict[str, Any]) -> dict[str, Any]:
    return filters | ({"owner": int(filters["owner"])} if "owner" in filters else {})


@either
def list_page(request):
    """潜在客户  What somebody works on, what is due first in front."""
    request.user.must(PROSPECT)
    day = timezone.localdate()

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return prospects.prospects(request.user, day, order=order, start=start, limit=limit, **_asked(filters))

    return LISTING.answer(request, fetch, "terminals/prospects.html", {"tabs": tabs(request, "prospects")})


@either
def pool_page(request):
    """公海  Prospects nobody looks after, to claim."""
    request.user.must(PROSPECT)
    day = timezone.localdate()

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return prospects.pool(request.user, day, order=order, start=start, limit=limit, **filters)

    held = prospects.held_by([request.user.pk])[request.user.pk]
    page = {"tabs": tabs(request, "pool"), "held": held, "most": prospects.pool_rules(day).most_held}
    return POOL.answer(request, fetch, "terminals/pool.html", page)


@require_POST
def claim(request):
    """领取  Take the ticked prospects out of the pool."""
    request.user.must(PROSPECT)
    keys = ticked(request.POST)
    count = actions.claim_prospects(terminal_ids=keys, by=request.user, now=timezone.now())
    done(request, ngettext("已领取 {count} 家", "已领取 {count} 家", count).format(count=count))
    return redirect("terminals:prospect", keys[0]) if count == 1 else redirect("terminals:prospects")


@require_GET
def board(request):
    """看板  Prospects in columns by any status; cards move by drag or by their menu."""
    request.user.must(PROSPECT)
    by = request.GET.get("by", "stage")
    by = by if by in BOARDS else "stage"
    owners = _owners(request)
    owner = key_of(request.GET.get("owner"))
    columns = prospects.board(request.user, timezone.localdate(), by, owner=owner)
    names = {"stage": STAGES, "due": DUE, "potential": CLASS_WORDS | {"": N_("未定级")}, "kind": rules.KINDS}.get(
        by, {}
    )
    page = {
        "tabs": tabs(request, "board"),
        "by": by,
        "boards": [(code, _(words)) for code, words in BOARDS.items()],
        "owners": owners,
        "owner": str(owner or ""),
        "moves": by == "stage",
        "columns": [
            {
                "key": column.key,
                "name": column.name or _(names.get(column.key, column.key)) or _("其他"),
                "count": column.count,
                "more": column.count - len(column.cards),
                "cards": [(row, due_words(row), _days_words(row)) for row in column.cards],
                "tone": STAGE_TONES.get(column.key, "quiet") if by == "stage" else "quiet",
            }
            for column in columns
        ],
        "stages": [(code, _(words)) for code, words in STAGES.items() if code not in (WON, DROPPED)],
        "empty": not any(column.count for column in columns),
    }
    return render(request, "terminals/board.html", page)


# --- one prospect -----------------------------------------------------------------------------------------------------


@require_GET
def prospect(request, pk: int):
    """潜在客户卡  The prospect's part of a card: stage, what is missing, what is next, its history."""
    request.user.must(PROSPECT)
    return _card_page(request, pk)


def _card_page(request, pk: int, status: int = 200, **forms_given: Any):
    person, day = request.user, timezone.localdate()
    card = queries.card(person, pk, day)
    part = prospects.prospect_card(person, pk, day)
    stages = [
        {
            "code": stage,
            "name": _(STAGES[stage]),
            "on": stage == part.stage,
            "missing": [_(NEEDS[need]) for need in part.missing.get(stage, ())],
            "up": part.stage == DROPPED or (part.stage in LADDER and LADDER.index(stage) > LADDER.index(part.stage)),
        }
        for stage in LADDER
    ]
    page = {
        "card": card,
        "part": part,
        "stage": _(STAGES[part.stage]),
        "stage_tone": STAGE_TONES[part.stage],
        "steps": [one["name"] for one in stages],
        "step": LADDER.index(part.stage) + 1 if part.stage in LADDER else 0,
        "stages": stages,
        "facts": [
            (str(heading(column)), _shown(column, value))
            for column in excel.PROSPECTS
            if (value := part.fields[column.name]) not in (None, "")
        ],
        "late": part.next_action is not None and part.next_action.due_on < day,
        "open": part.stage in OPEN_STAGES,
        "next_form": forms_given.get("next_form") or forms.NextActionForm(person),
        "potential_form": forms_given.get("potential_form") or forms.PotentialForm(),
        "potential": _(CLASS_WORDS[part.potential.potential]) if part.potential else "",
        "potential_basis": _(BASES.get(part.potential.basis, "")) if part.potential else "",
        "drop_reasons": [(code, _(words)) for code, words in DROP_REASONS.items()],
        "return_reasons": [(code, _(words)) for code, words in RETURN_REASONS.items() if code not in (IDLE, LEFT)],
        "history": [
            (
                row,
                _(STAGES[row.stage]),
                STAGE_TONES[row.stage],
                _(DROP_REASONS[row.why]) if row.why in DROP_REASONS else "",
            )
            for row in part.stages
        ],
        "holders": [(held, _(RETURN_REASONS[held.why]) if held.why in RETURN_REASONS else "") for held in part.holders],
        "has_owner": card.owner is not None,
    }
    return render(request, "terminals/prospect.html", page, status=status)


def _shown(column: Any, value: Any) -> str:
    """A field of the prospect as people read it."""
    if column.name.endswith("_fen"):
        return yuan(value)
    words = forms.PROSPECT_WORDS.get(column.name, {})
    return _(words[value]) if value in words else str(value)


@either
def register(request):
    """登记潜在客户  First show what may be the same terminal, then open the card it will keep."""
    request.user.must(PROSPECT)
    request.user.must("terminals.create")
    form = forms.RegisterForm(request.user, request.POST or None, initial={"source": "visit"})
    found: list[queries.Twin] = []
    if form.is_valid():
        given = form.cleaned_data
        found = queries.duplicates(
            request.user, given["name"], given["credit_code"] or "", given["licence_number"], province=given["province"],
            city=given["city"], district=given["district"],
        )  # fmt: skip
        if not found or given["not_a_twin"]:
            owner = people.colleague(given["owner"]) if given.get("owner") else None
            try:
                terminal = actions.register_prospect(
                    source=given["source"], contact=form.contact(), known=form.known(), next_what=given["next_what"],
                    next_on=given["next_on"], code=given["code"] or "", owner=owner, by=request.user, now=timezone.now(),
                    **form.card(),
                )  # fmt: skip
            except Refused as no:
                form.add_error(_BESIDE.get(no.code), no.sentence(_))
            else:
                done(request, _("{name} 已登记为潜在客户").format(name=terminal.name))
                return redirect("terminals:prospect", terminal.pk)
    page = {"form": form, "twins": found, "back": reverse("terminals:prospects")}
    return render(request, "terminals/register.html", page, status=422 if request.method == "POST" else 200)


_BESIDE = {
    "credit_code_taken": "credit_code", "bad_credit_code": "credit_code", "code_taken": "code",
    "next_action_in_the_past": "next_on",
}  # fmt: skip


@either
def edit(request, pk: int):
    """修改潜在客户资料  Everything of domain 2.1 beyond the customer card."""
    request.user.must(PROSPECT)
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    part = prospects.prospect_card(request.user, pk, timezone.localdate())
    given = {"latitude": terminal.lat_e6, "longitude": terminal.lon_e6}
    form = forms.ProspectForm(request.POST or None, initial=part.fields | given)
    if form.is_valid():
        now, changed = timezone.now(), False
        for do, fields in ((actions.change_prospect, form.known()), (actions.change_terminal, form.place())):
            try:
                do(terminal=terminal, by=request.user, now=now, **fields)
                changed = True
            except rules.NothingToChange:
                continue
        if changed:
            done(request, _("资料已修改"))
        return redirect("terminals:prospect", pk)
    page = {"form": form, "terminal": terminal, "back": reverse("terminals:prospect", args=[pk])}
    return render(request, "terminals/prospect_edit.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def begin(request, pk: int):
    """列为潜在客户  A card that is there becomes a prospect."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    source = request.POST.get("source", "")
    source = source if source in SOURCES else "visit"
    actions.make_prospect(terminal=terminal, source=source, by=request.user, now=timezone.now())
    done(request, _("{name} 已登记为潜在客户").format(name=terminal.name))
    return redirect("terminals:prospect", pk)


@require_POST
def move(request, pk: int):
    """推进阶段  Up, down, out or back in; from the card or from the board."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    given = {name: request.POST.get(name, "")[:200] for name in ("stage", "why", "note")}
    stage = actions.set_stage(terminal=terminal, by=request.user, now=timezone.now(), **given)
    done(request, _("{name}：{stage}").format(name=terminal.name, stage=_(STAGES[stage.stage])))
    return redirect("terminals:board") if request.POST.get("from") == "board" else redirect("terminals:prospect", pk)


@require_POST
def plan_next(request, pk: int):
    """下次行动  What is next, by which day."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    form = forms.NextActionForm(request.user, request.POST)
    if not form.is_valid():
        return _card_page(request, pk, 422, next_form=form)
    given = form.cleaned_data
    person = people.colleague(given["person"]) if given.get("person") else None
    try:
        actions.set_next_action(
            terminal=terminal, what=given["what"], due_on=given["due_on"], person=person, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except Refused as no:
        form.add_error("due_on", no.sentence(_))
        return _card_page(request, pk, 422, next_form=form)
    done(request, _("下次行动已安排"))
    return redirect("terminals:prospect", pk)


@require_POST
def finish_next(request, pk: int):
    """完成行动  It was done, with what came of it."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    outcome = request.POST.get("outcome", "")[:200]
    actions.finish_next_action(terminal=terminal, outcome=outcome, by=request.user, now=timezone.now())
    done(request, _("行动已完成，请安排下一次"))
    return redirect("terminals:prospect", pk)


@require_POST
def give_back(request, pk: int):
    """退回公海  With a reason."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    given = {name: request.POST.get(name, "")[:200] for name in ("why", "note")}
    actions.give_back_prospect(terminal=terminal, by=request.user, now=timezone.now(), **given)
    done(request, _("{name} 已退回公海").format(name=terminal.name))
    return redirect("terminals:prospects")


@require_POST
def judge(request, pk: int):
    """判定潜力级  A class set by a person, with its basis."""
    terminal = queries.terminal_for(request.user, pk, PROSPECT)
    form = forms.PotentialForm(request.POST)
    if not form.is_valid():
        return _card_page(request, pk, 422, potential_form=form)
    try:
        actions.judge_potential(terminal=terminal, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as no:
        form.add_error("potential", no.sentence(_))
        return _card_page(request, pk, 422, potential_form=form)
    done(request, _("潜力级已判定"))
    return redirect("terminals:prospect", pk)


PROSPECTS = [
    path("prospects", list_page, name="prospects"),
    path("prospects/new", register, name="register_prospect"),
    path("prospects/board", board, name="board"),
    path("prospects/pool", pool_page, name="pool"),
    path("prospects/claim", claim, name="claim"),
    path("<int:pk>/prospect", prospect, name="prospect"),
    path("<int:pk>/prospect/edit", edit, name="edit_prospect"),
    path("<int:pk>/prospect/begin", begin, name="begin_prospect"),
    path("<int:pk>/prospect/stage", move, name="move_prospect"),
    path("<int:pk>/prospect/next", plan_next, name="plan_next"),
    path("<int:pk>/prospect/done", finish_next, name="finish_next"),
    path("<int:pk>/prospect/back", give_back, name="give_back"),
    path("<int:pk>/prospect/potential", judge, name="judge_potential"),
]
