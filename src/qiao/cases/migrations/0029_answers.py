"""Open cases are found by what was answered."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_words")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(closed_at__isnull=True),
                fields=["facts"],
                name="cases_answers_of_open",
                opclasses=["jsonb_path_ops"],
            ),
        ),
    ]
