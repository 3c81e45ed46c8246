"""Addresses of the customer's file."""

from django.urls import path

from qiao.customers.views import documents

urlpatterns = [
    path("documents/", documents.document_work, name="document_work"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/file/", documents.document_file, name="document_file"),
    path(
        "documents/<int:document_id>/replace/", documents.document_replace, name="document_replace"
    ),
    path("<int:customer_id>/documents/", documents.documents, name="documents"),
    path("<int:customer_id>/documents/new/", documents.document_add, name="document_add"),
]
