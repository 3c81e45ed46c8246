"""Summaries of whose bills their customer was not told; those that are there are not told of."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_summaries")]

    operations = [
        migrations.AddField(
            "summarybill", "untold_since", models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            "summarybill",
            models.Index(
                fields=["untold_since"],
                condition=Q(untold_since__isnull=False),
                name="billing_summary_untold",
            ),
        ),
    ]
