import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_merged'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastContact',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='last_contact', serialize=False, to='customers.customer')),
                ('at', models.DateTimeField()),
                ('channel', models.TextField()),
                ('subject', models.TextField(blank=True, default='')),
            ],
        ),
    ]
