"""How the parts of the loyalty figure weigh; dated, and may be changed by the company."""

from django.db import migrations

SQL = """
INSERT INTO core_setting (key, organisation_id, region, valid, value, source, changed_at)
VALUES
    ('customers.loyalty', NULL, '', daterange('2000-01-01', NULL),
     '{"weights": {"value": 30, "tenure": 20, "repeat": 15, "satisfaction": 20, "complaints": 15},
       "full_years": 10}',
     'Company rule: value 30, tenure 20 (ten years full), repeat 15, satisfaction 20, complaints 15',
     now())
"""
UNDO = "DELETE FROM core_setting WHERE key = 'customers.loyalty'"


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_duplicates_again"), ("core", "0002_tables")]
    operations = [migrations.RunSQL(SQL, UNDO)]
