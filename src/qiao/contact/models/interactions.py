"""Contacts (接触): every call, visit, letter or message, who came, what for, and what came of it.

In code a contact is an `Interaction`: CRM people mean a person by the other word.
"""

from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor

VIEW: Final = "interactions.view"


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Contacts of the organisations in which the actor may see contacts."""
        return self.filter(organisation_id__in=actor.organisations(VIEW))

    def at_hand(self) -> Self:
        """Contacts that somebody still has to close."""
        return self.filter(state__in=["open", "wrap_up"])

    def taken(self) -> Self:
        """Contacts that took place: those begun by mistake are left out."""
        return self.exclude(state="abandoned")


class Interaction(models.Model):
    """One contact. `caller_*` and `place` say who came, whether or not the customer is known.

    `caller_phone` is in the stored form of `qiao.core.rules.phones`. `subject` is what it was
    about in words, `reason` the key of the pack's case type that it comes nearest to, `outcome`
    a wrap-up result of the pack. `started_date` and `started_hour` are in the organisation's own
    time zone. `entered_at` is later than `started_at` for a letter, which is entered after the
    fact. An abandoned contact was begun by mistake: it is on no timeline and in no count.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", pgettext_lazy("channel", "Phone")
        COUNTER = "counter", pgettext_lazy("channel", "Counter")
        LETTER = "letter", pgettext_lazy("channel", "Letter")
        EMAIL = "email", pgettext_lazy("channel", "E-mail")
        VISIT = "visit", pgettext_lazy("channel", "Visit")
        SMS = "sms", pgettext_lazy("channel", "Text message")
        WECHAT = "wechat", pgettext_lazy("channel", "WeChat")
        WEB = "web", pgettext_lazy("channel", "Web")
        GOV_HOTLINE = "gov_hotline", pgettext_lazy("channel", "12345 hotline")

    class Direction(models.TextChoices):
        IN = "in", pgettext_lazy("direction", "Incoming")
        OUT = "out", pgettext_lazy("direction", "Outgoing")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("contact state", "In progress")
        WRAP_UP = "wrap_up", pgettext_lazy("contact state", "Wrap-up")
        CLOSED = "closed", pgettext_lazy("contact state", "Closed")
        ABANDONED = "abandoned", pgettext_lazy("contact state", "Begun by mistake")

    class Unknown(models.TextChoices):
        NOT_FOUND = "not_found", _("Not found among the customers")
        PASSER_BY = "passer_by", _("Passer-by")
        REFUSED = "refused", _("Will not say who they are")
        CUT_OFF = "cut_off", _("Cut off before it was clear")
        NOT_CUSTOMER = "not_customer", _("Not a customer")

    number = models.TextField(unique=True, db_collation="C")
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    channel = models.TextField(choices=Channel.choices)
    direction = models.TextField(choices=Direction.choices, default=Direction.IN)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    agent = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    account = models.ForeignKey(
        "customers.Account", models.PROTECT, null=True, related_name="+", db_index=False
    )
    caller_name = models.TextField(default="", blank=True)
    caller_phone = models.TextField(default="", blank=True, db_collation="C")
    place = models.TextField(default="", blank=True)
    unknown_reason = models.TextField(choices=Unknown.choices, default="", blank=True)
    started_at = models.DateTimeField()
    started_date = models.DateField()
    started_hour = models.SmallIntegerField()
    ended_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    subject = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    summary = models.TextField(default="", blank=True)
    outcome = models.TextField(default="", blank=True)
    resolved = models.BooleanField(default=False)
    event_count = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=1)
    cases = models.ManyToManyField(
        "cases.Case", through="InteractionCase", related_name="interactions"
    )

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(channel=""), name="contact_interaction_channel"),
            models.CheckConstraint(
                condition=Q(direction__in=["in", "out"]), name="contact_interaction_direction"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, closed_at__isnull=True)
                | Q(state="wrap_up", ended_at__isnull=False, closed_at__isnull=True)
                | Q(
                    state__in=["closed", "abandoned"],
                    ended_at__isnull=False,
                    closed_at__isnull=False,
                ),
                name="contact_interaction_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(subject="") & ~Q(outcome="")),
                name="contact_interaction_told",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(customer__isnull=False)
                | ~Q(caller_phone="")
                | ~Q(place="")
                | ~Q(unknown_reason=""),
                name="contact_interaction_traceable",
            ),
            models.CheckConstraint(
                condition=Q(caller_phone__regex=r"^(\+[1-9][0-9]{4,16}(;ext=[0-9]{1,8})?)?$"),
                name="contact_interaction_phone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="contact_interaction_ends",
            ),
            models.CheckConstraint(
                condition=Q(started_hour__range=(0, 23)), name="contact_interaction_hour"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "started_at", "id"],
                condition=Q(customer__isnull=False),
                name="contact_by_customer",
            ),
            models.Index(fields=["organisation", "started_at", "id"], name="contact_by_unit"),
            models.Index(
                fields=["caller_phone", "started_at"],
                condition=~Q(caller_phone=""),
                name="contact_by_phone",
            ),
            models.Index(
                fields=["agent", "started_at"],
                condition=Q(state__in=["open", "wrap_up"]),
                name="contact_at_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_at_hand(self) -> bool:
        """Whether somebody still has to close it."""
        return self.state in (self.State.OPEN, self.State.WRAP_UP)

    @property
    def is_traceable(self) -> bool:
        """Whether the customer is known, or else where or how to ask again, or why not."""
        known = (self.customer_id, self.caller_phone, self.place, self.unknown_reason)
        return any(known)


class InteractionCase(models.Model):
    """A case that a contact opened or went on with."""

    class Kind(models.TextChoices):
        OPENED = "opened", pgettext_lazy("contact and case", "Opened")
        CONTINUED = "continued", pgettext_lazy("contact and case", "Continued")

    interaction = models.ForeignKey(
        Interaction, models.PROTECT, related_name="links", db_index=False
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="interaction_links")
    kind = models.TextField(choices=Kind.choices)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "case"], name="contact_case_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["opened", "continued"]), name="contact_case_kind"
            ),
        ]


class InteractionEvent(models.Model):
    """One thing that happened to a contact. Append-only."""

    interaction = models.ForeignKey(
        Interaction, models.PROTECT, related_name="events", db_index=False
    )
    seq = models.SmallIntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "seq"], name="contact_event_once")
        ]


class InteractionDraft(models.Model):
    """What one browser tab has typed into a contact and nobody has finished yet.

    Each tab writes its own row, so two tabs cannot overwrite each other; a tab names the rows it
    has seen, with their versions, and takes their place. `fields` are the values of the wrap-up.
    """

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="drafts", db_index=False
    )
    tab = models.TextField()
    version = models.IntegerField(default=1)
    note = models.TextField(default="", blank=True)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "tab"], name="contact_draft_once")
        ]


class InteractionCount(models.Model):
    """A kept count: `n` contacts in a view of an organisation, for a holder and a day.

    Written by triggers as `InteractionCountChange` rows and folded in here by a job; a reader
    adds both.
    """

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder"], name="contact_count_once"
            )
        ]


class InteractionCountMonth(models.Model):
    """The same counts by calendar month, so that a year is read as twelve rows a holder.

    `month` is its first day. Holds what is folded in.
    """

    organisation_id = models.BigIntegerField()
    month = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "month", "holder"],
                name="contact_count_month_once",
            )
        ]


class InteractionCountChange(models.Model):
    """A change of kept counts that is not folded in yet."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.IntegerField()
