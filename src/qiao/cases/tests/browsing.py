"""How the pages of cases are opened and read in tests."""

from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.staff.models import Staff

HTMX = {"HX-Request": "true"}


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def page(case: Case, name: str = "detail", *more: object) -> str:
    return reverse(f"cases:{name}", args=[case.pk, *more])


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]
