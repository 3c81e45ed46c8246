"""Electronic invoices of bills; how many stand in which state is kept by day, like all figures."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
KINDS = [("blue", "Invoice"), ("red", "Red invoice")]
STATES = [("wanted", "Wanted"), ("issued", "Issued"), ("refused", "Refused"), ("cancelled", "Given up")]

OF_INVOICES = """
SELECT i.organisation_id, i.asked_date, 'invoices', i.state, {sign}count(*)
  FROM {rows} i GROUP BY 1, 2, 3, 4
"""
INTO = "INSERT INTO billing_moneyfigurechange (organisation_id, day, view, holder, n)"
NEW = OF_INVOICES.format(rows="new_rows", sign="")
OLD = OF_INVOICES.format(rows="old_rows", sign="-")

SQL = f"""
CREATE FUNCTION billing_invoice_figured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {INTO} {NEW};
    ELSE
        {INTO}
        SELECT x.organisation_id, x.day, x.view, x.state, sum(x.n)
          FROM ({NEW} UNION ALL {OLD}) x (organisation_id, day, view, state, n)
         GROUP BY 1, 2, 3, 4 HAVING sum(x.n) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_invoice_figured AFTER INSERT ON billing_invoice
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION billing_invoice_figured();
CREATE TRIGGER billing_invoice_figured_again AFTER UPDATE ON billing_invoice
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION billing_invoice_figured();

ALTER FUNCTION billing_figures_again() RENAME TO billing_figures_of_money;
CREATE FUNCTION billing_figures_again() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n numeric)
LANGUAGE sql STABLE AS $$
    SELECT * FROM billing_figures_of_money()
    UNION ALL {OF_INVOICES.format(rows="billing_invoice", sign="")}
$$;
"""
UNDO = """
DROP FUNCTION billing_figures_again();
ALTER FUNCTION billing_figures_of_money() RENAME TO billing_figures_again;
DROP FUNCTION billing_invoice_figured() CASCADE;
DELETE FROM billing_moneyfigure WHERE view = 'invoices';
DELETE FROM billing_moneyfigurechange WHERE view = 'invoices';
"""


def _to(model, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=model, db_index=False,
        **{"related_name": "+", **more},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0016_terms_said"),
        ("customers", "0011_said_without_staff"),
        ("staff", "0005_absence_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ID,
                ("number", models.TextField(db_collation="C")),
                ("kind", models.TextField(choices=KINDS, default="blue")),
                ("state", models.TextField(choices=STATES, default="wanted")),
                ("stands", models.BooleanField(default=True)),
                ("title", models.TextField()),
                ("tax_number", models.TextField(blank=True, db_collation="C", default="")),
                ("address", models.TextField(blank=True, default="")),
                ("email", models.TextField(blank=True, default="")),
                ("currency", models.TextField(db_collation="C")),
                ("minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("asked_date", models.DateField()),
                ("invoice_number", models.TextField(blank=True, db_collation="C", default="")),
                ("issued_date", models.DateField(null=True)),
                ("url", models.TextField(blank=True, db_collation="C", default="")),
                ("reason", models.TextField(blank=True, default="")),
                ("refusal", models.TextField(blank=True, default="")),
                ("ended_at", models.DateTimeField(null=True)),
                ("account", _to("billing.billingaccount")),
                ("asked_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("bill", _to("billing.bill", related_name="invoices")),
                ("customer", _to("customers.customer", null=True, db_constraint=False)),
                ("ended_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("organisation", _to("staff.organisation")),
                ("original", _to("billing.invoice", null=True, related_name="reds")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-id"], name="billing_invoice_by_account"),
                    models.Index(fields=["organisation", "state", "-asked_date", "-id"], name="billing_invoice_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("number",), name="billing_invoice_number"),
                    models.UniqueConstraint(condition=Q(("kind", "blue"), ("stands", True)), fields=("bill",), name="billing_invoice_one_of_a_bill"),
                    models.UniqueConstraint(condition=Q(("kind", "red"), ("stands", True)), fields=("original",), name="billing_invoice_one_red"),
                    models.UniqueConstraint(condition=Q(("invoice_number__regex", "^[0-9]{20}$")), fields=("invoice_number",), name="billing_invoice_issued_once"),
                    models.CheckConstraint(
                        condition=Q(kind="blue", original__isnull=True, minor__gt=0)
                        | Q(kind="red", original__isnull=False, minor__lt=0),
                        name="billing_invoice_kind",
                    ),
                    models.CheckConstraint(
                        condition=(
                            Q(state="wanted", stands=True, ended_at__isnull=True)
                            | Q(state="issued", ended_at__isnull=False)
                            | (
                                Q(state="refused", stands=False, ended_at__isnull=False)
                                & ~Q(refusal="")
                            )
                            | (
                                Q(state="cancelled", stands=False, ended_at__isnull=False)
                                & ~Q(reason="")
                            )
                        ),
                        name="billing_invoice_state",
                    ),
                    models.CheckConstraint(
                        condition=(
                            Q(state="issued", issued_date__isnull=False)
                            & Q(invoice_number__regex=r"^[0-9]{8,20}$")
                        )
                        | (
                            ~Q(state="issued")
                            & Q(invoice_number="", issued_date__isnull=True, url="")
                        ),
                        name="billing_invoice_issued_whole",
                    ),
                    models.CheckConstraint(condition=~Q(title=""), name="billing_invoice_buyer"),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
