"""From whom a unit is kept, and who stands in for an absent person."""

from django.db import migrations

# Whether the matters of a unit are kept from a person: by name, or because the person belongs to a
# unit from which they are kept: by home, by team, or by a role held there.
BARRED = """
CREATE FUNCTION staff_barred(person bigint, unit bigint, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM staff_unitbar b LEFT JOIN staff_organisation u ON u.id = b.unit_id
         WHERE b.organisation_id = unit
           AND (b.staff_id = person
                OR EXISTS (SELECT 1 FROM staff_organisation p
                            WHERE p.path LIKE u.path || '%'
                              AND (p.id IN (SELECT organisation_id FROM staff_staff
                                             WHERE id = person)
                                   OR p.id IN (SELECT team_id FROM staff_membership
                                                WHERE staff_id = person)
                                   OR p.id IN (SELECT organisation_id FROM staff_assignment
                                                WHERE staff_id = person AND valid @> day)))))
$$;
"""

# Who stands in for an absent person at a moment, by the day of that person's place: the deputy, or
# the deputy's deputy. NULL for whoever is here, and where nobody is left who is.
STANDS_IN = """
CREATE FUNCTION staff_stands_in(person bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain (staff_id, step, path) AS (
        SELECT person, 0, ARRAY[person]
        UNION ALL
        SELECT a.deputy_id, c.step + 1, c.path || a.deputy_id
          FROM chain c
          JOIN staff_staff s ON s.id = c.staff_id
          JOIN staff_organisation o ON o.id = s.organisation_id
          JOIN staff_absence a ON a.staff_id = c.staff_id AND a.ended_at IS NULL
           AND a.days @> (moment AT TIME ZONE o.timezone)::date
         WHERE a.deputy_id IS NOT NULL AND NOT a.deputy_id = ANY(c.path))
    SELECT s.id
      FROM (SELECT staff_id, step FROM chain ORDER BY step DESC LIMIT 1) last
      JOIN staff_staff s ON s.id = last.staff_id AND s.is_active
      JOIN staff_organisation o ON o.id = s.organisation_id
     WHERE last.step > 0
       AND NOT EXISTS (SELECT 1 FROM staff_absence a
                        WHERE a.staff_id = s.id AND a.ended_at IS NULL
                          AND a.days @> (moment AT TIME ZONE o.timezone)::date)
$$;
"""


class Migration(migrations.Migration):
    replaces = [("staff", "0008_sealed_units")]
    dependencies = [("staff", "0002_rights")]
    operations = [
        migrations.RunSQL(BARRED, "DROP FUNCTION staff_barred"),
        migrations.RunSQL(STANDS_IN, "DROP FUNCTION staff_stands_in"),
    ]
