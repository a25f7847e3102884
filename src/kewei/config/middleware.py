"""Doors' common frame: a refusal raised anywhere is said once, in the reader's language, by page, fragment or JSON."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from kewei.kernel.refusals import Refused


class RefusalMiddleware:
    """Turns a Refused into a 4xx answer with its code, its numbers and its sentence."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, failure):
        """Django calls this with what a view raised."""
        if not isinstance(failure, Refused):
            return None
        return refused(request, failure)


def refused(request, refusal: Refused):
    """The answer for a refusal: JSON for the API, a small alert for htmx, a page otherwise."""
    sentence = refusal.sentence(gettext)
    if request.path.startswith("/api/"):
        return JsonResponse({"code": refusal.code, "numbers": refusal.numbers, "sentence": sentence}, status=refusal.status)
    page = "desk/_refused.html" if getattr(request, "htmx", False) else "desk/refused.html"
    return render(request, page, {"refusal": refusal, "sentence": sentence}, status=refusal.status)
