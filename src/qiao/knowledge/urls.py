"""Addresses of the knowledge module."""

from django.urls import path

from qiao.knowledge.views import articles, texts

app_name = "knowledge"
urlpatterns = [
    path("", articles.index, name="list"),
    path("articles/new/", articles.new, name="new"),
    path("articles/preview/", articles.preview, name="preview"),
    path("articles/<int:article_id>/", articles.article, name="article"),
    path("articles/<int:article_id>/edit/", articles.edit, name="edit"),
    path("articles/<int:article_id>/versions/<int:number>/", articles.version, name="version"),
    path("articles/<int:article_id>/decide/", articles.decide, name="decide"),
    path("articles/<int:article_id>/mark/", articles.mark, name="mark"),
    path("articles/<int:article_id>/retire/", articles.retire, name="retire"),
    path("texts/", texts.index, name="texts"),
    path("texts/new/", texts.new, name="text_new"),
    path("texts/<int:text_id>/", texts.edit, name="text_edit"),
    path("texts/<int:text_id>/retire/", texts.retire, name="text_retire"),
]
