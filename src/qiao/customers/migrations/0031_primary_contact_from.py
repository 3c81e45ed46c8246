"""Who is the primary contact person is a matter of days: marks may overlap, beginnings may not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('customers', '0030_stale_numbers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contactperson',
            name='customers_contact_one_primary',
        ),
        migrations.AddConstraint(
            model_name='contactperson',
            constraint=models.UniqueConstraint(models.F('customer'), models.F('period__startswith'), condition=models.Q(('is_primary', True)), name='customers_contact_primary_from'),
        ),
    ]
