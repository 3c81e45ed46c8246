"""Who pays for an account in place of those who use its supply."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiao.core.rules.ids import LARGEST_ID
from qiao.customers.forms.places import day_field


class PayerForm(forms.Form):
    """Who pays from which day on, and until when; `customers/pick.html` asks who."""

    person = forms.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        widget=forms.HiddenInput,
        error_messages={"required": _("Find somebody and choose them.")},
    )
    since = day_field(
        _("Pays from"), hint=_("Bills issued on that day or later go to whoever pays.")
    )
    until = day_field(
        _("Pays no more from"), required=False, hint=_("Empty: until further notice.")
    )

    def clean(self) -> dict[str, Any]:
        """The end lies after the beginning."""
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The last day has to lie after the first."))
        return data


class EndPayingForm(forms.Form):
    """The first day on which somebody pays no more."""

    day = day_field(
        _("Pays no more from"), hint=_("Their first day, or one before it: they never paid.")
    )
