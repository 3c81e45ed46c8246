"""A sequence for numbers that are handed out by the million."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE core_bulk_number_seq MINVALUE 0 START 0 CACHE 1",
            "DROP SEQUENCE core_bulk_number_seq",
        )
    ]
