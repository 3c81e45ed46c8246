"""Telephones in the browser."""

from django.db import models


class BrowserPhone(models.Model):
    """Somebody's telephone in the browser, as the switch knows it.

    `secret` is what it signs on with, sealed (`core.crypto`); it exists once the switch's files
    were written with it. `is_used` is the person's choice: this one is rung, not the one on the
    desk. `handed_at` is when the secret was last given to the person's own browser.
    """

    staff = models.OneToOneField("staff.Staff", models.PROTECT, related_name="+")
    secret = models.BinaryField()
    made_at = models.DateTimeField()
    is_used = models.BooleanField(default=False)
    handed_at = models.DateTimeField(null=True)
