"""A run remembers that it failed because a loss was no number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0002_features"),
    ]

    operations = [
        migrations.AddField(
            model_name="trainingrun",
            name="has_diverged",
            field=models.BooleanField(default=False),
        ),
    ]
