"""A whole page and a piece of it have one address; browsers keep them apart."""

import pytest
from django.test import Client
from django.urls import reverse

from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


def test_a_piece_is_not_kept_and_a_page_is_not_shown_for_it() -> None:
    client = Client()
    client.force_login(make_company().agent_staff)
    address = f"{reverse('desk:workspace')}?new=phone"
    page = client.get(address)
    piece = client.get(address, headers={"HX-Request": "true"})
    assert page.content != piece.content
    for each in (page, piece):
        assert "HX-Request" in each["Vary"]
    assert piece["Cache-Control"] == "no-store"
    assert "Cache-Control" not in page
