"""Addresses of promises in words."""

from django.urls import path

from qiao.cases.views import words

urlpatterns = [
    path("<int:case_id>/promised", words.give, name="word"),
    path("<int:case_id>/promised/<int:word_id>/keep", words.keep, name="word_keep"),
    path("<int:case_id>/promised/<int:word_id>/withdraw", words.withdraw, name="word_withdraw"),
]
