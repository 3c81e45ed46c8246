"""What Django cannot say: billed readings are locked, and what only follows goes with its place."""

from django.db import migrations

SQL = """
CREATE FUNCTION metering_keep_billed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A reason may name somebody who has a right to be forgotten.
    IF TG_OP = 'DELETE'
       OR NEW.state NOT IN ('billed', 'final')
       OR (NEW.state = 'billed' AND NEW.bill_number <> OLD.bill_number)
       OR to_jsonb(NEW) - '{state,bill_number,superseded_by_id,reason}'::text[]
          <> to_jsonb(OLD) - '{state,bill_number,superseded_by_id,reason}'::text[]
    THEN
        RAISE EXCEPTION 'reading % was billed: a new one corrects it', OLD.id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'metering_reading_billed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER metering_billed BEFORE UPDATE OR DELETE ON metering_reading
    FOR EACH ROW WHEN (OLD.state = 'billed') EXECUTE FUNCTION metering_keep_billed();

ALTER TABLE metering_registermultiplier
    ADD CONSTRAINT metering_multiplier_register FOREIGN KEY (register_id)
    REFERENCES metering_register (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE metering_routestop
    ADD CONSTRAINT metering_routestop_goes FOREIGN KEY (service_point_id)
    REFERENCES customers_servicepoint (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
UNDO = """
ALTER TABLE metering_routestop DROP CONSTRAINT metering_routestop_goes;
ALTER TABLE metering_registermultiplier DROP CONSTRAINT metering_multiplier_register;
DROP TRIGGER metering_billed ON metering_reading;
DROP FUNCTION metering_keep_billed();
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
