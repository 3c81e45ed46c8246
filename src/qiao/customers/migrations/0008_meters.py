"""The first meter of a point is hung by the database, whoever adds the point."""

from django.db import migrations

SQL = """
ALTER TABLE customers_meterinstallation
    ADD CONSTRAINT customers_meter_point FOREIGN KEY (service_point_id)
    REFERENCES customers_servicepoint (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

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
    replaces = [("customers", "0010_meter_installations")]
    dependencies = [("customers", "0007_duplicate_counts")]
    operations = [migrations.RunSQL(SQL, UNDO)]
