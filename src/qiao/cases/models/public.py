"""The customer's own page of a case: its personal links, and who asked for it by number."""

from typing import ClassVar

from django.db import models

from qiao.cases.models.case import Case


class PublicLink(models.Model):
    """A personal link to the page of a case. What stands in it is counted from a secret of the
    installation; kept is its SHA-256 alone. It leads nowhere once the case may not be reopened
    any more (`queries.public`)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    token_hash = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="cases_publiclink_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["case"], name="cases_publiclink_of")]


class PublicLookup(models.Model):
    """Somebody asked for a case by its number and four digits of a telephone number. `network` is
    a keyed digest of where they came from; `case` the case of that number, where there is one."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    network = models.TextField()
    is_found = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "at"], name="cases_publiclookup_of"),
            models.Index(fields=["at"], name="cases_publiclookup_at"),
        ]
