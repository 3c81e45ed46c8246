"""What the customers module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="customers",
    label=_("Customers"),
    permissions=(
        Permission("customers.view", _("Find and open customers")),
        Permission("customers.contact", _("See telephone numbers of an opened customer")),
        Permission("customers.edit", _("Register and change customers and accounts")),
        Permission("customers.reveal", _("Reveal identity numbers and masked telephone numbers")),
    ),
    append_only=("customers_tierchange",),
    audited=(
        "customers_customer",
        "customers_customerphone",
        "customers_customeridentity",
        "customers_premises",
        "customers_servicepoint",
        "customers_account",
        "customers_accountparty",
    ),
)
