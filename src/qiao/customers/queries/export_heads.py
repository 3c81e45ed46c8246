"""The columns of a list that is taken away, in words."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HEADS: Final[dict[str, Any]] = {
    "number": _("Customer number"),
    "name": pgettext_lazy("import field", "Name"),
    "kind": pgettext_lazy("import field", "Person or organisation"),
    "gender": pgettext_lazy("import field", "Gender"),
    "tier": _("Tier"),
    "flags": _("Protected because of"),
    "phones": _("Telephone numbers"),
    "accounts": _("Account numbers"),
    "services": pgettext_lazy("import field", "Service"),
    "addresses": _("Address"),
    "opened_date": pgettext_lazy("import field", "Day of opening"),
    "created_at": _("Held since"),
}
"""By the key that an export, and the record of it, keeps."""
