"""Lines, calls and their logs, and what people ask of calls."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class Line(models.Model):
    """A number that customers dial, and how its calls are conducted.

    `queue` is a key of the pack, for whom no menu leads elsewhere; `greeting` are names of sounds
    at the switch; `menu` is the key of the voice menu that speaks first, empty for none.
    """

    number = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    queue = models.TextField()
    greeting = ArrayField(models.TextField(), default=list)
    menu = models.TextField(default="", db_default="", blank=True)
    is_recorded = models.BooleanField(default=True)
    is_emergency = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(queue=""), name="telephony_line_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CallQuerySet(models.QuerySet["Call"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Calls of the organisations in which the actor may see contacts, and the actor's own:
        a hotline belongs to the company, whoever takes its calls to a branch."""
        seen = actor.organisations("interactions.view")
        return self.filter(Q(organisation_id__in=seen) | Q(staff_id=actor.person_id))

    def alive(self) -> Self:
        """Calls that have not ended."""
        return self.exclude(phase=Call.Phase.ENDED)


class Call(models.Model):
    """A call, as its log tells it: all but what it is linked to is a mirror of `CallEntry`.

    `caller` is the number as the network gave it, `phone` in the stored form, empty where it is
    none. `channel` is the caller's at the switch. `staff` is who has the call, or had it last.
    `end` is what `qiao.telephony.rules.calls.ENDS` names. Of a call out `caller` and `phone` are
    the other side's, `dialled` is the number that was shown there, `channel` a name of its own.
    """

    class Phase(models.TextChoices):
        NEW = "new", pgettext_lazy("call phase", "New")
        ARRIVED = "arrived", pgettext_lazy("call phase", "Arrived")
        GREETED = "greeted", pgettext_lazy("call phase", "Is greeted")
        MENU = "menu", pgettext_lazy("call phase", "Is in the voice menu")
        WAITING = "waiting", pgettext_lazy("call phase", "Waits")
        OWN_PHONE = "own_phone", pgettext_lazy("call phase", "Whoever calls is rung")
        DIALLING = "dialling", pgettext_lazy("call phase", "The other side is rung")
        TALKING = "talking", pgettext_lazy("call phase", "Talks")
        HELD = "held", pgettext_lazy("call phase", "Is held")
        CONSULTING = "consulting", pgettext_lazy("call phase", "A third is consulted")
        ENDED = "ended", pgettext_lazy("call phase", "Ended")

    class Direction(models.TextChoices):
        IN = "in", pgettext_lazy("direction", "Incoming")
        OUT = "out", pgettext_lazy("direction", "Outgoing")

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="calls", db_index=False)
    direction = models.TextField(choices=Direction.choices, default=Direction.IN)
    channel = models.TextField(db_collation="C")
    caller = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True, db_collation="C")
    dialled = models.TextField(default="", blank=True)
    phase = models.TextField(choices=Phase.choices, default=Phase.NEW)
    queue = models.TextField(default="", blank=True)
    end = models.TextField(default="", blank=True)
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    interaction = models.ForeignKey(
        "contact.Interaction", models.PROTECT, null=True, related_name="calls"
    )
    arrived_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    entry_count = models.IntegerField(default=0)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel"], name="telephony_call_of_channel"),
            models.CheckConstraint(
                condition=Q(phase="ended", ended_at__isnull=False)
                | (~Q(phase="ended") & Q(ended_at__isnull=True)),
                name="telephony_call_ends",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("arrived_at")),
                name="telephony_call_ends_after",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["arrived_at"], condition=~Q(phase="ended"), name="telephony_calls_alive"
            ),
            models.Index(fields=["organisation", "arrived_at", "id"], name="telephony_by_unit"),
            models.Index(
                fields=["phone", "arrived_at"], condition=~Q(phone=""), name="telephony_by_phone"
            ),
            models.Index(
                fields=["staff", "arrived_at", "id"],
                condition=Q(staff__isnull=False),
                name="telephony_by_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.arrived_at:%Y-%m-%d %H:%M}"


class CallEntry(models.Model):
    """One thing that happened to a call: kinds and data are those of `rules.call_log`. Only added.

    `at` is when it happened by the clock of the switch, `recorded_at` by ours.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="entries", db_index=False)
    seq = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "seq"], name="telephony_entry_once")
        ]


class CallAsk(models.Model):
    """Something that somebody asks of a call; the controller carries it out.

    `kind` is the name of a class in `rules.asks`, `data` its fields. A word to the controller goes
    with the row, so that it is looked at at once.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="asks", db_index=False)
    kind = models.TextField()
    data = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="telephony_asks"),
        ]


class PhoneDeed(models.Model):
    """Something that somebody does at a telephone on the screen: with the played switch there is
    no other. The controller, which holds that switch, does it there.

    `phone` is the endpoint that rings; for an outside telephone it is the number that calls.
    `channel` is what the played switch made of a call that was dialled.
    """

    class Kind(models.TextChoices):
        DIAL = "dial", pgettext_lazy("deed", "Dials")
        PRESS = "press", pgettext_lazy("deed", "Presses a key")
        LIFT = "lift", pgettext_lazy("deed", "Lifts the receiver")
        REJECT = "reject", pgettext_lazy("deed", "Does not want to")
        PUT_DOWN = "put_down", pgettext_lazy("deed", "Puts down")

    kind = models.TextField(choices=Kind.choices)
    phone = models.TextField(db_collation="C")
    dialled = models.TextField(default="", blank=True)
    keys = models.TextField(default="", blank=True)
    channel = models.TextField(default="", blank=True, db_collation="C")
    asked_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="telephony_deeds"),
        ]
