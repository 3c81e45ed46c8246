"""Django's entry to the module."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class StaffConfig(AppConfig):
    name = "qiao.staff"
    label = "staff"

    def ready(self) -> None:
        """Hear who signs out."""
        from qiao.staff.leaving import tell_signed_out  # noqa: PLC0415 - models are ready now

        user_logged_out.connect(tell_signed_out, dispatch_uid="qiao.staff.leaving")
