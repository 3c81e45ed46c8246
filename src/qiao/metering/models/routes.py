"""Routes that readers walk, and the rounds in which they walk them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class RouteQuerySet(models.QuerySet["Route"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Routes of the organisations in which the actor may see readings."""
        return self.filter(organisation__in=list(actor.organisations("metering.view")))


class Route(models.Model):
    """Service points in the order in which a reader comes by. `reader_id` is who mostly walks it;
    `stop_count` is kept with its stops."""

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    code = models.TextField(db_collation="C")
    name = models.TextField()
    reader_id = models.BigIntegerField(null=True)
    stop_count = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = RouteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="metering_route_once"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name=""), name="metering_route_named"
            ),
        ]


class RouteStop(models.Model):
    """A service point on a route; `place` gives the order. A point lies on one route."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops", db_index=False)
    place = models.IntegerField()
    service_point = models.ForeignKey(
        "customers.ServicePoint",
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["route", "place"],
                name="metering_routestop_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["service_point"], name="metering_routestop_point"),
        ]


class RoundQuerySet(models.QuerySet["ReadingRound"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Rounds of the organisations in which the actor may see readings."""
        return self.filter(organisation__in=list(actor.organisations("metering.view")))


class ReadingRound(models.Model):
    """One walk of a route: from `since` to `due_date`, both inclusive, in local days.

    `stop_count` is how many stops the route had then. `reader_id` walks it where that is not the
    route's own reader. `visited_count` stops have a word from the reader and `unread_count` of
    them a reason instead of a reading; both are kept with the visits.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("reading round", "Under way")
        CLOSED = "closed", pgettext_lazy("reading round", "Closed")

    route = models.ForeignKey(Route, models.PROTECT, related_name="rounds", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateField()
    due_date = models.DateField()
    state = models.TextField(choices=State.choices, default=State.OPEN)
    stop_count = models.IntegerField(default=0)
    reader_id = models.BigIntegerField(null=True)
    visited_count = models.IntegerField(default=0, db_default=0)
    unread_count = models.IntegerField(default=0, db_default=0)
    visited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "since"], name="metering_round_once"),
            models.CheckConstraint(
                condition=Q(due_date__gte=models.F("since"))
                & (
                    Q(state="open", closed_at__isnull=True)
                    | Q(state="closed", closed_at__isnull=False)
                ),
                name="metering_round_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-since", "-id"], name="metering_round_list"),
        ]
