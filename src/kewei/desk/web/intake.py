"""The import wizard: upload, map columns, dry run, take, undo. Long work runs beside the request."""

from __future__ import annotations

import io
import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.desk.intake import books, engine, kept
from kewei.desk.intake.engine import Plan
from kewei.desk.intake.kept import AT_WORK, CHECKED, CHECKING, FAILED, MAPPING, TAKEN, TAKING, UNDOING, Upload
from kewei.desk.intake.layouts import GENERIC, SHIPPED
from kewei.desk.intake.nouns import NOUNS, Noun
from kewei.desk.intake.reading import ENCODINGS, MAX_FILE_MB, MEGABYTE, ORDERS, UNITS
from kewei.journal import queries_intake
from kewei.kernel.columns import EXTRA
from kewei.kernel.refusals import N_, Refused, all_refusals
from kewei.orders.rules.states import STATES, TONES
from kewei.people import queries as people
from kewei.people.notices import done

log = logging.getLogger(__name__)

STEPS = (N_("上传"), N_("对应列"), N_("核对"), N_("完成"))
# So many problems stand on the page; the workbook has them all.
SHOWN = 200
PAST = 50
# An undo of more rows than this runs beside the request.
LONG_WORK = 2_000
WORDS = {
    MAPPING: N_("等着对应列"),
    CHECKING: N_("正在核对"),
    CHECKED: N_("核对完，等着导入"),
    TAKING: N_("正在导入"),
    UNDOING: N_("正在撤销"),
}
BROKEN = N_("系统出错了，已记录；什么都没有写入")


# --- upload -------------------------------------------------------------------------------------------


def index(request: Any) -> HttpResponse:
    """导入  Bring a file, and what came in before."""
    if request.method != "POST":
        return _index(request, request.GET.get("noun", ""))
    try:
        return redirect("desk:intake_upload", _receive(request).token)
    except Refused as why:
        return _index(request, request.POST.get("noun", ""), why)


