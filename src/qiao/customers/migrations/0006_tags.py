"""Whoever gives or takes a tag, the count follows; rows of merged customers do not count."""

from django.db import migrations

SQL = """
CREATE FUNCTION customers_tag_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE customers_tagkept k SET customer_count = k.customer_count + x.n
          FROM (SELECT r.tag_id, count(*) AS n FROM new_rows r
                  JOIN customers_customer c ON c.id = r.customer_id AND c.merged_into_id IS NULL
                 GROUP BY 1) AS x
         WHERE k.tag_id = x.tag_id;
    ELSE
        UPDATE customers_tagkept k SET customer_count = k.customer_count - x.n
          FROM (SELECT r.tag_id, count(*) AS n FROM old_rows r
                  JOIN customers_customer c ON c.id = r.customer_id AND c.merged_into_id IS NULL
                 GROUP BY 1) AS x
         WHERE k.tag_id = x.tag_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_tag_given AFTER INSERT ON customers_customertag
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_tag_count();
CREATE TRIGGER customers_tag_taken AFTER DELETE ON customers_customertag
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_tag_count();

CREATE FUNCTION customers_tag_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers_tagkept k
       SET customer_count = k.customer_count
           + CASE WHEN NEW.merged_into_id IS NULL THEN 1 ELSE -1 END
      FROM customers_customertag t
     WHERE t.customer_id = NEW.id AND k.tag_id = t.tag_id;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_tag_merged AFTER UPDATE OF merged_into_id ON customers_customer
FOR EACH ROW WHEN ((OLD.merged_into_id IS NULL) <> (NEW.merged_into_id IS NULL))
EXECUTE FUNCTION customers_tag_merged();
"""
UNDO = """
DROP FUNCTION customers_tag_count() CASCADE;
DROP FUNCTION customers_tag_merged() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [("customers", "0025_tags")]
    dependencies = [("customers", "0005_segments")]
    operations = [migrations.RunSQL(SQL, UNDO)]
