"""What the company may set about messages, from a day on."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter

QUIET_FROM = "messaging.quiet_from"
QUIET_UNTIL = "messaging.quiet_until"
QUIET_UNTIL_ON_REST_DAYS = "messaging.quiet_until_on_rest_days"
EMAILS_A_MINUTE = "messaging.emails_a_minute"
AUTOMATIC_AN_HOUR = "messaging.automatic_an_hour"

PARAMETERS = (
    Parameter(
        key=QUIET_FROM,
        label=_("Notices wait from this hour on"),
        about=_("Answers that somebody wrote and emergencies go at any hour."),
        kind="number",
        unit=_("o'clock"),
        least=0,
        most=23,
        default=21,
        default_source=_("Company rule: nobody is disturbed in the evening"),
    ),
    Parameter(
        key=QUIET_UNTIL,
        label=_("Notices go again from this hour on"),
        kind="number",
        unit=_("o'clock"),
        least=0,
        most=23,
        default=8,
        default_source=_("Company rule: nobody is disturbed in the evening"),
    ),
    Parameter(
        key=QUIET_UNTIL_ON_REST_DAYS,
        label=_("Notices go again on rest days from this hour on"),
        about=_("Weekends and public holidays; shifted working days are working days."),
        kind="number",
        unit=_("o'clock"),
        least=0,
        most=23,
        default=9,
        default_source=_("Company rule: nobody is disturbed in the evening"),
    ),
    Parameter(
        key=EMAILS_A_MINUTE,
        label=_("Emails a minute"),
        about=_("What the mail server takes from us; more wait for the next minute."),
        kind="number",
        least=1,
        most=100_000,
        default=600,
        default_source=_("Ten a second, which every mail server of a company takes"),
        everywhere=True,
    ),
    Parameter(
        key=AUTOMATIC_AN_HOUR,
        label=_("Automatic messages to one address within an hour"),
        about=_("More are not sent: two machines would else write to each other for ever."),
        kind="number",
        least=1,
        most=100,
        default=6,
        default_source=_("Nobody needs more than six notices in an hour"),
        everywhere=True,
    ),
)
