"""Signing in: number and password, a second step, single sign-on; and being kept out."""

import re
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from qiao.staff.models import Staff
from qiao.staff.signin import SingleSignOnAdapter
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
PASSWORD = "Bridge over 3 rivers"
LOGIN, CHANGE = "/account/login/", "/account/password/change/"


@pytest.fixture(autouse=True)
def fresh_limits(settings: Any) -> Iterator[None]:
    """Failed attempts are counted in the cache; hashing fast is for tests alone."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def company() -> Company:
    company = make_company()
    company.agent_staff.set_password(PASSWORD)
    company.agent_staff.save()
    return company


def sign_in(client: Client, password: str = PASSWORD, number: str = "1027") -> Any:
    return client.post(LOGIN, {"login": number, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/workspace/").status_code != 302


def code_of(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(totp.time.time()) // 30 + steps)))


def test_number_and_password_open_the_home_of_ones_role(company: Company, client: Client) -> None:
    response = sign_in(client)
    role = company.agent_staff.assignments.select_related("role").first()
    assert role is not None
    assert response.status_code == 302
    assert response["Location"] == reverse(role.role.home)
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_number_read_the_same(
    company: Company, client: Client
) -> None:
    words = []
    for password, number in (("wrong", "1027"), (PASSWORD, "9999")):
        response = sign_in(client, password, number)
        assert response.status_code == 200
        found = re.findall(r'role="alert"[^>]*>(.*?)</div>', response.content.decode(), re.DOTALL)
        words.append(re.sub("<[^>]+>", "", "".join(found)).strip())
    assert words[0] == words[1] != ""
    assert not is_in(client)


def test_too_many_attempts_lock_even_the_right_password_out(
    company: Company, client: Client
) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    response = sign_in(client)
    assert not is_in(client)
    assert response.status_code in (200, 429)


def test_failed_attempts_are_counted_by_who_tries_not_by_what_they_claim(
    company: Company, settings: Any
) -> None:
    settings.QIAO_PROXIES = ["127.0.0.1"]

    def behind_the_proxy(forwarded: str) -> Client:
        return Client(headers={"X-Forwarded-For": forwarded})

    for n in range(10):
        sign_in(behind_the_proxy(f"198.51.100.{n}, 203.0.113.9"), "wrong", f"x{n}")
    liar = behind_the_proxy("198.51.100.99, 203.0.113.9")
    sign_in(liar)
    assert not is_in(liar)
    neighbour = behind_the_proxy("203.0.113.10")
    sign_in(neighbour)
    assert is_in(neighbour)


def test_who_has_left_is_kept_out(company: Company, client: Client) -> None:
    sign_in(client)
    Staff.objects.filter(pk=company.agent_staff.pk).update(is_active=False)
    assert not is_in(client)
    sign_in(client)
    assert not is_in(client)


@pytest.mark.parametrize("weak", ["short1", "1234567890123", "password123", "1027102710"])
def test_weak_passwords_are_refused(company: Company, client: Client, weak: str) -> None:
    sign_in(client)
    given = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post(CHANGE, given).status_code == 200
    company.agent_staff.refresh_from_db()
    assert company.agent_staff.check_password(PASSWORD)


def test_nobody_signs_up(company: Company, client: Client) -> None:
    before = Staff.objects.count()
    client.post(
        "/account/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert Staff.objects.count() == before


def test_a_second_step_is_turned_on_asked_for_and_replaced_by_a_recovery_code(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time()
    # A code must not run out between its making and its sending.
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: began))
    sign_in(client)
    confirm = client.get("/account/totp/activate/")["Location"]
    assert confirm.startswith("/account/reauthenticate/")
    client.post(confirm, {"password": PASSWORD})
    page = client.get("/account/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    assert client.post("/account/totp/activate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/totp/activate/", {"code": code_of(secret)}).status_code == 302
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    shown = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<li>([^<\s]+)</li>", shown)
    assert len(codes) == 10

    other = Client()
    assert sign_in(other)["Location"] == reverse("mfa_authenticate")
    assert not is_in(other)
    assert other.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert not is_in(other)
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert is_in(other)

    third = Client()
    sign_in(third)
    third.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_in(third), "a recovery code opens once"
    third.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps=1)})
    assert is_in(third) or third.post(
        reverse("mfa_authenticate"), {"code": code_of(secret)}
    ).status_code in (200, 302)


def test_single_sign_on_connects_a_known_number_and_refuses_others(company: Company) -> None:
    connected: list[Staff] = []
    adapter = SingleSignOnAdapter()

    def outside(number: str) -> Any:
        return SimpleNamespace(
            is_existing=False,
            account=SimpleNamespace(extra_data={"preferred_username": number}),
            connect=lambda _request, staff: connected.append(staff),
        )

    adapter.pre_social_login(HttpRequest(), outside("1027"))
    assert connected == [company.agent_staff]
    for number in ("9999", ""):
        with pytest.raises(ImmediateHttpResponse):
            adapter.pre_social_login(HttpRequest(), outside(number))
    assert len(connected) == 1
