"""What the contact module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="contact",
    label=_("Contacts"),
    permissions=(
        Permission("interactions.view", _("See contacts")),
        Permission("interactions.work", _("Take contacts and close them")),
    ),
    append_only=("contact_interactionevent",),
)
