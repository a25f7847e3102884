"""Pages of the desk: today, the 360° card, search, help."""

from django.urls import path

from kewei.desk.web import intake
from kewei.desk.web.card import terminal, terminal_history
from kewei.desk.web.help import help_page
from kewei.desk.web.inbox import inbox
from kewei.desk.web.search import search
from kewei.desk.web.today import ageing_panel, flow_panel, today, visits_panel

urlpatterns = [
    path("", today, name="today"),
    path("today/ageing/", ageing_panel, name="today_ageing"),
    path("today/flow/", flow_panel, name="today_flow"),
    path("today/visits/", visits_panel, name="today_visits"),
    path("terminal/<int:pk>/", terminal, name="terminal"),
    path("terminal/<int:pk>/history/", terminal_history, name="terminal_history"),
    path("inbox/", inbox, name="inbox"),
    path("search/", search, name="search"),
    path("help/", help_page, name="help"),
    *intake.urlpatterns,
]
