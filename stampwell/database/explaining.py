"""Why a database cannot be used: in its own words, and what to do now where they are known ones."""

NOT_THROUGH_POOLER = (
    "Let DATABASE_URL be the address of the server itself, and STAMPWELL_DATABASE_POOLER that of the pooler: web "
    "processes then go through it (docs/operating/database.md)."
)
THROUGH_POOLER = (
    "DATABASE_URL leads through a pooler that hands its connections out by transaction, as PgBouncer can. Migrations, "
    f"the worker and backups set what would stay with such a connection and reach somebody else. {NOT_THROUGH_POOLER}"
)
_OWN_DATABASE = (
    "Stampwell makes its tables itself: let a superuser make its role the owner of the database, by "
    "ALTER DATABASE … OWNER TO …"
)
# By what is in PostgreSQL's own words, or in those of a library or a pooler. The first one counts.
_ADVICE = {
    "unsupported startup parameter": f"A pooler such as PgBouncer answers there. {NOT_THROUGH_POOLER}",
    "PostgreSQL 15 or later is required": "Upgrade the server, or move into a newer one by backup and restore.",
    "certificate verify failed": (
        "The authority that signed the server's certificate is not in the file of sslrootcert: name that one."
    ),
    "does not match host name": (
        "Write the name that stands in the server's certificate into DATABASE_URL, or let the server have a "
        "certificate for this one."
    ),
    "root certificate file": (
        "sslmode=verify-full needs sslrootcert=FILE with the authority that signed the server's certificate, or "
        "sslrootcert=system for those that the system trusts."
    ),
    "but not private key file": "Name the key of sslcert with sslkey=FILE.",
    "private key file": "Whoever runs Stampwell has to own the file of sslkey, and nobody else may read it: chmod 600.",
    "could not read certificate file": "sslcert has to be a certificate in PEM that Stampwell may read.",
    "requires a valid client certificate": "Name ours in DATABASE_URL with sslcert=FILE and sslkey=FILE.",
    "certificate authentication failed": "The name (CN) in the certificate of sslcert has to be that of the role.",
    "server does not support SSL": (
        "Let the server have a certificate (ssl = on). Only in a network of your own take sslmode out of DATABASE_URL."
    ),
    "no encryption": "The server wants TLS: add sslmode=verify-full and sslrootcert=FILE to DATABASE_URL.",
    "password authentication failed": "Look at user and password in DATABASE_URL.",
    "permission denied": _OWN_DATABASE,
}


def refuse_encoding(encoding: str) -> str:
    """Why a database that keeps text so cannot be used; "" where it can."""
    if encoding == "UTF8":
        return ""
    return (
        f"The database keeps text as {encoding}, and names of customers come in every script. Make one with "
        "ENCODING 'UTF8' TEMPLATE template0 (docs/operating/database.md). Nothing was changed."
    )


def explain_refusal(error: BaseException) -> str:
    said = str(error).strip()
    helps = next((advice for words, advice in _ADVICE.items() if words in said), "")
    return f"The database cannot be used. It says: {said}\n{helps}".strip()
