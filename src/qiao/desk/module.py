"""What the desk module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module

manifest = Module(key="desk", label=_("Desk"))
