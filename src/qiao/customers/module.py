"""What the customers module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module, Permission
from qiao.customers import demo

manifest = Module(
    key="customers",
    label=_("Customers"),
    permissions=(
        Permission("customers.view", _("Find and open customers")),
        Permission("customers.contact", _("See telephone numbers of an opened customer")),
        Permission("customers.edit", _("Register and change customers and accounts")),
        Permission("customers.reveal", _("Reveal identity numbers and masked telephone numbers")),
    ),
    demo=(DemoStage("customers", 20, demo.build),),
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
