"""Every table: the map of the database."""

from stampwell.brought.models import BroughtSecret
from stampwell.cards.models import (
    Card,
    CompletedRound,
    DayCount,
    MergedCard,
    ReachedMilestone,
    RecoveryLink,
    ReplacedLink,
    Stamp,
    StampedReceipt,
)
from stampwell.cards.own_card_model import OwnCard
from stampwell.customers.models import (
    Consent,
    Customer,
    CustomerMerge,
    CustomerNote,
    ErasureWarning,
    Retention,
    SentMessage,
    Tag,
    Tagging,
)
from stampwell.draws.models import Draw, DrawChain, DrawTally
from stampwell.events.models import DeskChange, Event, EventCursor, EventFeed
from stampwell.exports.models import Export
from stampwell.imports.models import CardImport
from stampwell.insight.models import (
    CardFigure,
    CardLife,
    CardStanding,
    DailyTotal,
    EventKind,
    EventStretch,
    HandOnCard,
    HandTotal,
    HourlyTotal,
    MonthlyTotal,
    PurchaseTotal,
    RefusalTotal,
    SeenOddity,
)
from stampwell.insight.redemption_models import RedemptionTotal
from stampwell.installation.models import Banner, KnownKey
from stampwell.jobs.models import Job
from stampwell.mail.models import Mail
from stampwell.merchants.imprint_models import Imprint
from stampwell.merchants.models import (
    ApiKey,
    DeletedShop,
    Location,
    Membership,
    Merchant,
    MerchantSlug,
    Picture,
    ShopInvitation,
    StaffMember,
    Station,
    TeamInvitation,
    User,
)
from stampwell.moving.models import ArrivingShop
from stampwell.offline.models import DeviceKey, KeptScan
from stampwell.programs.models import (
    CodeSuccessor,
    Milestone,
    Prize,
    Program,
    ProgramVersion,
    Reward,
    SavedDraft,
)
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim, ReceiptSeries
from stampwell.reconciling.models import ReconciledRow, Reconciliation
from stampwell.redeem_codes.models import CodeBatch, CodePool, PoolCode
from stampwell.requests.models import Attempt, KnownBrowser, Session, StoredAnswer
from stampwell.vouchers.models import Redemption, Reversal, Voucher, VoucherConfirmation
from stampwell.wallet.google.models import GoogleNonce, GoogleObject, GoogleOfferLink, GooglePace
from stampwell.wallet.models import Device, Pass, Registration, WalletFeed
from stampwell.watch.models import Alarm, Heartbeat, KeptErrorRow, LatestFigures, ServerErrors
from stampwell.webhooks.models import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Alarm",
    "ApiKey",
    "ArrivingShop",
    "Attempt",
    "Banner",
    "BroughtSecret",
    "Card",
    "CardFigure",
    "CardImport",
    "CardLife",
    "CardStanding",
    "CodeBatch",
    "CodePool",
    "CodeSuccessor",
    "CompletedRound",
    "Consent",
    "Customer",
    "CustomerMerge",
    "CustomerNote",
    "DailyTotal",
    "DayCount",
    "DeletedShop",
    "DeskChange",
    "Device",
    "DeviceKey",
    "Draw",
    "DrawChain",
    "DrawTally",
    "ErasureWarning",
    "Event",
    "EventCursor",
    "EventFeed",
    "EventKind",
    "EventStretch",
    "Export",
    "GoogleNonce",
    "GoogleObject",
    "GoogleOfferLink",
    "GooglePace",
    "HandOnCard",
    "HandTotal",
    "Heartbeat",
    "HourlyTotal",
    "Imprint",
    "Job",
    "KeptErrorRow",
    "KeptScan",
    "KnownBrowser",
    "KnownKey",
    "LatestFigures",
    "Location",
    "Mail",
    "Membership",
    "Merchant",
    "MerchantSlug",
    "MergedCard",
    "Milestone",
    "MonthlyTotal",
    "OwnCard",
    "Pass",
    "Picture",
    "PoolCode",
    "Prize",
    "Program",
    "ProgramVersion",
    "PurchaseTotal",
    "ReachedMilestone",
    "ReceiptBatch",
    "ReceiptClaim",
    "ReceiptSeries",
    "ReconciledRow",
    "Reconciliation",
    "RecoveryLink",
    "Redemption",
    "RedemptionTotal",
    "RefusalTotal",
    "Registration",
    "ReplacedLink",
    "Retention",
    "Reversal",
    "Reward",
    "SavedDraft",
    "SeenOddity",
    "SentMessage",
    "ServerErrors",
    "Session",
    "ShopInvitation",
    "StaffMember",
    "Stamp",
    "StampedReceipt",
    "Station",
    "StoredAnswer",
    "Tag",
    "Tagging",
    "TeamInvitation",
    "User",
    "Voucher",
    "VoucherConfirmation",
    "WalletFeed",
    "WebhookDelivery",
    "WebhookEndpoint",
]
