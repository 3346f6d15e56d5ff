"""Routes of this part of the front door."""

from django.urls import path

from stampwell.web.scanner import (
    acts,
    enrolling,
    kept_scans,
    new_cards,
    pages,
    people,
    practice,
    receipt_codes,
    shell,
    taking_over,
)

urlpatterns = [
    path("", pages.scan, name="scanner"),
    path("join", pages.show_join_code, name="scanner_join"),
    path("new-cards", new_cards.make, name="scanner_new_cards"),
    path("new-cards/<str:card_id>", new_cards.show, name="scanner_new_card"),
    path("new-cards/<str:card_id>/<slug:paper>.pdf", new_cards.print_paper, name="scanner_printed_card"),
    path("receipt-codes", receipt_codes.choose, name="scanner_receipt_codes"),
    path("receipt-codes/<str:batch_id>", receipt_codes.show, name="scanner_receipt_code"),
    path("receipt-codes/<str:batch_id>/state", receipt_codes.state, name="scanner_receipt_code_state"),
    path("practice", practice.practise, name="scanner_practice"),
    path("practice/finished", practice.finish, name="scanner_practice_finished"),
    path("practice/declined", practice.decline, name="scanner_practice_declined"),
    path("enrol/<str:slug>/<str:secret>", enrolling.enrol, name="scanner_enrol"),
    path("people", people.choose, name="scanner_people"),
    path("pin", people.begin, name="scanner_first_pin"),
    path("people/<str:member_id>", people.sign_in, name="scanner_sign_in"),
    path("people/<str:member_id>/shift", taking_over.take_over, name="scanner_take_over"),
    path("lock", people.lock, name="scanner_lock"),
    path("scans", acts.scan, name="scanner_scans"),
    path("scans/batch", kept_scans.take_batch, name="scanner_batch"),
    path("device-key", kept_scans.take_device_key, name="scanner_device_key"),
    path("cards/<str:card_id>/stamps", acts.stamp, name="scanner_stamps"),
    path("stamps/<str:stamp_id>/undo", acts.undo, name="scanner_undo"),
    path("vouchers/<str:voucher_id>/redemption", acts.redeem, name="scanner_redemption"),
    path("redemptions/<str:redemption_id>/reversal", acts.take_back, name="scanner_reversal"),
    path("manifest.webmanifest", shell.manifest, name="scanner_manifest"),
    path("sw.js", shell.service_worker, name="scanner_service_worker"),
    path("offline", shell.offline, name="scanner_offline"),
]
