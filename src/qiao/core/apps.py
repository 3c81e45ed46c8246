"""Django's entry to the toolbox."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "qiao.core"
    label = "core"

    def ready(self) -> None:
        """Read the manifests last: every application's models exist by then."""
        from qiao.core.registry import registry  # noqa: PLC0415 - needs the app registry

        registry.load()
