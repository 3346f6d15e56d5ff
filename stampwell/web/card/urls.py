"""Routes of the customer's card and vouchers, and of the merchants' colours that they wear."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web import branding
from stampwell.web.card import (
    cards,
    lost,
    my_data,
    no_messages,
    privacy,
    to_phone,
    trial,
    voucher_pass,
    vouchers,
    wallets,
)

_CARD = "c/<slug:merchant_slug>/<str:token>"
_VOUCHER = "v/<slug:merchant_slug>/<str:token>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/sw.js", cards.show_worker, name="card-worker"),
    path(_CARD, cards.show_card, name="card"),
    path(f"{_CARD}/state", cards.show_state, name="card-state"),
    path(f"{_CARD}/code", cards.show_code, name="card-code"),
    path(f"{_CARD}/phone", to_phone.keep_in_phone, name="card-to-phone"),
    path(f"{_CARD}/history", cards.show_history, name="card-history"),
    path(f"{_CARD}/card.<str:locale>.webmanifest", cards.show_manifest, name="card-manifest"),
    path(f"{_CARD}/my-data", my_data.show_data, name="my-data"),
    path(f"{_CARD}/my-data/file", my_data.download_data, name="my-data-file"),
    path(f"{_CARD}/my-data/messages", my_data.want_no_messages, name="my-data-messages"),
    path(f"{_CARD}/my-data/agreement", my_data.want_messages, name="my-data-agreement"),
    path(f"{_CARD}/my-data/keeping", my_data.keep_card, name="my-data-keeping"),
    path(f"{_CARD}/my-data/deletion", my_data.delete_data, name="my-data-deletion"),
    path(f"{_CARD}/apple", wallets.download_pass, name="card-apple"),
    path(f"{_CARD}/google", wallets.save_to_google, name="card-google"),
    path(_VOUCHER, vouchers.show_voucher, name="voucher"),
    path(f"{_VOUCHER}/state", vouchers.show_voucher_state, name="voucher-state"),
    path(f"{_VOUCHER}/use", vouchers.use_voucher, name="voucher-use"),
    path(f"{_VOUCHER}/code", vouchers.show_till_code, name="voucher-code"),
    path(f"{_VOUCHER}/check", vouchers.check_voucher, name="voucher-check"),
    path(f"{_VOUCHER}/signs", vouchers.show_signs, name="voucher-signs"),
    path(f"{_VOUCHER}/apple", voucher_pass.download_voucher, name="voucher-apple"),
    path("t/<slug:merchant_slug>/<str:ticket>", trial.show_trial, name="voucher-trial"),
    path("u/<slug:merchant_slug>/<str:token>", no_messages.want_no_messages, name="no-messages"),
    path("p/<slug:merchant_slug>", privacy.show_privacy, name="privacy"),
    path("l/<slug:merchant_slug>", lost.ask_for_card, name="lost-card"),
    path("l/<slug:merchant_slug>/<str:secret>", lost.get_card_back, name="card-back"),
    *branding.urlpatterns,
]
