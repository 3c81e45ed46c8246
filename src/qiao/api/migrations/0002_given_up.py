from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="ended_because",
            field=models.TextField(
                blank=True,
                choices=[("", "By its attempts"), ("given_up", "Given up on the page of jobs")],
                db_default="",
                default="",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_because", ""), ("state", "failed"), _connector="OR"),
                name="api_delivery_ended_because",
            ),
        ),
    ]
