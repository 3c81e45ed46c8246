"""Who takes contacts, what waits for them, and who was asked to take which."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class AgentState(models.Model):
    """How somebody who takes contacts stands now; one row a person, kept from shift to shift.

    `lease_until` is renewed by the browser: whoever is not heard of any more is signed off.
    `until` ends a state by itself: work after a contact that has a limit, and not being ready
    after a call that was not answered. `idle_since` is when the last work ended. `endpoint` names
    the telephone. `busy_seconds` is the time at contacts since `signed_on_at`.
    """

    class State(models.TextChoices):
        OFF = "off", pgettext_lazy("agent state", "Signed off")
        READY = "ready", pgettext_lazy("agent state", "Ready")
        RESERVED = "reserved", pgettext_lazy("agent state", "Is rung")
        BUSY = "busy", pgettext_lazy("agent state", "With a customer")
        WRAP_UP = "wrap_up", pgettext_lazy("agent state", "Wrap-up")
        BREAK = "break", pgettext_lazy("agent state", "On a break")
        NOT_READY = "not_ready", pgettext_lazy("agent state", "Did not answer")

    staff = models.OneToOneField(
        "staff.Staff", models.PROTECT, primary_key=True, related_name="agent_state"
    )
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    state = models.TextField(choices=State.choices, default=State.OFF)
    reason = models.TextField(default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    idle_since = models.DateTimeField()
    signed_on_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    endpoint = models.TextField(default="", blank=True, db_collation="C")
    queues = ArrayField(models.TextField(), default=list)
    busy_seconds = models.IntegerField(default=0)
    wanted = models.TextField(choices=State.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="off")
                | Q(signed_on_at__isnull=False, lease_until__isnull=False),
                name="contact_agent_signed_on",
            ),
            models.CheckConstraint(
                condition=~Q(state="break") | ~Q(reason=""), name="contact_agent_break_reason"
            ),
            models.CheckConstraint(condition=Q(busy_seconds__gte=0), name="contact_agent_busy"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state"], condition=~Q(state="off"), name="contact_agents_on"),
        ]

    def is_free(self, now: datetime) -> bool:
        """Whether the person can be rung: ready, and heard of lately."""
        return self.state == self.State.READY and (self.lease_until or now) > now


class AgentStateChange(models.Model):
    """A change of how somebody stands. Append-only: occupancy, adherence are counted from it."""

    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    state = models.TextField(choices=AgentState.State.choices)
    reason = models.TextField(default="", blank=True)
    offer = models.BigIntegerField(null=True)
    by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["staff", "at", "id"], name="contact_agent_changes"),
        ]


class Waiting(models.Model):
    """A contact that waits for somebody, in a queue of the pack; `subject` is what waits.

    `since` is when its wait began: a call back that was asked for keeps it, and is offered to
    nobody before `not_before`. `skills` are asked for beside the queue's. Whoever let it ring is
    asked again once they are ready again. What somebody in charge raised goes before all that is
    no emergency.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("waiting state", "Waits")
        OFFERED = "offered", pgettext_lazy("waiting state", "Is offered")
        TAKEN = "taken", pgettext_lazy("waiting state", "Taken")
        GONE = "gone", pgettext_lazy("waiting state", "Gone")

    queue = models.TextField()
    channel = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(choices=State.choices, default=State.WAITING)
    since = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    takes = models.SmallIntegerField(default=100)
    skills = models.JSONField(default=dict)
    tier = models.TextField(default="", blank=True)
    is_emergency = models.BooleanField(default=False)
    is_raised = models.BooleanField(default=False, db_default=False)
    last_agent = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    why = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(state__in=["waiting", "offered"]),
                name="contact_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(takes__range=(1, 100)), name="contact_waiting_takes"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "offered"], ended_at__isnull=True)
                | Q(state__in=["taken", "gone"], ended_at__isnull=False),
                name="contact_waiting_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["since", "id"],
                condition=Q(state__in=["waiting", "offered"]),
                name="contact_waiting_now",
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="contact_waiting_of"),
        ]


class Offer(models.Model):
    """Somebody was asked to take what waits. The reason can be read afterwards.

    `reason` is that of `qiao.contact.rules.routing.Reason`. A late word about an offer that has
    been answered changes nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("offer state", "Open")
        TAKEN = "taken", pgettext_lazy("offer state", "Taken")
        REFUSED = "refused", pgettext_lazy("offer state", "Not taken")

    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="offers")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    why = models.TextField(default="", blank=True)
    reason = models.JSONField(default=dict)
    takes = models.SmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | Q(state__in=["taken", "refused"], answered_at__isnull=False),
                name="contact_offer_answered",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="contact_offer_expires"
            ),
            # A whole person is asked once at a time; parts of one are counted when they are asked.
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(state="open", takes=100),
                name="contact_offer_of_whole_person",
            ),
            models.UniqueConstraint(
                fields=["waiting"], condition=Q(state="open"), name="contact_offer_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["staff"],
                condition=Q(state="open") | Q(state="taken", released_at__isnull=True),
                name="contact_offers_at_hand",
            ),
        ]
