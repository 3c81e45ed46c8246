"""Where a request comes from: behind our own proxies, and when somebody lies about it."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from qiao.core.http import client_address
from qiao.core.rules import networks


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("10.0.0.1", "1.2.3.4", [], "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", ["10.0.0.0/8"], "1.2.3.4"),
        ("9.9.9.9", "1.2.3.4", ["10.0.0.0/8"], "9.9.9.9"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", ["10.0.0.0/8"], "1.2.3.4"),
        ("10.0.0.1", "", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], "nonsense"),
        ("::ffff:10.0.0.1", "1.2.3.4", ["10.0.0.0/8"], "1.2.3.4"),
        ("", "1.2.3.4", ["10.0.0.0/8"], ""),
    ],
)
def test_what_a_proxy_forwards_is_believed_as_far_as_it_is_ours(
    peer: str, forwarded: str, proxies: list[str], found: str
) -> None:
    assert networks.caller(peer=peer, forwarded=forwarded, proxies=proxies) == found


def address(peer: str, forwarded: str) -> str:
    request = RequestFactory(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded).get("/")
    return client_address(request)


def test_a_header_of_a_visitor_is_never_believed(settings: Any) -> None:
    settings.QIAO_PROXIES = []
    assert address("203.0.113.9", "1.2.3.4") == "203.0.113.9"
    settings.QIAO_PROXIES = ["10.0.0.0/8"]
    assert address("203.0.113.9", "1.2.3.4") == "203.0.113.9"
    assert address("10.0.0.7", "1.2.3.4, 203.0.113.9") == "203.0.113.9"


@pytest.mark.django_db
def test_figures_of_the_machine_are_not_for_who_comes_through_a_proxy_on_it(settings: Any) -> None:
    settings.QIAO_PROXIES = ["127.0.0.1"]
    there = reverse("metrics")
    assert Client().get(there).status_code == 200
    through = Client(headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.9"})
    assert through.get(there).status_code == 403
