"""Decisions on features by unit, with their days."""

import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0008_calendar_versions")]
    operations = [
        migrations.CreateModel(
            name="FeatureSwitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feature", models.TextField()),
                ("organisation_id", models.BigIntegerField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("is_on", models.BooleanField(null=True)),
                ("reason", models.TextField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation_id", "feature"], name="core_feature_of_unit"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="core_feature_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            valid__isempty=False, valid__startswith__isnull=False
                        ),
                        name="core_feature_has_days",
                    ),
                ],
            },
        ),
    ]
