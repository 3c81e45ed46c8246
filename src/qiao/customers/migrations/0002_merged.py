"""Following `merged_into`: to the row that stands for a customer, and back to all it stands for."""

from django.db import migrations

SQL = """
CREATE FUNCTION customers_survivor(one bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up (id, merged_into_id, depth) AS (
        SELECT c.id, c.merged_into_id, 0 FROM customers_customer c WHERE c.id = one
        UNION ALL
        SELECT c.id, c.merged_into_id, up.depth + 1
          FROM up JOIN customers_customer c ON c.id = up.merged_into_id
         WHERE up.depth < 32
    )
    SELECT id FROM up WHERE merged_into_id IS NULL
$$;

CREATE FUNCTION customers_held_as(one bigint) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE down (id, depth) AS (
        SELECT one, 0
        UNION ALL
        SELECT c.id, down.depth + 1
          FROM down JOIN customers_customer c ON c.merged_into_id = down.id
         WHERE down.depth < 32
    )
    SELECT array_agg(id ORDER BY depth, id) FROM down
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(
            SQL,
            "DROP FUNCTION customers_held_as(bigint); DROP FUNCTION customers_survivor(bigint)",
        )
    ]
