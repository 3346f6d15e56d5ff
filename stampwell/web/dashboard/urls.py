"""Routes of the owner's desk."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.dashboard import cards, designing, founding, logos, programs, sharing, shop_settings, stations, team

urlpatterns: list[URLPattern | URLResolver] = [
    path("", founding.home, name="home"),
    path("open-your-shop/", founding.open_shop, name="open_shop"),
    path("shops/", founding.list_shops, name="shops"),
    path("shops/chosen/", founding.choose_shop, name="choose_shop"),
    path("programs/", programs.list_programs, name="programs"),
    path("programs/new/", programs.new_program, name="new_program"),
    path("programs/preview/", programs.preview_program, name="preview_program"),
    path("programs/<str:program>/", sharing.program_page, name="program"),
    path("programs/<str:program>/edit/", programs.edit_program, name="edit_program"),
    path("programs/<str:program>/join-code.<str:kind>", sharing.join_code, name="join_code"),
    path("programs/<str:program>/poster-<str:locale>.pdf", sharing.poster, name="poster"),
    path("stamp-icons/<slug:name>.svg", designing.stamp_icon, name="stamp_icon"),
    path("logos/<str:picture>.png", logos.show_logo, name="logo"),
    path("cards/", cards.list_cards, name="cards"),
    path("cards/<str:card>/", cards.card_page, name="desk_card"),
    path("cards/<str:card>/stamps/", cards.stamp_card, name="stamp_card"),
    path("cards/<str:card>/stamps/<str:stamp>/reversal/", cards.undo_stamp, name="undo_stamp"),
    path("cards/<str:card>/vouchers/", cards.give_voucher, name="give_voucher"),
    path("cards/<str:card>/vouchers/<str:voucher>/redemption/", cards.hand_out, name="hand_out"),
    path("cards/<str:card>/redemptions/<str:redemption>/reversal/", cards.take_back, name="take_back"),
    path("team/", team.team_page, name="team"),
    path("team/people/new/", team.new_person, name="new_person"),
    path("team/people/<str:person>/", team.person_page, name="person"),
    path("team/people/<str:person>/change/", team.change_person, name="change_person"),
    path("team/people/<str:person>/pin/", team.change_pin, name="change_pin"),
    path("team/people/<str:person>/leave/", team.leave_team, name="leave_team"),
    path("team/devices/new/", stations.new_station, name="new_station"),
    path("team/devices/<str:station>/state/", stations.station_state, name="station_state"),
    path("team/devices/<str:station>/off/", stations.switch_off_station, name="switch_off_station"),
    path("settings/", shop_settings.settings_page, name="settings"),
    path("settings/locations/new/", shop_settings.new_location, name="new_location"),
    path("settings/locations/<str:location>/", shop_settings.change_location, name="change_location"),
    path("settings/keys/", shop_settings.list_keys, name="api_keys"),
    path("settings/keys/new/", shop_settings.new_key_page, name="new_api_key"),
    path("settings/keys/<str:key>/off/", shop_settings.revoke_key, name="revoke_api_key"),
]
