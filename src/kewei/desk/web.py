"""Pages of the desk."""

from django.shortcuts import render
from django.urls import path


def today(request):
    """今天  What to do today."""
    return render(request, "desk/today.html")


urlpatterns = [path("", today, name="today")]
