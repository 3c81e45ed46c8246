"""What billing contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module

manifest = Module(key="billing", label=_("Billing"))
