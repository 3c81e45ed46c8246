"""Calls out: why somebody called."""

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from qiao.telephony.models.calls import Call


class OutgoingCall(models.Model):
    """Why a call out was made; `ref` is the id of the owed call, the list's entry, the customer or
    the contact that it was made for."""

    class Why(models.TextChoices):
        OWED = "owed", pgettext_lazy("call out", "Owed call")
        ENTRY = "entry", pgettext_lazy("call out", "From a list")
        CUSTOMER = "customer", pgettext_lazy("call out", "By hand")

    call = models.OneToOneField(Call, models.PROTECT, primary_key=True, related_name="outgoing")
    why = models.TextField(choices=Why.choices)
    ref = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["why", "ref"], name="telephony_outgoing_for"),
        ]
