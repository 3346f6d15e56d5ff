"""What can be asked for as a job: the whole list. A worker that was started before a kind was added leaves it alone."""

from stampwell.cards.forgetting import FORGET_ERASED, forget_erased
from stampwell.cards.moving_terms import NEW_TERMS, give_new_terms
from stampwell.cards.recounting import RECOUNT, recount_shop
from stampwell.cards.recovering_by_mail import RECOVERY_MAIL
from stampwell.cards.recovery_mail import write_recovery_mails
from stampwell.cards.terms_mail import TERMS_MAIL, write_terms_mails
from stampwell.customers.refolding import REFOLD, refold_shop
from stampwell.exports.making import EXPORT, make_export
from stampwell.imports.check_and_write import check_and_write
from stampwell.imports.checking import CHECK
from stampwell.imports.link_mail import LINK_MAIL, mail_links
from stampwell.imports.undoing import UNDO, undo_import
from stampwell.imports.writing import WRITE, write_import
from stampwell.insight.counting_anew import COUNT_ANEW, count_anew
from stampwell.jobs.kinds import Kind, Kinds
from stampwell.moving.at_desk import ARCHIVE, make_archive
from stampwell.reconciling.reconcile import COMPARE, reconcile
from stampwell.redeem_codes.making import MAKE, make_codes
from stampwell.redeem_codes.revoking import REVOKE
from stampwell.redeem_codes.stocking import STOCK, stock_codes
from stampwell.removal.deleting import DELETE_SHOP, delete_shop
from stampwell.vouchers.exchanging import withdraw_codes

KINDS: Kinds = {
    NEW_TERMS: Kind(work=give_new_terms),
    TERMS_MAIL: Kind(work=write_terms_mails),
    RECOUNT: Kind(work=recount_shop),
    COUNT_ANEW: Kind(work=count_anew),
    REFOLD: Kind(work=refold_shop),
    RECOVERY_MAIL: Kind(work=write_recovery_mails),
    FORGET_ERASED: Kind(work=forget_erased),
    EXPORT: Kind(work=make_export),
    ARCHIVE: Kind(work=make_archive),
    CHECK: Kind(work=check_and_write),
    WRITE: Kind(work=write_import),
    UNDO: Kind(work=undo_import),
    LINK_MAIL: Kind(work=mail_links),
    STOCK: Kind(work=stock_codes),
    MAKE: Kind(work=make_codes),
    REVOKE: Kind(work=withdraw_codes),
    COMPARE: Kind(work=reconcile),
    DELETE_SHOP: Kind(work=delete_shop),
}
