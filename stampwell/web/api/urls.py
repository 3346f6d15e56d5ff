"""The routes of the API: nouns only; a change of state is a POST of a noun."""

from django.urls import URLPattern, URLResolver
from dmr.routing import Router, path

from stampwell.web.api.cards import CardRecovery, Cards, OneCard
from stampwell.web.api.code_imports import CodeImports, OneCodeImport, send_code_report
from stampwell.web.api.code_pools import CodePoolRelease, CodePoolRevocation, CodePools, CodesOfPool, OneCodePool
from stampwell.web.api.code_successors import (
    CodeSuccessorReversal,
    CodeSuccessors,
    OldCodeRemoval,
    OneCodeSuccessor,
)
from stampwell.web.api.code_withdrawals import CodePoolWithdrawal
from stampwell.web.api.customers import OneCustomer
from stampwell.web.api.draws import ProgramDraws
from stampwell.web.api.erasure import CustomerErasure, ExportOfCustomer
from stampwell.web.api.events import Events
from stampwell.web.api.exports import Exports, OneExport, send_file
from stampwell.web.api.figures import Figures
from stampwell.web.api.imports import ImportReversal, Imports, OneImport, send_report
from stampwell.web.api.jobs import OneJob
from stampwell.web.api.locations import Locations, OneLocation
from stampwell.web.api.me import Me
from stampwell.web.api.merging import CustomerMerging, MergeReversal
from stampwell.web.api.program_course import ProgramClosing, ProgramPause, ProgramResumption
from stampwell.web.api.program_versions import ProgramVersions
from stampwell.web.api.programs import OneProgram, Programs
from stampwell.web.api.receipt_codes import (
    CodesOfBatch,
    OneReceiptBatch,
    ReceiptBatches,
    ReceiptBatchRevocation,
    ReceiptCodes,
)
from stampwell.web.api.reconciliations import OneReconciliation, Reconciliations
from stampwell.web.api.redemptions import RedemptionReversal, VoucherRedemption
from stampwell.web.api.reservations import VoucherRelease, VoucherReservation
from stampwell.web.api.scan_batches import ScanBatches
from stampwell.web.api.scans import Scans
from stampwell.web.api.schema import show_openapi, show_pages
from stampwell.web.api.stamps import CardStamps, StampReversal
from stampwell.web.api.validations import VoucherValidation
from stampwell.web.api.vouchers import OneVoucher, VoucherExtension, Vouchers
from stampwell.web.api.webhooks import (
    DeliveryRetry,
    OneDelivery,
    OneWebhook,
    WebhookDeliveries,
    WebhookReplay,
    WebhookResumption,
    WebhookRotation,
    Webhooks,
    WebhookTest,
)

