"""Pages of the desk."""

from django.shortcuts import render
from django.urls import path


def today(request):
    """今天  What to do today."""
    return render(request, "desk/today.html")


def search(request):
    """搜索  Everything by name, code or number."""
    return render(request, "desk/search.html")


def help_page(request):
    """帮助  Definitions, keys, and where to begin."""
    return render(request, "desk/help.html")


urlpatterns = [
    path("", today, name="today"),
    path("search/", search, name="search"),
    path("help/", help_page, name="help"),
]
