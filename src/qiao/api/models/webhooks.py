"""Where events are sent, what was sent there, and every attempt."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.api.models.keys import MANAGE
from qiao.core.actor import Actor


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Endpoints of the organisations in which the actor manages access of programs."""
        return self.filter(organisation__in=list(actor.organisations(MANAGE)))


class Endpoint(models.Model):
    """An address that is told of events of an organisation and all below it.

    `secret` and `former_secret` sign; they are encrypted, since signing needs them in clear. The
    former one signs beside the new one until `former_until`. `failing_since` is the first failure
    after the last success.
    """

    class Disabled(models.TextChoices):
        BY_HAND = "by_hand", pgettext_lazy("endpoint", "Switched off by hand")
        GONE = "gone", pgettext_lazy("endpoint", "The receiver answered: gone")
        FAILING = "failing", pgettext_lazy("endpoint", "Nothing arrived for three days")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    name = models.TextField()
    url = models.TextField()
    event_types = ArrayField(models.TextField())
    secret = models.BinaryField()
    former_secret = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.TextField(choices=Disabled.choices, default="", blank=True)
    deleted_at = models.DateTimeField(null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(url="") & ~Q(event_types=[]), name="api_endpoint_whole"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True, disabled_because="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_because="")),
                name="api_endpoint_disabled_whole",
            ),
            models.CheckConstraint(
                condition=Q(former_secret__isnull=True, former_until__isnull=True)
                | Q(former_secret__isnull=False, former_until__isnull=False),
                name="api_endpoint_former_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether messages go there: neither switched off nor taken out of use."""
        return self.disabled_at is None and self.deleted_at is None


class Delivery(models.Model):
    """One message for one endpoint. `event_id` is empty for a test.

    `body` is exactly what is signed and sent, each time the same. `attempts` counts them;
    `next_at` is when the next one is due, while it waits. `ended_because` says why nothing more
    is sent, where that was not for what came of the attempts.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")

    class Ended(models.TextChoices):
        BY_ATTEMPTS = "", pgettext_lazy("delivery ended", "By its attempts")
        GIVEN_UP = "given_up", pgettext_lazy("delivery ended", "Given up on the page of jobs")

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    message_id = models.TextField(unique=True, db_collation="C")
    event_id = models.BigIntegerField(null=True)
    event_name = models.TextField()
    body = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_ms = models.IntegerField(null=True)
    ended_because = models.TextField(choices=Ended.choices, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"],
                condition=Q(event_id__isnull=False),
                name="api_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True, next_at__isnull=False)
                | Q(
                    state__in=["delivered", "failed"],
                    finished_at__isnull=False,
                    next_at__isnull=True,
                ),
                name="api_delivery_state",
            ),
            models.CheckConstraint(
                condition=Q(ended_because="") | Q(state="failed"),
                name="api_delivery_ended_because",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-id"], name="api_delivery_by_endpoint"),
            models.Index(fields=["endpoint", "state", "-id"], name="api_delivery_by_state"),
            models.Index(
                fields=["next_at"], condition=Q(state="waiting"), name="api_delivery_due"
            ),
        ]


class Attempt(models.Model):
    """One attempt: what came back. Never changed, thrown away with its message.

    `status` is empty if no answer came; `fault` then says why in a word. `answer` is its first
    kilobyte.
    """

    class Fault(models.TextChoices):
        NONE = "", pgettext_lazy("attempt", "None")
        NO_SUCH_HOST = "no_such_host", pgettext_lazy("attempt", "The name is not known")
        FORBIDDEN = "forbidden", pgettext_lazy("attempt", "The address is not on the internet")
        REFUSED = "refused", pgettext_lazy("attempt", "No connection")
        TLS = "tls", pgettext_lazy("attempt", "The certificate does not hold")
        SLOW = "slow", pgettext_lazy("attempt", "No answer in time")
        BROKEN = "broken", pgettext_lazy("attempt", "The answer could not be read")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries", db_index=False)
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    ms = models.IntegerField()
    status = models.SmallIntegerField(null=True)
    fault = models.TextField(choices=Fault.choices, default="", blank=True)
    answer = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="api_attempt_once")
        ]
