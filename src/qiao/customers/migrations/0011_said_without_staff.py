"""A customer refuses behind a personal link: nobody of the house writes it down."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0010_defaults"),
    ]
    operations = [
        migrations.AlterField(
            model_name="consent",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staff.staff",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(how="online", is_given=False),
                name="customers_consent_said_to",
            ),
        ),
    ]
