"""What is good to know when serving a customer: notes, wishes, and what they agreed to."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Note(models.Model):
    """Something to know about a customer. Its author may correct it for a while; the trail keeps
    what stood there before."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notes", db_index=False)
    text = models.TextField()
    is_pinned = models.BooleanField(default=False)
    author = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="customers_note_text")]
        indexes: ClassVar = [models.Index(fields=["customer", "id"], name="customers_note_of")]


class Preference(models.Model):
    """How a customer wishes to be served. `channels` in their order of liking; between
    `quiet_from` and `quiet_until` (local time, may pass midnight) nobody disturbs them."""

    class Channel(models.TextChoices):
        PHONE = "phone", pgettext_lazy("wished channel", "Phone")
        SMS = "sms", pgettext_lazy("wished channel", "Text message")
        WECHAT = "wechat", pgettext_lazy("wished channel", "WeChat")
        EMAIL = "email", pgettext_lazy("wished channel", "Email")
        LETTER = "letter", pgettext_lazy("wished channel", "Letter")

    class Language(models.TextChoices):
        ANY = "", pgettext_lazy("wished language", "No wish")
        MANDARIN = "zh-hans", pgettext_lazy("wished language", "Mandarin")
        TRADITIONAL = "zh-hant", pgettext_lazy("wished language", "Traditional Chinese")
        ENGLISH = "en", pgettext_lazy("wished language", "English")

    class Need(models.TextChoices):
        LARGE_PRINT = "large_print", pgettext_lazy("need", "Large print")
        WHEELCHAIR = "wheelchair", pgettext_lazy("need", "Wheelchair")
        INTERPRETER = "interpreter", pgettext_lazy("need", "Sign language or interpreter")
        DIALECT = "dialect", pgettext_lazy("need", "Speaks dialect")
        SLOWLY = "slowly", pgettext_lazy("need", "Speak slowly and clearly")

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="preference")
    channels = ArrayField(models.TextField(choices=Channel.choices), default=list)
    language = models.TextField(choices=Language.choices, default="", blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    needs = ArrayField(models.TextField(choices=Need.choices), default=list)
    needs_text = models.TextField(default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channels__contained_by=["phone", "sms", "wechat", "email", "letter"]),
                name="customers_preference_channels",
            ),
            models.CheckConstraint(
                condition=Q(
                    needs__contained_by=[
                        "large_print",
                        "wheelchair",
                        "interpreter",
                        "dialect",
                        "slowly",
                    ]
                ),
                name="customers_preference_needs",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="customers_preference_quiet",
            ),
        ]


class Consent(models.Model):
    """One word of a customer on one purpose: given or withdrawn, with its proof. Append-only.

    An empty `channel` speaks of every channel. The latest word holds; see `rules.consents`.
    `actor` is None where a customer refused behind a personal link, told to nobody of the house.
    """

    class Purpose(models.TextChoices):
        SERVICE = "service", pgettext_lazy("consent", "Service notices")
        MARKETING = "marketing", pgettext_lazy("consent", "Offers and promotion")
        SURVEY = "survey", pgettext_lazy("consent", "Surveys")
        RECORDING = "recording", pgettext_lazy("consent", "Use of recordings for training")
        SOCIAL = "social", pgettext_lazy("consent", "Linking a social account")

    class How(models.TextChoices):
        SPOKEN = "spoken", pgettext_lazy("consent", "Said on the phone")
        COUNTER = "counter", pgettext_lazy("consent", "Said at the counter")
        WRITTEN = "written", pgettext_lazy("consent", "In writing")
        ONLINE = "online", pgettext_lazy("consent", "Online")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", db_index=False)
    purpose = models.TextField(choices=Purpose.choices)
    channel = models.TextField(default="", blank=True)
    is_given = models.BooleanField()
    how = models.TextField(choices=How.choices)
    proof = models.TextField(default="", blank=True)
    text_version = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("Consent")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["service", "marketing", "survey", "recording", "social"]),
                name="customers_consent_purpose",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["", "phone", "sms", "wechat", "email", "letter"]),
                name="customers_consent_channel",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["spoken", "counter", "written", "online"]),
                name="customers_consent_how",
            ),
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(how="online", is_given=False),
                name="customers_consent_said_to",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "id"], name="customers_consent_of")]
