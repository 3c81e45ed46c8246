"""Readings of a bill are found by its number; the index does not offer itself for others."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # readings are taken in meanwhile

    dependencies = [
        ('metering', '0005_heads'),
    ]

    operations = [
        # What one that was killed left.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS metering_reading_by_bill",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name='reading',
            index=models.Index(
                condition=models.Q(('bill_number', ''), _negated=True),
                fields=['bill_number'],
                name='metering_reading_by_bill',
            ),
        ),
        RemoveIndexConcurrently(model_name='reading', name='metering_reading_bill'),
    ]
