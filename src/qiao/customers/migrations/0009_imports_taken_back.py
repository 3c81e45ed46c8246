"""What the machine noted of a customer goes with an import that is taken back, and only then.

Facts and tier changes are append-only for the plain role. This function of the owner deletes those
of customers whom an import created that is being taken back right now, and nothing that a person
decided.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION customers_forget_machine_made(
    import_id bigint, first_row integer, last_row integer, ids bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(
        SELECT r.customer_id FROM customers_importedrow r
          JOIN customers_customerimport i
            ON i.id = r.customer_import_id AND i.state = 'rolling_back'
         WHERE i.id = import_id AND r.row_number BETWEEN first_row AND last_row
           AND r.is_new_customer AND r.customer_id = ANY(ids));
BEGIN
    DELETE FROM customers_fact WHERE customer_id = ANY(mine) AND kind = 'account';
    DELETE FROM customers_tierchange WHERE customer_id = ANY(mine) AND actor_id IS NULL;
    DELETE FROM customers_tierdue WHERE customer_id = ANY(mine);
END $$;
"""
UNDO = "DROP FUNCTION customers_forget_machine_made(bigint, integer, integer, bigint[])"


class Migration(migrations.Migration):
    replaces = [("customers", "0012_machine_made")]
    dependencies = [("customers", "0008_meters")]
    operations = [migrations.RunSQL(SQL, UNDO)]
