"""Every table: the map of the database."""

from stampwell.brought.models import BroughtSecret
from stampwell.cards.models import (
    Card,
    CompletedRound,
    MergedCard,
    ReachedMilestone,
    RecoveryLink,
    ReplacedLink,
    Stamp,
    StampedReceipt,
)
from stampwell.customers.models import (
    Consent,
    Customer,
    CustomerMerge,
    CustomerNote,
    ErasureWarning,
    Retention,
    Tag,
    Tagging,
)
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
    HourlyTotal,
    MonthlyTotal,
    PurchaseTotal,
    RefusalTotal,
)
from stampwell.installation.models import Banner, KnownKey
from stampwell.jobs.models import Job
from stampwell.mail.models import Mail
from stampwell.merchants.models import (
    ApiKey,
    DeletedShop,
    Imprint,
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
from stampwell.programs.models import Milestone, Program, ProgramVersion, Reward, SavedDraft
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim
from stampwell.requests.models import Attempt, KnownBrowser, Session, StoredAnswer
from stampwell.vouchers.models import Redemption, Reversal, Voucher
from stampwell.wallet.google.models import GoogleNonce, GoogleObject, GoogleOfferLink, GooglePace
from stampwell.wallet.models import Device, Pass, Registration, WalletFeed
from stampwell.watch.models import Alarm, Heartbeat, KeptErrorRow, LatestFigures, ServerErrors

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
    "CompletedRound",
    "Consent",
    "Customer",
    "CustomerMerge",
    "CustomerNote",
    "DailyTotal",
    "DeletedShop",
    "DeskChange",
    "Device",
    "DeviceKey",
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
    "Pass",
    "Picture",
    "Program",
    "ProgramVersion",
    "PurchaseTotal",
    "ReachedMilestone",
    "ReceiptBatch",
    "ReceiptClaim",
    "RecoveryLink",
    "Redemption",
    "RefusalTotal",
    "Registration",
    "ReplacedLink",
    "Retention",
    "Reversal",
    "Reward",
    "SavedDraft",
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
    "WalletFeed",
]
