"""Pages of insight, by topic."""

from typing import Any

from django.urls import path

from kewei.insight.web import dashboard, growth, keeping, lapse, learning, quiet, review, tree

LEARNING = [
    path("forecast/", learning.forecast, name="forecast"),
    path("recovery/", learning.recovery, name="recovery"),
    path("late/", learning.late, name="late"),
    path("loss/", learning.loss, name="loss"),
]

urlpatterns: list[Any] = [
    path("growth/", growth.growth_page, name="growth"),
    path("tree/", tree.tree_page, name="tree"),
    path("lapse/", lapse.lapse_page, name="lapse"),
    path("lapse/<int:pk>", lapse.habit_page, name="habit"),
    path("quiet/", quiet.quiet_page, name="quiet"),
    path("quiet/<str:kind>/", quiet.kind_page, name="quiet_kind"),
    path("keeping/", keeping.keeping_page, name="keeping"),
    path("gaps/", keeping.gaps_page, name="gaps"),
    path("dashboard/", dashboard.dashboard_page, name="dashboard"),
    path("review/", review.review_page, name="review"),
    path("review/file", review.review_file, name="review_file"),
    path("prepare", lapse.prepare, name="prepare"),
    *LEARNING,
]
