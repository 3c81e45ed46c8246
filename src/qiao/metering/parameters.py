"""What the company may set about reading meters, from a day on."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Parameter
from qiao.metering.queries.walks import LAST, NOTHING, RANGE, SEES

PARAMETERS: Final = (
    Parameter(
        key=SEES,
        label=_("What readers see of a meter beforehand"),
        about=_(
            "Without it nobody can read at a desk, but a wrong figure is noticed only when it is"
            " sent. Who reads a meter again never sees what stood there."
        ),
        kind="choice",
        choices=(
            (NOTHING, pgettext_lazy("what readers see", "Nothing")),
            (LAST, pgettext_lazy("what readers see", "The last reading")),
            (RANGE, pgettext_lazy("what readers see", "The last reading and the usual range")),
        ),
        default=RANGE,
        default_source=_("Usual practice: a wrong figure is noticed at the meter"),
    ),
)
