"""Addresses of writing on a case: what is offered while one types."""

from django.urls import path

from qiao.cases.views import writing

urlpatterns = [
    path("<int:case_id>/pick/<slug:kind>", writing.pick, name="pick"),
    path("<int:case_id>/texts/<int:text_id>/used", writing.text_used, name="text_used"),
    path(
        "<int:case_id>/articles/<int:article_id>/used", writing.article_used, name="article_used"
    ),
]
