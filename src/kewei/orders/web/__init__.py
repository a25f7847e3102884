"""Pages of orders."""

from django.urls import path

from kewei.orders.web import deliveries, entry, gate, lists, pages, prices

urlpatterns = [
    path("", lists.orders, name="list"),
    path("recheck", lists.recheck_many, name="recheck_many"),
    path("release", lists.release_many, name="release_many"),
    path("new/", entry.new, name="new"),
    path("new/check", entry.check, name="check"),
    path("new/products", entry.product_hits, name="product_hits"),
    path("new/customers", entry.customer_hits, name="customer_hits"),
    path("gate/", gate.table, name="gate"),
    path("gate/try", gate.try_out, name="gate_try"),
    path("refusals/", gate.refusals, name="refusals"),
    path("prices/", prices.book, name="prices"),
    path("prices/new/", prices.new, name="price_new"),
    path("prices/end", prices.end_many, name="price_end_many"),
    path("prices/<int:pk>/end", prices.end, name="price_end"),
    path("deliveries/", deliveries.register, name="deliveries"),
    path("deliveries/<int:pk>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:pk>/note.pdf", deliveries.note, name="delivery_note"),
    path("deliveries/<int:pk>/handover", deliveries.hand_over, name="hand_over"),
    path("deliveries/<int:pk>/receipt", deliveries.paper, name="handover_paper"),
    path("deliveries/<int:pk>/signed", deliveries.keep_receipt, name="keep_receipt"),
    path("deliveries/<int:pk>/invoice", deliveries.invoice, name="invoice"),
    path("deliveries/<int:pk>/return", deliveries.take_back, name="take_back"),
    path("<int:pk>/", pages.order, name="order"),
    path("<int:pk>/verdicts/<int:verdict>/", pages.verdict, name="verdict"),
    path("<int:pk>/recheck", pages.recheck, name="recheck"),
    path("<int:pk>/release", pages.release, name="release"),
    path("<int:pk>/special", pages.special, name="special"),
    path("<int:pk>/cancel", pages.cancel, name="cancel"),
    path("<int:pk>/deliver/", deliveries.deliver, name="deliver"),
]
