"""What makes a table a merchant's own."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunSQL
from django.db.migrations.state import ProjectState

from stampwell.clock import new_id
from stampwell.distribution import distribute_table, distributed_tables

# Tables that belong to no merchant, and why. All others are spread over the nodes of a distributed database.
WITHOUT_MERCHANT = {
    "merchant": "is the tenant",
    "merchant_slug": "directory: a slug is unique over all merchants",
    "deleted_shop": "its shop is gone",
    "brought_secret": "directory: whoever derives a secret knows the row by its id alone",
    "arriving_shop": "directory: which shops are being read in",
    "membership": "directory: at which merchants a user works",
    "shop_invitation": "who may open a shop has none yet",
    "user_account": "a person may work for several merchants",
    "known_key": "the installation's: which keys the database belongs to",
    "attempt": "rate limits count before anybody is known",
    "mail": "most of it is about an account, and a person may work for several merchants",
    "alarm": "what is wrong with the installation",
    "server_errors": "counts of the installation",
    "kept_error": "the latest errors of the log, of all processes",
    "banner": "what whoever runs the server tells all shops",
    "figures": "what the worker measured over all shops",
    "heartbeat": "the worker's sign of life, for all shops",
    "google_pace": "Google counts the requests of an issuer, whatever shop they are for",
    "procrastinate_jobs": "the queue below the jobs: two ids for each place; what a shop asked for is in its `job`",
    "procrastinate_events": "the queue's",
    "procrastinate_workers": "the queue's: which workers are alive",
    "procrastinate_periodic_defers": "the queue's; empty, for the schedule is ours",
    "django_cache": "Django's",
    "django_content_type": "Django's",
    "django_migrations": "Django's",
    "django_session": "sign-in",
    "known_browser": "sign-in",
    "auth_group": "Django's",
    "auth_group_permissions": "Django's",
    "auth_permission": "Django's",
    "account_emailaddress": "sign-in",
    "account_emailconfirmation": "sign-in",
    "mfa_authenticator": "sign-in",
}


def tenant_key(
    to: str | type[models.Model], *, null: bool = False, db_column: str | None = None
) -> "models.ForeignKey[Any, Any]":
    """A column that names a row of another table. Django only joins by it; the key that holds is `TenantKeys`'."""
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=null,
        db_column=db_column,
    )


class OfMerchant(models.Model):
    """A row that belongs to one merchant.

    Django sees `id` as the key; the database's own key is (merchant_id, id), and so is every foreign key
    (`TenantKeys` makes them): a row cannot even be linked to another merchant's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(  # written out, so that mypy knows what it leads to
        "stampwell.Merchant",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class TenantKeys(RunSQL):
    """Gives a tenant's table its real keys: (merchant_id, id), and composite foreign keys named as sentences.

    `follows` maps the name of a key to (column, table); all of them point inside the same merchant. Where the shops are
    distributed already, the table goes along: a table that stayed on the coordinator would be out of their reach.
    """

    def __init__(self, table: str, follows: dict[str, tuple[str, str]] | None = None, *, hot: bool = False) -> None:
        statements = [
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
            f"ALTER TABLE {table} ADD PRIMARY KEY (merchant_id, id)",
        ]
        if not hot:
            # A hot append-only table has none: every insert would lock the one merchant row (measured -30 %).
            statements.append(
                f"ALTER TABLE {table} ADD CONSTRAINT a_{table}_belongs_to_a_merchant"
                " FOREIGN KEY (merchant_id) REFERENCES merchant (id)"
            )
        for name, (column, target) in (follows or {}).items():
            statements.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {name}"
                f" FOREIGN KEY (merchant_id, {column}) REFERENCES {target} (merchant_id, id)"
            )
        super().__init__([*statements], [RunSQL.noop])
        self.table = table

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        with schema_editor.connection.cursor() as cursor:
            if "merchant" in distributed_tables(cursor):
                distribute_table(cursor, self.table)
