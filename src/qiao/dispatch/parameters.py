"""What the company may set about work orders, from a day on."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter
from qiao.dispatch.models import WorkOrder

PARAMETERS = (
    Parameter(
        key="dispatch.pausing_holds",
        label=_("Reasons of waiting that stop the clock of a case"),
        about=_("What only the customer can make possible; everything else counts against us."),
        kind="choices",
        choices=tuple(choice for choice in WorkOrder.Hold.choices if choice[0]),
        default=["absent", "access"],
        default_source=_("Company rule: only what the customer has to make possible"),
        second_person=True,
    ),
)
