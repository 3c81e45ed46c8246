"""Addresses of the green channel, disputes and executives' digests."""

from django.urls import path

from qiao.cases.views import complaints, digests, lateness

urlpatterns = [
    path("late", lateness.who_is_late, name="late"),
    path("green", complaints.green, name="green"),
    path("digests", digests.index, name="digests"),
    path("digests/<int:digest_id>", digests.show, name="digest"),
    path("digests/items/<int:item_id>/decide", digests.decide, name="decide"),
    path("digests/items/<int:item_id>/done", digests.order, name="order_done"),
    path("<int:case_id>/green/<slug:way>", complaints.green_by_hand, name="green_by_hand"),
    path("<int:case_id>/dispute", complaints.dispute, name="dispute"),
    path("<int:case_id>/dispute/<int:dispute_id>/end", complaints.dispute_end, name="dispute_end"),
]
