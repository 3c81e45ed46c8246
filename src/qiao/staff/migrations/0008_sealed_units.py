"""Units that are kept from some people, and the one function that says from whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
CREATE TRIGGER staff_rights_unitbar AFTER INSERT OR UPDATE OR DELETE ON staff_unitbar
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_home AFTER UPDATE OF organisation_id ON staff_staff
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0007_duty")]
    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.TextField(
                choices=[
                    ("company", "Company"),
                    ("branch", "Branch"),
                    ("department", "Department"),
                    ("team", "Team"),
                    ("sealed", "Sealed"),
                ]
            ),
        ),
        migrations.CreateModel(
            name="UnitBar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bars",
                        to="staff.organisation",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit__isnull", False), ("staff__isnull", False), _connector="XOR"
                        ),
                        name="staff_bar_of_one",
                    )
                ]
            },
        ),
        migrations.RunSQL(BARRED, "DROP FUNCTION staff_barred CASCADE"),
    ]
