"""Pages of terminals. The 360° view is the desk's."""

from django.urls import path

from kewei.terminals.web import cards, coverage, lists, papers, parts, prospects, twins, whereabouts

urlpatterns = [
    *prospects.PROSPECTS,
    *whereabouts.WHEREABOUTS,
    *coverage.COVERAGE,
    *twins.TWINS,
    path("", lists.list_page, name="list"),
    path("licences", lists.licences_page, name="licences"),
    path("new", cards.new, name="new"),
    path("new/twins", cards.twins, name="twins"),
    path("places", cards.places, name="places"),
    path("assign", cards.assign_many, name="assign_many"),
    path("<int:pk>/edit", cards.edit, name="edit"),
    path("<int:pk>/assign", cards.assign, name="assign"),
    path("<int:pk>/links/<slug:role>/end", cards.end_link, name="end_link"),
    path("<int:pk>/close", cards.close, name="close"),
    path("<int:pk>/reopen", cards.reopen, name="reopen"),
    path("<int:pk>/papers", papers.report, name="papers"),
    path("<int:pk>/papers.pdf", papers.report_pdf, name="papers_pdf"),
    path("<int:pk>/vetoes", papers.place_veto, name="place_veto"),
    path("vetoes/<int:pk>/lift", papers.lift_veto, name="lift_veto"),
    path("licences/<int:pk>/suspension", papers.suspend, name="suspend_licence"),
    path("licences/<int:pk>/images", papers.add_image, name="add_licence_image"),
    path("licences/images/<int:pk>", papers.image, name="licence_image"),
    path("authorised/<int:pk>/papers", papers.add_authorised_paper, name="add_authorised_paper"),
    path("<int:pk>/aliases", parts.aliases, name="add_alias"),
    path("<int:pk>/contacts", parts.contacts, name="add_contact"),
    path("<int:pk>/licences", parts.licences, name="add_licence"),
    path("<int:pk>/authorised", parts.authorised, name="add_authorised"),
    path("<int:pk>/settlement", parts.settlement, name="settlement"),
    path("aliases/<int:pk>/end", parts.end_alias, name="end_alias"),
    path("contacts/<int:pk>/end", parts.end_contact, name="end_contact"),
    path("licences/<int:pk>/end", parts.end_licence, name="end_licence"),
    path("licences/<int:pk>/verify", parts.verify_licence, name="verify_licence"),
    path("authorised/<int:pk>/end", parts.end_authorised, name="end_authorised"),
    path("authorised/<int:pk>/<slug:which>", papers.authorised_paper, name="authorised_paper"),
]