def _index(request: Any, chosen: str, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "nouns": _nouns(request.user),
        "chosen": chosen,
        "past": [_past(row) for row in queries_intake.intakes(request.user, limit=PAST)],
        "max_mb": min(MAX_FILE_MB, settings.UPLOAD_MAX_BYTES // MEGABYTE),
        "unfinished": [_unfinished(upload) for upload in kept.unfinished(request.user)],
        "steps": _steps(),
        "step": 1,
        "sentence": refusal.sentence(_) if refusal else "",
        "advice": refusal.advice(_) if refusal else "",
    }
    return render(request, "desk/intake/index.html", context, status=refusal.status if refusal else 200)


def _receive(request: Any) -> Upload:
    """Keep the file, if it can be read at all."""
    noun = engine.noun_named(request.POST.get("noun", ""))
    request.user.must(noun.verb)
    file = request.FILES.get("file")
    if file is None:
        raise engine.NoFile
    kept.sweep(time.time())
    upload = kept.keep(noun.name, file.name or "", file.chunks(), request.user)
    try:
        _plan(upload)
    except Refused:
        kept.forget(upload.folder)
        raise
    return upload


@require_GET
def template(request: Any, noun: str) -> FileResponse:
    """模板  An empty file with the headings of a noun."""
    found = engine.noun_named(noun)
    request.user.must(found.verb)
    chinese = not (get_language() or "").startswith("en")
    return _book(books.template(found, _, chinese), f"{_(found.label)}.xlsx")


# --- one upload, wherever it is -----------------------------------------------------------------------


def upload_page(request: Any, token: str) -> HttpResponse:
    """The page of an upload: mapping, work, dry run or result, as far as it has come."""
    upload = kept.find(token, request.user)
    if kept.interrupted(upload, time.time()):
        upload = kept.save(upload, status=FAILED, why={"code": engine.Interrupted.code, "numbers": {}})
    pages: dict[str, Callable[[Any, Upload], HttpResponse]] = {
        MAPPING: _mapping_page,
        CHECKING: _working_page,
        TAKING: _working_page,
        UNDOING: _working_page,
        CHECKED: _checked_page,
        TAKEN: _taken_page,
        FAILED: _failed_page,
    }
    return pages[upload.status](request, upload)


def _mapping_page(request: Any, upload: Upload, refusal: Refused | None = None) -> HttpResponse:
    noun = NOUNS[upload.noun]
    plan = _plan(upload)
    samples = engine.samples(plan)
    by_name = {column.name: column for column in noun.columns}
    rows = [
        {"index": at, "heading": h, "letter": letter, "samples": samples[h], "column": plan.mapping.get(h) or ""}
        for at, (h, letter) in enumerate(zip(plan.sheet.headings, plan.sheet.letters, strict=True))
    ]
    chinese = not (get_language() or "").startswith("en")
    missing = (
        [c for c in noun.columns if c.required and c.name not in plan.mapping.values()] if not plan.shipped else []
    )
    context = {
        "upload": upload,
        "noun": noun,
        "plan": plan,
        "rows": rows,
        "row_count": len(plan.sheet.rows),
        "columns": [(c.name, (c.zh if chinese else c.en) + (" *" if c.required else "")) for c in by_name.values()],
        "missing": [c.zh if chinese else c.en for c in missing],
        "layouts": _layout_choices(noun),
        "orders": [(k, _(v)) for k, v in ORDERS.items()],
        "units": [(k, _(v)) for k, v in UNITS.items()],
        "encodings": ENCODINGS,
        "shipped": plan.shipped,
        "about": _(plan.shipped.about) if plan.shipped else "",
        "parts": [_(NOUNS[part.noun].label) for part in plan.shipped.parts] if plan.shipped else [],
        "warnings": [w.sentence(_) for w in plan.sheet.warnings],
        "extra": EXTRA,
        "only": plan.options.only[0] if plan.options.only else ("", ()),
        "sentence": refusal.sentence(_) if refusal else "",
        "advice": refusal.advice(_) if refusal else "",
    }
    return _page(request, "desk/intake/mapping.html", context, step=2, status=refusal.status if refusal else 200)


def _layout_choices(noun: Noun) -> list[tuple[str, str]]:
    shipped = [(s.name, f"{s.name} · {_(s.about)}") for s in SHIPPED.values() if s.noun == noun.name]
    remembered = [(r.name, r.name) for r in queries_intake.layouts(noun.name) if not r.by_itself]
    return [(GENERIC, _("按标题对应")), *shipped, *remembered]


def _working_page(request: Any, upload: Upload) -> HttpResponse:
    context = {"upload": upload, "noun": NOUNS[upload.noun], "progress": _progress(upload)}
    return _page(request, "desk/intake/working.html", context, step=3 if upload.status == CHECKING else 4)


def _checked_page(request: Any, upload: Upload) -> HttpResponse:
    found = upload.found
    problems = list(engine.problems_from(kept.problems(upload)[:SHOWN]))
    context = {
        "upload": upload,
        "noun": NOUNS[upload.noun],
        "found": found,
        "parts": [_part(part) for part in found["parts"]],
        "problems": [{"problem": p, "reason": p.why.sentence(_)} for p in problems],
        "more": found["problem_count"] - len(problems),
        "good": found["rows"] - found["problem_rows"],
        "nothing": not any(part["new"] + part["changed"] for part in found["parts"]),
        "warnings": [_sentence(w) for w in found["warnings"]],
        "aside": _aside(found),
        "foreseen": [_foreseen(one) for one in found.get("foreseen", [])],
    }
    return _page(request, "desk/intake/checked.html", context, step=3)


def _taken_page(request: Any, upload: Upload) -> HttpResponse:
    made = upload.made
    past = queries_intake.intake(request.user, made["intake"])
    context = {
        "upload": upload,
        "noun": NOUNS[upload.noun],
        "made": made,
        "parts": [_part(part) for part in made["parts"]],
        "past": past,
        "aside": _aside(upload.found) if upload.found else [],
    }
    return _page(request, "desk/intake/taken.html", context, step=4)


def _failed_page(request: Any, upload: Upload) -> HttpResponse:
    context = {
        "upload": upload,
        "noun": NOUNS[upload.noun],
        "sentence": _sentence(upload.why),
        "advice": _advice(upload.why),
    }
    return _page(request, "desk/intake/failed.html", context, step=3)


@require_GET
def progress(request: Any, token: str) -> HttpResponse:
    """How far the work is, as a fragment; when it is over, the browser loads the page again."""
    upload = kept.find(token, request.user)
    if upload.status not in AT_WORK or kept.interrupted(upload, time.time()):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("desk:intake_upload", args=[token])
        return answer
    return render(request, "desk/intake/_progress.html", {"upload": upload, "progress": _progress(upload)})


# --- presses ------------------------------------------------------------------------------------------


@require_POST
def try_out(request: Any, token: str) -> HttpResponse:
    """试运行  Keep the mapping, and read and judge the file beside the request."""
    upload = kept.find(token, request.user)
    if upload.status in AT_WORK or upload.status == TAKEN:
        return redirect("desk:intake_upload", token)
    layout = request.POST.get("layout", "")
    changed = "relayout" in request.POST
    before, upload = (
        upload,
        replace(
            upload,
            layout=layout,
            mapping={} if changed or layout in SHIPPED else _posted_mapping(request),
            options=_posted_options(request),
            remember=request.POST.get("remember", "").strip()[:80],
            good_rows=False,
            status=MAPPING,
        ),
    )
    try:
        plan = _plan(upload)
        if not changed:
            engine.check_columns(plan)
    except Refused as why:
        return _mapping_page(request, before, why)
    kept.save(upload)
    if not changed:
        _start(upload, CHECKING, _check)
    return redirect("desk:intake_upload", token)


@require_POST
def take(request: Any, token: str) -> HttpResponse:
    """导入  Take the file, beside the request; pressed twice it is taken once."""
    upload = kept.find(token, request.user)
    if upload.status != CHECKED:
        return redirect("desk:intake_upload", token)
    good_rows = request.POST.get("good_rows") == "1"
    _start(kept.save(upload, good_rows=good_rows), TAKING, _take)
    return redirect("desk:intake_upload", token)


@require_POST
def again(request: Any, token: str) -> HttpResponse:
    """重新对应列  Back to the mapping."""
    upload = kept.find(token, request.user)
    if upload.status not in (TAKEN, *AT_WORK) or kept.interrupted(upload, time.time()):
        kept.save(upload, status=MAPPING, found={}, why={})
    return redirect("desk:intake_upload", token)


@require_POST
def discard(request: Any, token: str) -> HttpResponse:
    """丢弃  Forget an upload that was not taken."""
    upload = kept.find(token, request.user)
    if upload.status not in (TAKEN, *AT_WORK):
        kept.forget(upload.folder)
    return redirect("desk:intake")


@require_GET
def problem_book(request: Any, token: str) -> FileResponse:
    """问题清单  The rows with problems, as they were, with reasons."""
    upload = kept.find(token, request.user)
    book = books.problem_book(_plan(upload).sheet, engine.problems_from(kept.problems(upload)), _)
    stem = upload.name.rpartition(".")[0] or upload.name
    return _book(book, f"{stem}-{_('问题')}.xlsx")


@require_POST
def undo(request: Any, pk: int) -> HttpResponse:
    """撤销导入  Undo a past import."""
    row = queries_intake.intake(request.user, pk)
    if sum(part["new"] + part["changed"] for part in row.made.get("parts", [])) > LONG_WORK:
        upload = kept.job(row.noun, row.filename, {**row.made, "intake": pk}, request.user)
        _start(upload, UNDOING, _undo)
        return redirect("desk:intake_upload", upload.token)
    row = engine.undo(pk, by=request.user, now=timezone.now())
    done(request, _("第 {intake} 号导入（{file}）已撤销").format(intake=row.pk, file=row.filename))
    return redirect("desk:intake")


# --- work beside the request --------------------------------------------------------------------------


def _start(upload: Upload, status: str, work: Callable[[Upload, Any], None]) -> None:
    upload = kept.save(upload, status=status, pid=os.getpid())
    kept.tell(upload, engine.READING, 0, 1)
    Thread(target=_work, args=(upload, work), name=f"intake-{upload.token[:8]}", daemon=True).start()


def _work(upload: Upload, work: Callable[[Upload, Any], None]) -> None:
    try:
        work(upload, people.acting(upload.login))
    except Refused as why:
        kept.save(upload, status=FAILED, why={"code": why.code, "numbers": why.numbers})
    except Exception:
        log.exception("import of %s failed", upload.token)
        kept.save(upload, status=FAILED, why={"code": "broken", "numbers": {}})
    finally:
        connections.close_all()


def _check(upload: Upload, by: Any) -> None:
    plan = _plan(upload)
    before = engine.recognise(plan)
    if before is not None:
        kept.save(upload, status=TAKEN, made={**before.as_json(), "parts": before.made["parts"]})
        return
    trial = engine.try_out(plan, by=by, now=timezone.now(), progress=_teller(upload))
    found = trial.as_json()
    kept.keep_problems(upload, found.pop("problems"))
    found["aside"] = found["aside"][:SHOWN]
    found["foreseen"] = found["foreseen"][:SHOWN]
    kept.save(upload, status=CHECKED, found=found)


def _take(upload: Upload, by: Any) -> None:
    tell = _teller(upload)
    trial = engine.try_out(_plan(upload), by=by, now=timezone.now(), progress=tell)
    taken = engine.take(
        trial, by=by, now=timezone.now(), good_rows=upload.good_rows, remember=upload.remember, progress=tell
    )
    kept.save(upload, status=TAKEN, made=taken.as_json())


def _undo(upload: Upload, by: Any) -> None:
    engine.undo(upload.made["intake"], by=by, now=timezone.now(), progress=_teller(upload))
    kept.save(upload, status=TAKEN)


def _teller(upload: Upload) -> engine.Progress:
    """Writes progress down a few times a second, not for every row."""
    last = [0.0, ""]

    def tell(phase: str, finished: int, total: int) -> None:
        if phase != last[1] or time.monotonic() - last[0] > 0.3:  # type: ignore[operator]
            last[:] = [time.monotonic(), phase]
            kept.tell(upload, phase, finished, total)

    return tell


# --- helpers ------------------------------------------------------------------------------------------


def _plan(upload: Upload) -> Plan:
    return engine.plan(
        NOUNS[upload.noun], upload.file, layout=upload.layout, mapping=upload.mapping, options=upload.options
    )


def _nouns(person: Any) -> list[dict[str, Any]]:
    return [
        {"name": n.name, "label": _(n.label), "hint": _(n.hint), "icon": n.icon}
        for n in NOUNS.values()
        if person.may(n.verb)
    ]


def _posted_mapping(request: Any) -> dict[str, str | None]:
    headings = request.POST.getlist("heading")
    chosen = request.POST.getlist("column")
    return {heading: column or None for heading, column in zip(headings, chosen, strict=False)}


def _posted_options(request: Any) -> dict[str, Any]:
    options: dict[str, Any] = {
        name: value for name in ("order", "unit", "sheet", "encoding") if (value := request.POST.get(name, "").strip())
    }
    heading, values = request.POST.get("only_heading", ""), request.POST.get("only_values", "")
    if heading and values.strip():
        options["only"] = [(heading, [value.strip() for value in values.replace("；", ";").split(";")])]
    return options


def _progress(upload: Upload) -> dict[str, Any]:
    told = kept.progress(upload)
    phase = told["phase"]
    return {**told, "phase": _(phase) if phase else ""}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    noun = NOUNS[part["noun"]]
    came_to = {_(STATES[code]): count for code, count in part.get("states", {}).items()}
    return {**part, "label": _(noun.label), "icon": noun.icon, "of_money": noun.of_money, "came_to": came_to}


def _unfinished(upload: Upload) -> dict[str, Any]:
    return {"upload": upload, "label": _label(upload.noun), "words": _(WORDS[upload.status])}


def _label(noun: str) -> str:
    label = NOUNS[noun].label
    return _(label)


def _past(row: Any) -> dict[str, Any]:
    parts = [_part(part) for part in row.made.get("parts", [])]
    named = row.layout if row.layout != GENERIC and not row.layout.startswith("~") else ""
    return {"row": row, "label": _label(row.noun), "parts": parts, "layout": named}


def _aside(found: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = all_refusals()
    counts: dict[str, int] = {}
    for part in found["parts"]:
        for code, count in part.get("aside", {}).items():
            counts[code] = counts.get(code, 0) + count
    first = {row["code"]: row for row in found.get("aside", [])}
    return [
        {"count": count, "reason": kinds[code](**first[code]["numbers"]).sentence(_) if code in first else code}
        for code, count in counts.items()
    ]


def _foreseen(one: dict[str, Any]) -> dict[str, Any]:
    says = [(said["row"], _sentence(said)) for said in one["says"]]
    state = one["state"]
    return {"row": one["row"], "state": _(STATES[state]), "tone": TONES[state], "says": says}


def _again(why: dict[str, Any]) -> Refused | None:
    kind = all_refusals().get(why.get("code", ""))
    return kind(**why.get("numbers", {})) if kind and kind.code != "broken" else None


def _sentence(why: dict[str, Any]) -> str:
    refusal = _again(why)
    return refusal.sentence(_) if refusal else _(BROKEN)


def _advice(why: dict[str, Any]) -> str:
    refusal = _again(why)
    return refusal.advice(_) if refusal else ""


def _steps() -> list[str]:
    return [_(name) for name in STEPS]


def _page(request: Any, template: str, context: dict[str, Any], step: int, status: int = 200) -> HttpResponse:
    common = {"steps": _steps(), "step": step, "noun_label": _label(context["noun"].name)}
    return render(request, template, {**context, **common}, status=status)


def _book(content: bytes, filename: str) -> FileResponse:
    answer = FileResponse(io.BytesIO(content), as_attachment=True, filename=filename, content_type=books.XLSX)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [
    path("import/", index, name="intake"),
    path("import/template/<slug:noun>.xlsx", template, name="intake_template"),
    path("import/past/<int:pk>/undo", undo, name="intake_undo"),
    path("import/<str:token>/", upload_page, name="intake_upload"),
    path("import/<str:token>/progress", progress, name="intake_progress"),
    path("import/<str:token>/try", try_out, name="intake_try"),
    path("import/<str:token>/take", take, name="intake_take"),
    path("import/<str:token>/again", again, name="intake_again"),
    path("import/<str:token>/discard", discard, name="intake_discard"),
    path("import/<str:token>/problems.xlsx", problem_book, name="intake_problems"),
]
