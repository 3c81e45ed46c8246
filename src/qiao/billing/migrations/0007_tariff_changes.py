"""Versions of tariffs that people publish and call off, and drafts of them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

SQL = """
CREATE FUNCTION billing_tariffversion_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
       OR to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id'] THEN
        RAISE EXCEPTION 'a version of a tariff is never changed: publish another from its day on'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_tariffversion_kept BEFORE UPDATE ON billing_tariffversion
    FOR EACH ROW EXECUTE FUNCTION billing_tariffversion_kept();
CREATE TRIGGER billing_tariffversion_stays BEFORE DELETE OR TRUNCATE ON billing_tariffversion
    FOR EACH STATEMENT EXECUTE FUNCTION billing_never_changed();
"""
UNDO = """
DROP TRIGGER billing_tariffversion_stays ON billing_tariffversion;
DROP TRIGGER billing_tariffversion_kept ON billing_tariffversion;
DROP FUNCTION billing_tariffversion_kept();
"""


def _person(null=True):
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="staff.staff",
    )


def _version(null=True):
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="billing.tariffversion",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_runs"),
        ("core", "0005_numbers"),
        ("staff", "0005_absence_words"),
    ]

    operations = [
        migrations.AddField("tariffversion", "published_by", _person()),
        migrations.AddField(
            "tariffversion",
            "approval",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.approval",
            ),
        ),
        migrations.AddField("tariffversion", "withdrawn_by", _person()),
        migrations.AddField("tariffversion", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("tariffversion", "billing_tariffversion_once"),
        migrations.AddConstraint(
            "tariffversion",
            models.UniqueConstraint(
                condition=Q(withdrawn_at__isnull=True),
                fields=("tariff", "valid_from"),
                name="billing_tariffversion_once",
            ),
        ),
        migrations.AddConstraint(
            "tariffversion",
            models.CheckConstraint(
                condition=Q(approval__isnull=True, published_by__isnull=True)
                | Q(approval__isnull=False, published_by__isnull=False),
                name="billing_tariffversion_by_two",
            ),
        ),
        migrations.AddIndex(
            "tariffversion",
            models.Index(fields=["tariff", "valid_from"], name="billing_tariffversion_by_day"),
        ),
        migrations.CreateModel(
            name="TariffDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("definition", models.JSONField()),
                ("source", models.TextField(blank=True, default="")),
                ("confirmed", models.JSONField(default=list)),
                ("authors", models.JSONField(default=list)),
                ("revision", models.IntegerField(default=1)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("asked", "Asked"),
                            ("published", "Published"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("based_on", _version(null=False)),
                ("published", _version()),
                (
                    "tariff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="billing.tariff",
                    ),
                ),
                ("begun_by", _person(null=False)),
                ("changed_by", _person(null=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["tariff", "-changed_at"], name="billing_tariffdraft_by_tariff"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["open", "asked", "published", "dropped"]),
                        name="billing_tariffdraft_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(published__isnull=False, state="published")
                        | (~Q(state="published") & Q(published__isnull=True)),
                        name="billing_tariffdraft_published",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
