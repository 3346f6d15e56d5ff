"""Routes of whoever runs the server."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.operator import overview, shops

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="operator"),
    path("shops/", shops.shops_page, name="operator_shops"),
    path("shops/<str:shop>/", shops.shop_page, name="operator_shop"),
    path("shops/<str:shop>/close/", shops.close, name="close_shop"),
    path("shops/<str:shop>/open/", shops.open_once_more, name="open_shop_again"),
    path("shops/<str:shop>/delete/", shops.delete, name="delete_shop"),
]
