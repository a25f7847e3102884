"""Doors' common frame: who may bring what in, and a refusal said once, in the reader's language, by page or JSON."""

from http import HTTPStatus
from urllib.parse import unquote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext

from kewei.kernel.ids import LARGEST_KEY
from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.people.rules import VERB_WORDS


@refusal
class NoCsrf(Refused):
    code = "no_csrf"
    says = N_("页面已过期，请刷新后再试")
    status = 403


@refusal
class TooLarge(Refused):
    code = "too_large"
    says = N_("内容太大：最多 {limit_mb} MB")
    status = 413


@refusal
class Unreadable(Refused):
    code = "unreadable"
    says = N_("请求的内容无法读取，应为 UTF-8 的 JSON")
    status = 400


@refusal
class WrongMethod(Refused):
    code = "wrong_method"
    says = N_("这个地址不接受 {method}")
    status = 405


@refusal
class Broken(Refused):
    code = "broken"
    says = N_("系统出错了，已记录；请稍后再试或联系管理员")
    status = 500


class DoorkeeperMiddleware:
    """Before anything is read: how long the request is, who is really calling, and characters no table can keep."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.PROXIES:
            request.META["REMOTE_ADDR"] = caller(request.META, settings.PROXIES)
        if _length(request) > settings.UPLOAD_MAX_BYTES:
            return briefly(request, TooLarge(limit_mb=settings.UPLOAD_MAX_BYTES // 1024**2))
        if "\x00" in request.path or "\x00" in unquote(request.META.get("QUERY_STRING", "")):
            return briefly(request, Unreadable())
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        # What one reader saw must not wait in a shared cache, nor in this one after signing out.
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


def caller(meta: dict, proxies: int) -> str:
    """The address the outermost of our proxies was called from; what lies beyond it the caller could have written."""
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return (hops[-proxies] if len(hops) >= proxies else meta.get("REMOTE_ADDR", ""))[:45]


def _length(request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class RefusalMiddleware:
    """Turns a Refused into a 4xx answer with its code, its numbers and its sentence."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if request.path.startswith("/api/") and answer.status_code in PLAIN and "json" not in answer["Content-Type"]:
            return refused(request, PLAIN[answer.status_code](request))
        if getattr(request, "htmx", False) and _asks_to_sign_in(answer):
            # A fragment of a page would otherwise show the whole sign-in page inside itself.
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
        return answer

    def process_view(self, request, view, args, kwargs):
        """Django calls this with what the address names: a key no row can have is not found, for every view at once."""
        too_large = any(isinstance(part, int) and part > LARGEST_KEY for part in (*args, *kwargs.values()))
        return not_found(request) if too_large else None

    def process_exception(self, request, failure):
        """Django calls this with what a view raised."""
        if isinstance(failure, Refused):
            return refused(request, failure)
        return refused(request, NotFound(noun=N_("这个页面"))) if isinstance(failure, Http404) else None


# What Django answers by itself under /api/, without our shape.
PLAIN = {
    404: lambda request: NotFound(noun=N_("这个页面")),
    405: lambda request: WrongMethod(method=request.method),
}


def _asks_to_sign_in(answer) -> bool:
    return answer.status_code == HTTPStatus.FOUND and answer["Location"].startswith(resolve_url(settings.LOGIN_URL))


def said(text: str) -> str:
    """A text in the reader's language; a verb as people say it."""
    return gettext(VERB_WORDS.get(text, text))


def refused(request, refusal: Refused):
    """The answer for a refusal: JSON for the API, a small alert for htmx, a page otherwise."""
    sentence, advice = refusal.sentence(said), refusal.advice(said)
    if request.path.startswith("/api/"):
        body = {"code": refusal.code, "numbers": refusal.numbers, "sentence": sentence}
        return JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    page = "desk/_refused.html" if getattr(request, "htmx", False) else "desk/refused.html"
    return render(request, page, {"refusal": refusal, "sentence": sentence, "advice": advice}, status=refusal.status)


def briefly(request, refusal: Refused):
    """The same in one line, where no page can be made: before sign-in, or when something is broken."""
    if request.path.startswith("/api/"):
        return refused(request, refusal)
    return HttpResponse(refusal.sentence(said), status=refusal.status, content_type="text/plain; charset=utf-8")


def csrf_failed(request, reason=""):
    """A form without its token: an old page, or one that is not ours."""
    return briefly(request, NoCsrf())


@login_not_required
def not_found(request, exception=None):
    """An address nobody lives at."""
    if getattr(request, "user", None) is None or not request.user.is_authenticated:
        return briefly(request, NotFound(noun=N_("这个页面")))
    return refused(request, NotFound(noun=N_("这个页面")))


@login_not_required
def broken(request):
    """A fault of ours; said without touching the database, which may be the fault."""
    return briefly(request, Broken())


@login_not_required
def unreadable(request, exception=None):
    """A request Django itself refused: a wrong host, too many fields."""
    return briefly(request, Unreadable())
