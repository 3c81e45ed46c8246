"""What planning people contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module

manifest = Module(key="workforce", label=_("Workforce"))
