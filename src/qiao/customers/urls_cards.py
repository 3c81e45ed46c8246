"""Addresses of cards."""

from django.urls import path

from qiao.customers.views import cards

urlpatterns = [
    path("<int:customer_id>/cards/", cards.card_add, name="card_add"),
    path("<int:customer_id>/cards/<int:card_id>/end/", cards.card_end, name="card_end"),
]
