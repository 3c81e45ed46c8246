"""Sign-in by staff number and password, or by the company's single sign-on; nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponseForbidden
from django.urls import reverse

from qiao.core.crypto import default_ring, field_context
from qiao.core.http import client_address
from qiao.staff.models import Role, Staff
from qiao.staff.queries import active_staff

SECOND_STEP = field_context("mfa_authenticator", "data")


class StaffBackend(BaseBackend):
    """Finds the person of a session, and checks number and password."""

    def authenticate(
        self, request: HttpRequest | None, number: str = "", password: str = "", **_: Any
    ) -> Staff | None:
        """The active person with that number and password, or None, in equal time."""
        del request
        staff = Staff.objects.filter(number=number).first()
        if staff is None:
            Staff().set_password(password)
            return None
        return staff if staff.check_password(password) and staff.is_active else None

    def get_user(self, user_id: int) -> Staff | None:
        """The active person of a session, with the organisation's language at hand."""
        return active_staff(user_id)


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is untyped
    """Staff are hired, they do not sign up; each role has its own first page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's form
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address by which failed attempts are counted."""
        return client_address(request) or "socket"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home of the person's first role."""
        role = Role.objects.filter(assignment__staff=request.user.pk).order_by("id").first()
        return reverse(role.home) if role else "/"


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc] # as above
    """Keys of authenticator apps and seeds of recovery codes are kept encrypted."""

    def encrypt(self, text: str) -> str:
        """As `qiao.core.crypto` stores it, in hexadecimal digits."""
        return default_ring().encrypt(text, context=SECOND_STEP).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `WrongKey`."""
        return default_ring().decrypt(bytes.fromhex(encrypted_text), context=SECOND_STEP)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # as above
    """A single sign-on name must match a staff number; nobody is created on the fly."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect the outside identity to the staff number it names, or refuse."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        number = str(claims.get("preferred_username") or claims.get("employee_number") or "")
        staff = Staff.objects.filter(number=number, is_active=True).first() if number else None
        if staff is None:
            raise ImmediateHttpResponse(
                HttpResponseForbidden("No member of staff has this number.")
            )
        sociallogin.connect(request, staff)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never."""
        return False