router = Router(
    "api/v1/",
    [
        path("me", Me.as_view()),
        path("locations", Locations.as_view()),
        path("locations/<str:location_id>", OneLocation.as_view()),
        path("programs", Programs.as_view()),
        path("programs/<str:program_id>", OneProgram.as_view()),
        path("programs/<str:program_id>/versions", ProgramVersions.as_view()),
        path("programs/<str:program_id>/draws", ProgramDraws.as_view()),
        path("programs/<str:program_id>/pause", ProgramPause.as_view()),
        path("programs/<str:program_id>/resumption", ProgramResumption.as_view()),
        path("programs/<str:program_id>/closing", ProgramClosing.as_view()),
        path("cards", Cards.as_view()),
        path("cards/<str:card_id>", OneCard.as_view()),
        path("cards/<str:card_id>/recovery", CardRecovery.as_view()),
        path("cards/<str:card_id>/stamps", CardStamps.as_view()),
        path("customers/<str:customer_id>", OneCustomer.as_view()),
        path("customers/<str:customer_id>/erasure", CustomerErasure.as_view()),
        path("customers/<str:customer_id>/export", ExportOfCustomer.as_view()),
        path("customers/<str:customer_id>/merge", CustomerMerging.as_view()),
        path("merges/<str:merge_id>/reversal", MergeReversal.as_view()),
        path("stamps/<str:stamp_id>/reversal", StampReversal.as_view()),
        path("vouchers", Vouchers.as_view()),
        path("vouchers/<str:voucher_id>", OneVoucher.as_view()),
        path("vouchers/<str:voucher_id>/extension", VoucherExtension.as_view()),
        path("vouchers/<str:voucher_id>/validation", VoucherValidation.as_view()),
        path("vouchers/<str:voucher_id>/reservation", VoucherReservation.as_view()),
        path("vouchers/<str:voucher_id>/release", VoucherRelease.as_view()),
        path("vouchers/<str:voucher_id>/redemption", VoucherRedemption.as_view()),
        path("redemptions/<str:redemption_id>/reversal", RedemptionReversal.as_view()),
        path("scans", Scans.as_view()),
        path("receipt-codes", ReceiptCodes.as_view()),
        path("receipt-codes/batches", ReceiptBatches.as_view()),
        path("receipt-codes/batches/<str:batch_id>", OneReceiptBatch.as_view()),
        path("receipt-codes/batches/<str:batch_id>/codes", CodesOfBatch.as_view()),
        path("receipt-codes/batches/<str:batch_id>/revocation", ReceiptBatchRevocation.as_view()),
        path("scans/batch", ScanBatches.as_view()),
        path("events", Events.as_view()),
        path("figures", Figures.as_view()),
        path("exports", Exports.as_view()),
        path("exports/<str:export_id>", OneExport.as_view()),
        path("imports", Imports.as_view(), name="api_imports"),
        path("imports/<str:import_id>", OneImport.as_view()),
        path("imports/<str:import_id>/reversal", ImportReversal.as_view()),
        path("code-pools", CodePools.as_view()),
        path("code-pools/<str:pool_id>", OneCodePool.as_view()),
        path("code-pools/<str:pool_id>/codes", CodesOfPool.as_view()),
        path("code-pools/<str:pool_id>/imports", CodeImports.as_view(), name="api_code_imports"),
        path("code-pools/<str:pool_id>/imports/<str:code_batch_id>", OneCodeImport.as_view()),
        path("code-pools/<str:pool_id>/release", CodePoolRelease.as_view()),
        path("code-pools/<str:pool_id>/revocation", CodePoolRevocation.as_view()),
        path("code-pools/<str:pool_id>/withdrawal", CodePoolWithdrawal.as_view()),
        path("code-successors", CodeSuccessors.as_view()),
        path("code-successors/<str:successor_id>", OneCodeSuccessor.as_view()),
        path("code-successors/<str:successor_id>/reversal", CodeSuccessorReversal.as_view()),
        path("code-successors/<str:successor_id>/removal", OldCodeRemoval.as_view()),
        path("reconciliations", Reconciliations.as_view(), name="api_reconciliations"),
        path("reconciliations/<str:reconciliation_id>", OneReconciliation.as_view()),
        path("webhooks", Webhooks.as_view()),
        path("webhooks/<str:webhook_id>", OneWebhook.as_view()),
        path("webhooks/<str:webhook_id>/test", WebhookTest.as_view()),
        path("webhooks/<str:webhook_id>/rotation", WebhookRotation.as_view()),
        path("webhooks/<str:webhook_id>/resumption", WebhookResumption.as_view()),
        path("webhooks/<str:webhook_id>/replay", WebhookReplay.as_view()),
        path("webhooks/<str:webhook_id>/deliveries", WebhookDeliveries.as_view()),
        path("deliveries/<str:delivery_id>", OneDelivery.as_view()),
        path("deliveries/<str:delivery_id>/retry", DeliveryRetry.as_view()),
        path("jobs/<str:job_id>", OneJob.as_view()),
    ],
)
urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("exports/<str:export_id>/file", send_file),
    path("imports/<str:import_id>/report", send_report),
    path("code-pools/<str:pool_id>/imports/<str:code_batch_id>/report", send_code_report),
    path("openapi.json", show_openapi),
    path("docs", show_pages),
]
