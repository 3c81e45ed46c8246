"""Rules of the green channel by unit, off and on, in an order that is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PLACES = """
UPDATE cases_greenrule r SET place = x.place
  FROM (SELECT pack, key, row_number() OVER (PARTITION BY pack ORDER BY min(id)) AS place
          FROM cases_greenrule GROUP BY pack, key) x
 WHERE x.pack = r.pack AND x.key = r.key
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_customers_own_page'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='greenrulerow',
            name='cases_green_rule_once',
        ),
        migrations.AddField(
            model_name='greenrulerow',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation'),
        ),
        migrations.AddField(
            model_name='greenrulerow',
            name='is_on',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='greenrulerow',
            name='place',
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='greenrulerow',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='greenrulerow',
            constraint=models.UniqueConstraint(fields=('pack', 'key', 'organisation', 'valid_from'), name='cases_green_rule_once', nulls_distinct=False),
        ),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
    ]
