"""The sequences that numbers are made of: of a day, and of those handed out by the million."""

from django.db import migrations

SQL = """
CREATE SEQUENCE core_number_seq MINVALUE 1 MAXVALUE 15624 CYCLE;
CREATE SEQUENCE core_bulk_number_seq MINVALUE 0 START 0 CACHE 1;
"""


class Migration(migrations.Migration):
    replaces = [("core", "0003_bulk_numbers")]
    dependencies = [("core", "0004_attachment_counts")]
    operations = [migrations.RunSQL(SQL, "DROP SEQUENCE core_number_seq, core_bulk_number_seq")]
