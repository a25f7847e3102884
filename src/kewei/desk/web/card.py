"""360° card of a terminal."""

from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def terminal(request, pk):
    """客户 360°"""
    return render(request, "desk/today.html")


@require_GET
def terminal_history(request, pk):
    """客户动态"""
    return render(request, "desk/today.html")
