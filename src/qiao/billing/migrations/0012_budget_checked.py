"""Old rows of the ledger keep to the constraints of 0011; nobody is kept from writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_budget")]
    operations = [
        ValidateConstraint("posting", "billing_posting_event"),
        ValidateConstraint("entry", "billing_entry_whole"),
        ValidateConstraint("entry", "billing_entry_of_an_account"),
        ValidateConstraint("standing", "billing_standing_not_overdrawn"),
    ]
