"""The rows behind a pack: case types, versions of processes, sets of promises."""

from django.db import models


class CaseType(models.Model):
    """A kind of case installed from a pack, which holds its form, promises and process."""

    key = models.TextField(unique=True)
    pack = models.TextField()
    group = models.TextField()
    names = models.JSONField()
    icon = models.TextField(default="")
    process_key = models.TextField()
    emergency = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)


class ProcessVersion(models.Model):
    """One version of a process; running cases keep the version they started with."""

    key = models.TextField()
    version = models.IntegerField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="cases_process_version_once")
        ]


class PromiseSet(models.Model):
    """Promises of a case type as they stood at one time; a case refers to what it was given."""

    digest = models.CharField(max_length=64, unique=True)
    promises = models.JSONField()
