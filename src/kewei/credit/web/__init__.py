"""Pages of credit, by topic."""

from django.urls import path

from kewei.credit.web import applications, file, holds, limits, reviews, scores, securities, surveys, watching

SCORES = [
    path("grades/", scores.list_grades, name="scores"),
    path("grades/regrade/", scores.regrade, name="regrade"),
    path("grades/movers/", scores.movers, name="movers"),
    path("grades/calibration/", scores.calibration, name="calibration"),
    path("grades/calibration/plot/", scores.calibration_plot, name="calibration_plot"),
    path("terminals/<int:pk>/score/", scores.score, name="score"),
    path("terminals/<int:pk>/score/now/", scores.score_now, name="score_now"),
    path("runs/<int:pk>/", scores.run, name="run"),
    path("runs/<int:pk>/progress", scores.run_progress, name="run_progress"),
    path("scores/<int:pk>/", scores.one_score, name="one_score"),
    path("sheets/", scores.sheets, name="sheets"),
    path("sheets/<str:name>/", scores.sheet, name="sheet"),
]

LIMITS = [
    path("limits/", limits.limits_in_force, name="limits"),
    path("terminals/<int:pk>/limit/", limits.limit, name="limit"),
    path("terminals/<int:pk>/limit/end/", limits.end_limit, name="end_limit"),
    path("terminals/<int:pk>/exposure/", limits.exposure, name="exposure"),
]
HOLDS = [
    path("holds/", holds.list_holds, name="holds"),
    path("holds/new/", holds.place_hold, name="place_hold"),
    path("holds/many/", holds.hold_many, name="hold_many"),
    path("holds/lift/", holds.lift_many, name="lift_many"),
    path("holds/<int:pk>/", holds.hold, name="hold"),
    path("holds/<int:pk>/lift/", holds.lift_hold, name="lift_hold"),
]
WATCH = [
    path("watch/", watching.watch, name="watch"),
    path("watch/new/", watching.note_finding, name="note_finding"),
    path("watch/close/", watching.close_many, name="close_many"),
    path("watch/<int:pk>/", watching.finding, name="finding"),
    path("watch/<int:pk>/close/", watching.close_finding, name="close_finding"),
]
SECURITIES = [
    path("securities/", securities.list_securities, name="securities"),
    path("securities/new/", securities.record_security, name="record_security"),
    path("securities/<int:pk>/", securities.security, name="security"),
    path("securities/<int:pk>/paper/", securities.paper, name="security_paper"),
    path("securities/<int:pk>/paper/add", securities.add_paper, name="add_security_paper"),
    path("securities/<int:pk>/end/", securities.end_security, name="end_security"),
]
REVIEWS = [
    path("reviews/", reviews.list_reviews, name="reviews"),
    path("reviews/calendar.ics", reviews.calendar, name="review_calendar"),
]

urlpatterns = [
    *file.urlpatterns,
    *surveys.urlpatterns,
    *applications.urlpatterns,
    *SCORES,
    *LIMITS,
    *HOLDS,
    *WATCH,
    *SECURITIES,
    *REVIEWS,
]
