from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """The old columns go, and the new ones are held to their rules."""

    while_serving = False
    locks = "`google_object` for as long as its rows are looked at once"
    dependencies = [("stampwell", "0013_google_states_moved")]

    operations = [
        migrations.RemoveField("googleobject", "wanted"),
        migrations.RemoveField("googleobject", "sent"),
        migrations.RemoveField("googleobject", "shown"),
        AddConstraintNotValid(
            "googleobject",
            models.CheckConstraint(
                condition=models.Q(
                    ("due__isnull", False),
                    models.Q(("leased_until__isnull", True), ("refusals", 0), ("tries", 0)),
                    _connector="OR",
                ),
                name="a_card_that_is_not_due_is_neither_leased_nor_tried",
            ),
        ),
        ValidateConstraint("googleobject", "a_google_object_is_in_one_of_five_states"),
        ValidateConstraint("googleobject", "only_what_is_whole_or_ended_has_a_digest"),
        ValidateConstraint("googleobject", "only_a_card_is_due_at_google"),
        ValidateConstraint("googleobject", "a_card_that_is_not_due_is_neither_leased_nor_tried"),
    ]
