"""Use a day is reckoned from use and days where it is asked for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_tariff_changes")]
    operations = [migrations.RemoveField("runaccount", "daily")]
