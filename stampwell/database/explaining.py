"""Why a database cannot be used: in its own words, and what to do now where they are known ones."""

NOT_THROUGH_POOLER = (
    "Let DATABASE_URL be the address of the server itself, and STAMPWELL_DATABASE_POOLER that of the pooler: web "
    "processes then go through it (docs/operating/database.md)."
)
THROUGH_POOLER = (
    "DATABASE_URL leads through a pooler that hands its connections out by transaction, as PgBouncer can. Migrations, "
    f"the worker and backups set what would stay with such a connection and reach somebody else. {NOT_THROUGH_POOLER}"
)
# By what is in PostgreSQL's own words, or in those of a library or a pooler.
_ADVICE = {
    "unsupported startup parameter": f"A pooler such as PgBouncer answers there. {NOT_THROUGH_POOLER}",
    "PostgreSQL 15 or later is required": "Upgrade the server, or move into a newer one by backup and restore.",
}


def explain_refusal(error: BaseException) -> str:
    said = str(error).strip()
    helps = next((advice for words, advice in _ADVICE.items() if words in said), "")
    return f"The database cannot be used. It says: {said} {helps}".strip()
