"""Cases that another one is worked on for: they are on no list of work and in none of its counts."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

TRIGGERS = import_module("qiao.cases.migrations.0005_counts_by_pack").TRIGGERS
OPEN = "c.closed_at IS NULL"
WORK = f"{OPEN} AND c.merged_into_id IS NULL AND c.parent_id IS NULL"
# The triggers and what counts should be; how changes are folded stays as it is.
COUNTED = TRIGGERS.split("CREATE OR REPLACE FUNCTION cases_fold_counts")[0]

SURVIVOR = """
-- The case that stands for a case: itself, or the end of the chain of merges.
CREATE FUNCTION cases_survivor(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT id, merged_into_id FROM cases_case WHERE id = wanted
        UNION
        SELECT c.id, c.merged_into_id FROM cases_case c JOIN chain ON c.id = chain.merged_into_id
    )
    SELECT id FROM chain WHERE merged_into_id IS NULL
$$;

-- The cases that a case stands for, merged through others too; not itself.
CREATE FUNCTION cases_merged_in(wanted bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE merged AS (
        SELECT id FROM cases_case WHERE merged_into_id = wanted
        UNION
        SELECT c.id FROM cases_case c JOIN merged ON c.merged_into_id = merged.id
    )
    SELECT id FROM merged
$$;
"""
UNDO = "DROP FUNCTION cases_survivor(bigint); DROP FUNCTION cases_merged_in(bigint);"


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_few_among_open")]
    operations = [
        migrations.AddField("case", "merged_count", models.SmallIntegerField(default=0)),
        migrations.AddField(
            "case",
            "parent",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="cases_case_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="cases_case_parent_is_another",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["merged_into"], name="cases_merged", condition=Q(merged_into__isnull=False)
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["parent", "id"],
                name="cases_of_parent",
                condition=Q(parent__isnull=False),
            ),
        ),
        migrations.RunSQL(SURVIVOR, UNDO),
        migrations.RunSQL(COUNTED.replace(OPEN, WORK), COUNTED),
    ]
