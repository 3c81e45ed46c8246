"""Reports read what was archived in a period without reading all that was opened before."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_intake")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["organisation", "closed_date"],
                condition=Q(closed_date__isnull=False),
                name="cases_by_unit_closed",
            ),
        ),
    ]
