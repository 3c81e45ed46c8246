"""What the portal module contributes: pages for customers, who do not sign in."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module

manifest = Module(key="portal", label=_("Customer pages"))
