"""Pages of receivables, by topic: ageing, items, documents, the queue, statements, figures."""

from django.urls import path

from kewei.receivables.web import ageing, bills, documents, items, kpis, posting, sign_backs, statements, unmatched

# One address for each grouping and age, so that each keeps its own views, order and columns.
AGEING = [
    path(
        "ageing/" + ("" if axis == "overdue" else f"{axis}/") + ("" if by == "customer" else f"{by}/"),
        ageing.ageing,
        {"by": by, "axis": axis},
        name=ageing.route(by, axis, room=""),
    )
    for axis in ageing.AXES
    for by in ageing.BY
]

urlpatterns = [
    *AGEING,
    path("items/", items.open_items, name="open_items"),
    path("bills/", bills.bills, name="bills"),
    path("bills/<int:pk>/", bills.bill, name="bill"),
    path("bills/check/", bills.try_check, name="try_bill_check"),
    path("bills/<int:pk>/check/", bills.check, name="check_bill"),
    path("bills/<int:pk>/clear/", bills.clear, name="clear_bill"),
    path("bills/<int:pk>/dishonour/", bills.dishonour, name="dishonour_bill"),
    path("entries/", documents.entries, name="entries"),
    path("entries/<int:pk>/", documents.entry, name="entry"),
    path("entries/<int:pk>/reverse/", documents.reverse_entry, name="reverse_entry"),
    path("entries/<int:pk>/undo/", documents.undo_entry, name="undo_entry"),
    path("entries/<int:pk>/allocate/", documents.allocate, name="allocate"),
    path("allocations/<int:pk>/reverse/", documents.reverse_allocation, name="reverse_allocation"),
    path("postings/<int:pk>/undo/", documents.undo_posting, name="undo_posting"),
    path("invoices/new/", posting.post_invoice, name="post_invoice"),
    path("red-letters/new/", posting.post_red_letter, name="post_red_letter"),
    path("receipts/new/", posting.receive_payment, name="receive"),
    path("customers/find/", posting.find_customer, name="find_customer"),
    path("customers/pick/", posting.pick_customer, name="pick_customer"),
    path("customers/<int:pk>/chosen/", posting.chosen_customer, name="chosen_customer"),
    path("customers/<int:pk>/open/", posting.open_invoices, name="open_invoices"),
    path("due-date/", posting.due_date, name="due_date"),
    path("in-words/", posting.in_words, name="in_words"),
    path("unmatched/", unmatched.unmatched, name="unmatched"),
    path("unmatched/<int:pk>/apply/", unmatched.apply, name="apply"),
    path("statements/", statements.statements, name="statements"),
    path("statements/batch/<str:token>/", statements.batch, name="batch"),
    path("statements/batch/<str:token>/archive/", statements.archive, name="archive"),
    path("statements/issued/", sign_backs.list_issued, name="sign_backs"),
    path("statements/issued/<int:pk>/", sign_backs.issued, name="issued"),
    path("statements/issued/<int:pk>/sign-back/", sign_backs.sign_back, name="sign_back"),
    path("statements/sign-backs/<int:pk>/paper/", sign_backs.paper, name="sign_back_paper"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("statements/<int:pk>/make/", statements.make, name="make_statement"),
    path("kpis/", kpis.kpis, name="kpis"),
    path("kpis/trend/", kpis.trend, name="kpi_trend"),
]
