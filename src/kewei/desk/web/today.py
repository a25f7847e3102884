"""今天  What to do today, for this reader."""

from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def today(request):
    """今天"""
    return render(request, "desk/today.html")


@require_GET
def ageing_panel(request):
    """账龄"""
    return render(request, "desk/today.html")


@require_GET
def flow_panel(request):
    """开票与回款"""
    return render(request, "desk/today.html")
