"""Pages of credit, by topic."""

from django.urls import path

from kewei.credit.web import scores

SCORES = [
    path("grades/", scores.list_grades, name="scores"),
    path("grades/regrade/", scores.regrade, name="regrade"),
    path("grades/movers/", scores.movers, name="movers"),
    path("grades/calibration/", scores.calibration, name="calibration"),
    path("grades/calibration/plot/", scores.calibration_plot, name="calibration_plot"),
    path("terminals/<int:pk>/score/", scores.score, name="score"),
    path("terminals/<int:pk>/score/now/", scores.score_now, name="score_now"),
    path("sheets/", scores.sheets, name="sheets"),
    path("sheets/<str:name>/", scores.sheet, name="sheet"),
]

urlpatterns = [*SCORES]
