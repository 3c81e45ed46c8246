"""Addresses of signing in, of passwords and second factors."""

from typing import Final

from tests.walker.visits.addressed import GONE, MOVED, OK, Visit

ACCOUNT: Final = {
    "account_login": Visit(public=True, get=MOVED),
    "account_logout": Visit(get=OK, public=True, own=True),
    "account_inactive": Visit(public=True),
    "account_signup": Visit(public=True, get=MOVED),
    "account_reauthenticate": Visit(get=OK),
    "account_email": Visit(get=OK),
    "account_email_verification_sent": Visit(public=True),
    "account_confirm_email": Visit({"key": "a:b:c"}, public=True),
    "account_change_password": Visit(get=OK),
    "account_set_password": Visit(get=MOVED),
    "account_reset_password": Visit(public=True),
    "account_reset_password_done": Visit(public=True),
    "account_reset_password_from_key": Visit({"uidb36": "1", "key": "a-b"}, public=True),
    "account_reset_password_from_key_done": Visit(public=True),
    "account_confirm_login_code": Visit(get=MOVED, public=True),
    "mfa_index": Visit(),
    "mfa_activate_totp": Visit(get=MOVED),
    "mfa_deactivate_totp": Visit(get=GONE),
    "mfa_view_recovery_codes": Visit(get=GONE),
    "mfa_generate_recovery_codes": Visit(get=MOVED),
    "mfa_download_recovery_codes": Visit(get=GONE),
    "mfa_authenticate": Visit(get=MOVED, public=True),
    "mfa_reauthenticate": Visit(get=OK),
}
