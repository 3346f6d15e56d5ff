"""Routes of whoever runs the server."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.operator import banner, errors, invitations, jobs, overview, shops

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="operator"),
    path("shops/", shops.shops_page, name="operator_shops"),
    path("shops/<str:shop>/", shops.shop_page, name="operator_shop"),
    path("shops/<str:shop>/close/", shops.close, name="close_shop"),
    path("shops/<str:shop>/open/", shops.open_once_more, name="open_shop_again"),
    path("shops/<str:shop>/delete/", shops.delete, name="delete_shop"),
    path("invitations/", invitations.invitations_page, name="operator_invitations"),
    path("invitations/<str:invitation>/back/", invitations.take_back, name="take_back_owner_invitation"),
    path("jobs/", jobs.jobs_page, name="operator_jobs"),
    path("jobs/<str:job>/retry/", jobs.retry, name="retry_job"),
    path("errors/", errors.errors_page, name="operator_errors"),
    path("announcement/", banner.banner_page, name="operator_banner"),
    path("announcement/remove/", banner.remove, name="remove_banner"),
]
