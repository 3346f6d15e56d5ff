"""Routes of the join page, and of what is claimed with the code of a receipt."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.joining import draws, here, pages, receipt_codes

urlpatterns: list[URLPattern | URLResolver] = [
    path("j/<slug:merchant_slug>/<slug:program_slug>", pages.join, name="join"),
    path("j/<slug:merchant_slug>/<slug:program_slug>/draws", draws.show_draws, name="draws"),
    # Below the join page, because the browser tells only there which card it has.
    path("j/<slug:merchant_slug>/<slug:program_slug>/receipt/<str:code>", receipt_codes.claim, name="claim-receipt"),
    path("j/<slug:merchant_slug>/<slug:program_slug>/here/<str:station>/<str:code>", here.collect, name="collect"),
    path("r/<slug:merchant_slug>", receipt_codes.type_code, name="receipt-code"),
    path("r/<slug:merchant_slug>/<str:code>", receipt_codes.open_code, name="open-receipt-code"),
    # As a QR code says it, in capital letters.
    path("R/<slug:merchant_slug>/<str:code>", receipt_codes.open_code),
]
