"""Work orders: what a crew is sent to do for a case, and everything that happened on the way."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Work orders of the organisations in which the actor may see them."""
        return self.filter(organisation_id__in=actor.organisations("jobs.view"))

    def open(self) -> Self:
        """Work orders that are neither done nor cancelled."""
        return self.filter(finished_at__isnull=True)


class WorkOrder(models.Model):
    """A work order (作业单): one visit of a case to a step that waits for a crew.

    `entered_seq` is the place in the case's history at which the step was entered. `sheet` is the
    work sheet as it was when the order was made (checks, readings with limits, what completion
    needs); `checks` maps check keys to true, `readings` reading keys to the figures as typed,
    `answers` the keys of fields that the case's process asks for to their values.
    `due_at` is the case's, as it was last told: what lists of open orders sort by and count.
    `promised_at` is the time told to the customer. `version` grows with every write.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("work order", "Unassigned")
        ASSIGNED = "assigned", pgettext_lazy("work order", "Assigned")
        ACCEPTED = "accepted", pgettext_lazy("work order", "Accepted")
        TRAVELLING = "travelling", pgettext_lazy("work order", "On the way")
        ARRIVED = "arrived", pgettext_lazy("work order", "On site")
        SUSPENDED = "suspended", pgettext_lazy("work order", "Suspended")
        REFUSED = "refused", pgettext_lazy("work order", "Refused")
        RETURNED = "returned", pgettext_lazy("work order", "Handed back")
        DONE = "done", pgettext_lazy("work order", "Done")
        CANCELLED = "cancelled", pgettext_lazy("work order", "Cancelled")

    class Hold(models.TextChoices):
        """Why a work order waits."""

        NONE = "", ""
        PARTS = "parts", _("Waiting for parts")
        ABSENT = "absent", _("Customer not at home")
        ACCESS = "access", _("No access to the place")
        PERMIT = "permit", _("Waiting for a permit")
        WEATHER = "weather", _("Weather or safety")
        OTHER = "other", pgettext_lazy("hold", "Other reason")

    number = models.TextField(unique=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    entered_seq = models.IntegerField()
    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    technician = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(choices=State.choices, default=State.PLANNED)
    hold = models.TextField(choices=Hold.choices, default=Hold.NONE, blank=True)
    reason = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    datum = models.TextField(default="", blank=True)
    sheet = models.JSONField(default=dict)
    checks = models.JSONField(default=dict)
    readings = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    note = models.TextField(default="", blank=True)
    no_photo_reason = models.TextField(default="", blank=True)
    no_signature_reason = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    event_seq = models.IntegerField(default=0)
    version = models.IntegerField(default=1)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "entered_seq"], name="dispatch_workorder_once_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "planned",
                        "assigned",
                        "accepted",
                        "travelling",
                        "arrived",
                        "suspended",
                        "refused",
                        "returned",
                        "done",
                        "cancelled",
                    ]
                ),
                name="dispatch_workorder_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], finished_at__isnull=False)
                | (~Q(state__in=["done", "cancelled"]) & Q(finished_at__isnull=True)),
                name="dispatch_workorder_finished_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "refused", "returned"], technician__isnull=True)
                | Q(state="cancelled")
                | (
                    ~Q(state__in=["planned", "refused", "returned", "cancelled"])
                    & Q(technician__isnull=False)
                ),
                name="dispatch_workorder_held",
            ),
            models.CheckConstraint(
                condition=(Q(state="suspended") & ~Q(hold=""))
                | (~Q(state="suspended") & Q(hold="")),
                name="dispatch_workorder_hold",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "returned"]) | ~Q(reason=""),
                name="dispatch_workorder_reason",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="dispatch_workorder_located",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("created_at")),
                name="dispatch_workorder_finished_after",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["technician", "id"],
                condition=Q(finished_at__isnull=True),
                name="dispatch_open_by_technician",
            ),
            models.Index(
                fields=["team", "id"],
                condition=Q(finished_at__isnull=True),
                name="dispatch_open_by_team",
            ),
            models.Index(
                fields=["organisation", "id"],
                condition=Q(finished_at__isnull=True),
                name="dispatch_open_by_unit",
            ),
            models.Index(
                fields=["technician", "finished_at"],
                condition=Q(finished_at__isnull=False),
                name="dispatch_done_by_technician",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether work may still be done on it."""
        return self.finished_at is None


class WorkOrderEvent(models.Model):
    """One step of a work order's life. Append-only.

    `at` is when it happened on the spot (an offline phone sends late), `recorded_at` when it was
    told. Coordinates are those of the technician, WGS-84 degrees; `accuracy_m` metres.
    """

    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="events", db_index=False
    )
    seq = models.IntegerField()
    kind = models.TextField()
    state = models.TextField(choices=WorkOrder.State.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.IntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "seq"], name="dispatch_event_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="dispatch_event_located",
            ),
        ]
