"""What can be wrong with the certificate that signs passes, each in a sentence that says what to do."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.languages.explaining import show_fact

UTC = ZoneInfo("UTC")


class CertificateProblem(Exception):
    """No pass can be signed. `explain()` says why, in the language that is active; it never quotes a key."""

    code: ClassVar[str]
    text: ClassVar[str | Promise]

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.explain()}"

    def explain(self) -> str:
        return str(self.text) % {name: show_fact(fact, UTC) for name, fact in self.facts.items()}


class FileUnreadable(CertificateProblem):
    code = "file_unreadable"
    text = _("The file %(file)s cannot be read: %(reason)s.")


class SealedElsewhere(CertificateProblem):
    code = "sealed_elsewhere"
    text = _(
        "The file %(file)s was sealed with the key of another installation, or is damaged. Replace it with the "
        "original file, and seal that here."
    )


class CertificateUnreadable(CertificateProblem):
    code = "certificate_unreadable"
    text = _("The file %(file)s holds no certificate, or it is damaged. Download it again from Apple.")


class KeyUnreadable(CertificateProblem):
    code = "key_unreadable"
    text = _("The private key in %(file)s cannot be read. Check the file and its password.")


class KeyDoesNotMatch(CertificateProblem):
    code = "key_does_not_match"
    text = _(
        "The private key does not belong to the pass certificate. Use the key with which the certificate was requested."
    )


class NotAPassCertificate(CertificateProblem):
    code = "not_a_pass_certificate"
    text = _("This is not a Pass Type ID certificate (%(subject)s). Make one in Apple’s developer account.")


class PassTypesDisagree(CertificateProblem):
    code = "pass_types_disagree"
    text = _(
        "The certificate names two pass types, %(subject)s and %(extension)s. "
        "Apple has to issue it again for one of them."
    )


class IntermediateMissing(CertificateProblem):
    code = "intermediate_missing"
    text = _("The issuer’s certificate is missing (%(issuer)s). Download it from Apple and add its file.")


class WrongIntermediate(CertificateProblem):
    code = "wrong_intermediate"
    text = _(
        "The issuer’s certificate is the wrong one: the pass certificate was issued by %(issuer)s, but the file holds "
        "%(given)s. Download the right one from Apple."
    )


class CertificateExpired(CertificateProblem):
    code = "certificate_expired"
    text = _(
        "The pass certificate expired on %(expired)s. Cards already on phones stay, but none can be made or changed. "
        "Renew the certificate in Apple’s developer account."
    )


class CertificateNotYetValid(CertificateProblem):
    code = "certificate_not_yet_valid"
    text = _("The pass certificate is valid only from %(starts)s. Check the clock of this server.")


class IntermediateExpired(CertificateProblem):
    code = "intermediate_expired"
    text = _("The issuer’s certificate expired on %(expired)s. Download the new one from Apple.")


class PassTypeNotOurs(CertificateProblem):
    code = "pass_type_not_ours"
    text = _(
        "This pass was made for the pass type %(given)s, but the certificate is for %(ours)s. "
        "Configure the certificate of its own type, or let the customer add the card again."
    )
