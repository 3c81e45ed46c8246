"""Meters with their periods; the first one is hung by the database, whoever adds a point."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


SQL = """
ALTER TABLE customers_meterinstallation
    ADD CONSTRAINT customers_meter_point FOREIGN KEY (service_point_id)
    REFERENCES customers_servicepoint (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

INSERT INTO customers_meterinstallation
    (service_point_id, meter_number, meter_size, is_remote, period, reason)
SELECT s.id, s.meter_number, s.meter_size, s.meter_is_remote,
       daterange(s.meter_installed_date, NULL), ''
  FROM customers_servicepoint s WHERE s.meter_number <> '';

CREATE FUNCTION customers_hang_first_meters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_meterinstallation
        (service_point_id, meter_number, meter_size, is_remote, period, reason)
    SELECT n.id, n.meter_number, n.meter_size, n.meter_is_remote,
           daterange(n.meter_installed_date, NULL), ''
      FROM new_points n WHERE n.meter_number <> '';
    RETURN NULL;
END $$;

CREATE TRIGGER customers_first_meters AFTER INSERT ON customers_servicepoint
    REFERENCING NEW TABLE AS new_points
    FOR EACH STATEMENT EXECUTE FUNCTION customers_hang_first_meters();
"""
UNDO = """
DROP TRIGGER customers_first_meters ON customers_servicepoint;
DROP FUNCTION customers_hang_first_meters();
ALTER TABLE customers_meterinstallation DROP CONSTRAINT customers_meter_point;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0009_tier_facts_and_cards'),
    ]

    operations = [
        migrations.CreateModel(
            name='MeterInstallation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meter_number', models.TextField(db_collation='C')),
                ('meter_search', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.F('meter_number'), models.Value('[^0-9A-Za-z]'), models.Value(''), models.Value('g'), function='regexp_replace'), function='upper'), output_field=models.TextField(db_collation='C'))),
                ('meter_size', models.TextField(blank=True, default='')),
                ('is_remote', models.BooleanField(default=False)),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('opening_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                ('closing_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('service_point', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='installations', to='customers.servicepoint')),
            ],
            options={
                'indexes': [models.Index(fields=['meter_search'], name='customers_meter_search')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('service_point', '='), ('period', '&&')], name='customers_meter_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('meter_number', ''), _negated=True), ('period__isempty', False)), name='customers_meter_whole'), models.CheckConstraint(condition=models.Q(models.Q(('opening_reading__isnull', True), ('opening_reading__gte', 0), _connector='OR'), models.Q(('closing_reading__isnull', True), ('closing_reading__gte', 0), _connector='OR')), name='customers_meter_readings')],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
