"""Routes of the owner's desk."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.dashboard import appearance, card_sample
from stampwell.web.dashboard.cards import pages as cards
from stampwell.web.dashboard.cards import printing, recovering
from stampwell.web.dashboard.customers import annotating, consent, merging, privacy
from stampwell.web.dashboard.customers import pages as customers
from stampwell.web.dashboard.exports import archive
from stampwell.web.dashboard.exports import pages as exports
from stampwell.web.dashboard.figures import page as figures
from stampwell.web.dashboard.figures import till_question
from stampwell.web.dashboard.imports import pages as imports
from stampwell.web.dashboard.journal import line_page as journal_line
from stampwell.web.dashboard.journal import pages as journal
from stampwell.web.dashboard.programs import (
    choosing_page,
    course_page,
    draft_pages,
    draws_page,
    next_code_page,
    poster_page,
    prices_page,
    shared_codes_page,
    sharing,
    staff_card_page,
    terms_page,
    trial_codes_page,
    trial_page,
    what_if_page,
)
from stampwell.web.dashboard.programs import pages as programs
from stampwell.web.dashboard.receipts import pages as receipt_codes
from stampwell.web.dashboard.reconciliations import pages as reconciliations
from stampwell.web.dashboard.redeem_codes import exporting as code_exporting
from stampwell.web.dashboard.redeem_codes import files as code_files
from stampwell.web.dashboard.redeem_codes import format_page as code_format
from stampwell.web.dashboard.redeem_codes import making as code_making
from stampwell.web.dashboard.redeem_codes import pages as code_pools
from stampwell.web.dashboard.redeem_codes import withdrawing as code_withdrawing
from stampwell.web.dashboard.scans import pages as scans
from stampwell.web.dashboard.shop import (
    changes_page,
    location_closing,
    logo,
    messages_page,
    old_paper,
    privacy_page,
    retention_page,
    staff_limits,
    time_zone_page,
    wallets,
    your_shop,
)
from stampwell.web.dashboard.shop import pages as shop
from stampwell.web.dashboard.start import choosing, opening_a_shop
from stampwell.web.dashboard.team import accepting, invitations, oddities_page, own_cards, stations
from stampwell.web.dashboard.team import pages as team

urlpatterns: list[URLPattern | URLResolver] = [
    path("", opening_a_shop.home, name="home"),
    path("open-your-shop/", opening_a_shop.open_shop, name="open_shop"),
    path("open-your-shop/<str:secret>/", opening_a_shop.open_shop, name="open_invited_shop"),
    path("shops/", choosing.list_shops, name="shops"),
    path("shops/chosen/", choosing.choose_shop, name="choose_shop"),
    path("appearance/", appearance.choose_appearance, name="choose_appearance"),
    path("programs/", programs.list_programs, name="programs"),
    path("programs/new/", programs.new_program, name="new_program"),
    path("programs/handing-out/", choosing_page.choose_path, name="choose_path"),
    path("programs/codes/", shared_codes_page.list_shared_codes, name="shared_codes"),
    path("programs/codes/<str:reward>/next/", next_code_page.next_code, name="next_code"),
    path("programs/codes/<str:successor>/back/", shared_codes_page.take_back, name="take_back_code"),
    path("programs/codes/<str:successor>/removed/", shared_codes_page.removed, name="old_code_removed"),
    path("programs/preview/", programs.preview_program, name="preview_program"),
    path("programs/drafts/<str:draft>/", draft_pages.draft, name="program_draft"),
    path("programs/drafts/<str:draft>/delete/", draft_pages.delete, name="delete_draft"),
    path("programs/<str:program>/", sharing.program_page, name="program"),
    path("programs/<str:program>/edit/", programs.edit_program, name="edit_program"),
    path("programs/<str:program>/what-if/", what_if_page.what_if, name="what_if"),
    path("programs/<str:program>/test-print/", trial_codes_page.trial_codes, name="trial_codes"),
    path("programs/<str:program>/trial/", trial_page.trial_page, name="program_trial"),
    path("programs/<str:program>/prices/", prices_page.prices_page, name="program_prices"),
    path("programs/<str:program>/draws/", draws_page.draws_page, name="program_draws"),
    path("programs/<str:program>/draws.json", draws_page.proof, name="draws_proof"),
    path("programs/<str:program>/pause-or-end/", course_page.course, name="program_course"),
    path("programs/<str:program>/announced/", terms_page.take_back, name="take_back_terms"),
    path("programs/<str:program>/join-code.<str:kind>", sharing.join_code, name="join_code"),
    path("programs/<str:program>/poster-<str:locale>.pdf", poster_page.poster, name="poster"),
    path("programs/<str:program>/staff-card-<str:locale>.pdf", staff_card_page.staff_card, name="staff_card"),
    path("stamp-icons/<slug:name>.svg", card_sample.stamp_icon, name="stamp_icon"),
    path("logos/<str:picture>.png", logo.show_logo, name="logo"),
    path("cards/", cards.list_cards, name="cards"),
    path("cards/new/", printing.new_card, name="new_card"),
    path("cards/<str:card>/", cards.card_page, name="desk_card"),
    path("cards/<str:card>/stamps/", cards.stamp_card, name="stamp_card"),
    path("cards/<str:card>/stamps/<str:stamp>/reversal/", cards.undo_stamp, name="undo_stamp"),
    path("cards/<str:card>/vouchers/", cards.give_voucher, name="give_voucher"),
    path("cards/<str:card>/vouchers/<str:voucher>/redemption/", cards.hand_out, name="hand_out"),
    path("cards/<str:card>/vouchers/<str:voucher>/extension/", cards.extend, name="extend_voucher"),
    path("cards/<str:card>/redemptions/<str:redemption>/reversal/", cards.take_back, name="take_back"),
    path("cards/<str:card>/link/", recovering.link_page, name="card_link"),
    path("cards/<str:card>/recovery/", recovering.recovery_page, name="card_recovery"),
    path("cards/<str:card>/print/", printing.print_page, name="print_card"),
    path("cards/<str:card>/print/<slug:paper>.pdf", printing.printed_card, name="printed_card"),
    path("cards/<str:card>/wallet/", wallets.send_card, name="send_card"),
    path("customers/<str:customer>/", customers.customer_page, name="customer"),
    path("customers/<str:customer>/edit/", customers.edit_customer, name="edit_customer"),
    path("customers/<str:customer>/export/", privacy.export_page, name="export_customer"),
    path("customers/<str:customer>/erasure/", privacy.erasure_page, name="erase_customer"),
    path("customers/<str:customer>/merge/", merging.merge_page, name="merge_customer"),
    path("customers/<str:customer>/merge/<str:card>/", merging.merge_with_page, name="merge_with"),
    path("customers/<str:customer>/merges/<str:merge>/undo/", merging.undo_merge_page, name="undo_merge"),
    path("customers/<str:customer>/tags/", annotating.save_tags, name="save_tags"),
    path("customers/<str:customer>/consent/withdrawal/", consent.want_no_messages, name="withdraw_consent"),
    path("customers/<str:customer>/notes/", annotating.write_note, name="write_note"),
    path("customers/<str:customer>/notes/<str:note>/removal/", annotating.remove_written, name="remove_note"),
    path("figures/", figures.figures_page, name="figures"),
    path("figures/redeem-codes/", till_question.till_question_page, name="till_question"),
    path("journal/", journal.journal_page, name="journal"),
    path("journal/<int:number>/", journal_line.line_page, name="journal_line"),
    path("exports/", exports.list_exports, name="exports"),
    path("exports/new/", exports.new_export, name="new_export"),
    path("exports/shop/", archive.new_archive, name="new_archive"),
    path("exports/<str:export>/state/", exports.export_state, name="export_state"),
    path("exports/<str:export>/file/", exports.send_file, name="export_file"),
    path("imports/", imports.list_imports, name="imports"),
    path("imports/new/", imports.new_import, name="new_import"),
    path("imports/<str:import_id>/", imports.import_page, name="import"),
    path("imports/<str:import_id>/state/", imports.import_state, name="import_state"),
    path("imports/<str:import_id>/start/", imports.start_import, name="start_import"),
    path("imports/<str:import_id>/undo/", imports.undo_import, name="undo_import"),
    path("imports/<str:import_id>/mail/", imports.import_mail, name="import_mail"),
    path("imports/<str:import_id>/mail/stop/", imports.stop_import_mail, name="stop_import_mail"),
    path("imports/<str:import_id>/rows.csv", imports.import_faults, name="import_faults"),
    path("reconciliations/", reconciliations.list_reconciliations, name="reconciliations"),
    path("reconciliations/<str:reconciliation>/", reconciliations.reconciliation_page, name="reconciliation"),
    path(
        "reconciliations/<str:reconciliation>/state/", reconciliations.reconciliation_state, name="reconciliation_state"
    ),
    path(
        "reconciliations/<str:reconciliation>/rows.csv", reconciliations.reconciliation_rows, name="reconciliation_rows"
    ),
    path("receipt-codes/", receipt_codes.list_codes, name="receipt_codes"),
    path("receipt-codes/new/", receipt_codes.new_codes, name="new_receipt_codes"),
    path("receipt-codes/<str:batch>/", receipt_codes.batch_page, name="receipt_batch"),
    path("receipt-codes/<str:batch>/revocation/", receipt_codes.revoke, name="revoke_receipt_batch"),
    path("receipt-codes/<str:batch>/codes.csv", receipt_codes.codes_file, name="receipt_codes_file"),
    path("receipt-codes/<str:batch>/<slug:paper>.pdf", receipt_codes.codes_sheet, name="receipt_codes_sheet"),
    path("redeem-codes/", code_pools.list_pools, name="code_pools"),
    path("redeem-codes/new/", code_pools.new_pool, name="new_code_pool"),
    path("redeem-codes/reading/", code_pools.read_codes_again, name="read_codes_again"),
    path("redeem-codes/<str:pool>/", code_pools.pool_page, name="code_pool"),
    path("redeem-codes/<str:pool>/change/", code_pools.change, name="change_code_pool"),
    path("redeem-codes/<str:pool>/archive/", code_pools.archive, name="archive_code_pool"),
    path("redeem-codes/<str:pool>/codes/new/", code_making.make_codes, name="make_codes"),
    path("redeem-codes/<str:pool>/export/", code_exporting.export_page, name="export_codes"),
    path("redeem-codes/<str:pool>/format/", code_format.format_page, name="code_format"),
    path("redeem-codes/<str:pool>/withdrawal/", code_withdrawing.withdraw_codes, name="withdraw_codes"),
    path("redeem-codes/<str:pool>/files/<str:codes>/export/", code_exporting.export_page, name="export_code_file"),
    path("redeem-codes/<str:pool>/files/new/", code_files.new_file, name="new_code_file"),
    path("redeem-codes/<str:pool>/files/<str:codes>/", code_files.file_page, name="code_file"),
    path("redeem-codes/<str:pool>/files/<str:codes>/state/", code_files.file_state, name="code_file_state"),
    path("redeem-codes/<str:pool>/files/<str:codes>/start/", code_files.add_file, name="add_code_file"),
    path("redeem-codes/<str:pool>/files/<str:codes>/release/", code_files.release_file, name="release_code_file"),
    path("redeem-codes/<str:pool>/files/<str:codes>/revocation/", code_files.withdraw_file, name="withdraw_code_file"),
    path("redeem-codes/<str:pool>/files/<str:codes>/rows.csv", code_files.file_faults, name="code_file_faults"),
    path("team/", team.team_page, name="team"),
    path("team/oddities/", oddities_page.oddities_page, name="oddities"),
    path("team/oddities/<str:person>/seen/", oddities_page.oddity_seen, name="oddity_seen"),
    path("team/people/new/", team.new_person, name="new_person"),
    path("team/people/<str:person>/", team.person_page, name="person"),
    path("team/people/<str:person>/change/", team.change_person, name="change_person"),
    path("team/people/<str:person>/pin/", team.change_pin, name="change_pin"),
    path("team/people/<str:person>/unlock/", team.unlock_person, name="unlock_person"),
    path("team/people/<str:person>/leave/", team.leave_team, name="leave_team"),
    path("team/people/<str:person>/own-cards/", own_cards.find_page, name="own_cards"),
    path("team/people/<str:person>/own-cards/<str:card>/", own_cards.name_card, name="name_own_card"),
    path("team/people/<str:person>/own-cards/<str:card>/off/", own_cards.take_off, name="take_off_own_card"),
    path("team/invitations/new/", invitations.new_invitation, name="new_invitation"),
    path("team/invitations/<str:invitation>/", invitations.invitation_page, name="invitation"),
    path("team/invitations/<str:invitation>/again/", invitations.send_again, name="send_again"),
    path("team/invitations/<str:invitation>/back/", invitations.take_back, name="take_back_invitation"),
    path("invitations/<str:merchant_slug>/<str:secret>/", accepting.accept, name="accept_invitation"),
    path("scans/", scans.list_scans, name="kept_scans"),
    path("scans/decisions/", scans.decide_scans, name="decide_scans"),
    path("scans/<str:kept>/decision/", scans.decide_scan, name="decide_scan"),
    path("team/devices/new/", stations.new_station, name="new_station"),
    path("team/devices/<str:station>/", stations.station_page, name="station"),
    path("team/devices/<str:station>/state/", stations.station_state, name="station_state"),
    path("team/devices/<str:station>/off/", stations.switch_off_station, name="switch_off_station"),
    path("settings/", shop.settings_page, name="settings"),
    path("settings/shop/", your_shop.your_shop, name="your_shop"),
    path("settings/time-zone/", time_zone_page.time_zone_page, name="time_zone"),
    path("settings/staff-limits/", staff_limits.staff_limits, name="staff_limits"),
    path("settings/old-paper/", old_paper.old_paper_page, name="old_paper"),
    path("settings/privacy/", privacy_page.privacy_page, name="privacy_settings"),
    path("settings/retention/", retention_page.retention_page, name="retention"),
    path("settings/messages/", messages_page.messages_page, name="messages"),
    path("settings/locations/new/", shop.new_location, name="new_location"),
    path("settings/locations/<str:location>/", shop.edit_location, name="change_location"),
    path("settings/changes/", changes_page.changes_page, name="desk_changes"),
    path("settings/locations/<str:location>/closing/", location_closing.close_page, name="close_location"),
    path("settings/locations/<str:location>/opening/", location_closing.reopen, name="open_location"),
    path("settings/wallets/", wallets.wallets_page, name="wallets"),
    path("settings/keys/", shop.list_keys, name="api_keys"),
    path("settings/keys/new/", shop.new_key_page, name="new_api_key"),
    path("settings/keys/<str:key>/off/", shop.revoke_key, name="revoke_api_key"),
]
