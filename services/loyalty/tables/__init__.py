"""The rows of the loyalty database."""

from services.loyalty.tables.activities import ActivityRow
from services.loyalty.tables.automatic import AutomaticOptOutRow, AutomaticPlaceRow, AutomaticWaitRow
from services.loyalty.tables.award_batches import AwardBatchRow, AwardLineRow
from services.loyalty.tables.awards import AwardRow
from services.loyalty.tables.backtests import BacktestRow, BacktestSliceRow
from services.loyalty.tables.base import Base
from services.loyalty.tables.celebrations import CelebrationRow
from services.loyalty.tables.coupons import (
    CouponBatchRow,
    CouponCampaignRow,
    CouponCodeRow,
    CouponReservationRow,
    CouponUseRow,
)
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.expiry_notices import ExpiryNoticeRow
from services.loyalty.tables.gift_cards import GiftCardRow, GiftCardStepRow
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.instant_wins import InstantPrizeRow, InstantWinRow, PlayRow
from services.loyalty.tables.leaderboards import (
    LeaderboardMemberRow,
    LeaderboardPlaceRow,
    LeaderboardRoundRow,
    LeaderboardRow,
)
from services.loyalty.tables.ledger import AdjustmentRow, DrawRow, EntryRow, LotRow, WalletRow
from services.loyalty.tables.memberships import FamilyPlaceRow, MembershipEntryRow, MembershipNoticeRow, MembershipRow
from services.loyalty.tables.moves import (
    MergedLotRow,
    PoolMemberRow,
    PoolRow,
    ReinstatementRow,
    TransferRow,
    WalletMergeRow,
)
from services.loyalty.tables.offline import OfflineAllowanceRow, OfflineConflictRow
from services.loyalty.tables.passes import PassRow, PassUseRow
from services.loyalty.tables.prize_draws import (
    DrawEntrantRow,
    DrawEntryRow,
    DrawLineRow,
    DrawPickRow,
    PrizeDrawRow,
)
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow
from services.loyalty.tables.purchases import PurchaseRow, ReturnRow
from services.loyalty.tables.referrals import ReferralCodeRow, ReferralMilestoneRow, ReferralPurchaseRow, ReferralRow
from services.loyalty.tables.reservations import ReservationRow
from services.loyalty.tables.rewards import RedemptionRow, RedemptionStepRow, RewardRow
from services.loyalty.tables.seals import EntrySealRow, LedgerHeadRow
from services.loyalty.tables.stamp_cards import StampCardRow
from services.loyalty.tables.tallies import TallyRow
from services.loyalty.tables.tiers import TierChangeRow, TierProgressRow
from services.loyalty.tables.vouchers import VoucherCancellationRow, VoucherRow
from services.loyalty.tables.wrong_codes import WrongCodesRow

__all__ = [
    "ActivityRow",
    "AdjustmentRow",
    "AutomaticOptOutRow",
    "AutomaticPlaceRow",
    "AutomaticWaitRow",
    "AwardBatchRow",
    "AwardLineRow",
    "AwardRow",
    "BacktestRow",
    "BacktestSliceRow",
    "Base",
    "CelebrationRow",
    "CouponBatchRow",
    "CouponCampaignRow",
    "CouponCodeRow",
    "CouponReservationRow",
    "CouponUseRow",
    "CustomerRow",
    "DrawEntrantRow",
    "DrawEntryRow",
    "DrawLineRow",
    "DrawPickRow",
    "DrawRow",
    "EntryRow",
    "EntrySealRow",
    "ExpiryNoticeRow",
    "FamilyPlaceRow",
    "GiftCardRow",
    "GiftCardStepRow",
    "HoldRow",
    "InstantPrizeRow",
    "InstantWinRow",
    "LeaderboardMemberRow",
    "LeaderboardPlaceRow",
    "LeaderboardRoundRow",
    "LeaderboardRow",
    "LedgerHeadRow",
    "LotRow",
    "MembershipEntryRow",
    "MembershipNoticeRow",
    "MembershipRow",
    "MergedLotRow",
    "OfflineAllowanceRow",
    "OfflineConflictRow",
    "PassRow",
    "PassUseRow",
    "PlayRow",
    "PoolMemberRow",
    "PoolRow",
    "PrizeDrawRow",
    "ProgramRow",
    "ProgramVersionRow",
    "PurchaseRow",
    "RedemptionRow",
    "RedemptionStepRow",
    "ReferralCodeRow",
    "ReferralMilestoneRow",
    "ReferralPurchaseRow",
    "ReferralRow",
    "ReinstatementRow",
    "ReservationRow",
    "ReturnRow",
    "RewardRow",
    "StampCardRow",
    "TallyRow",
    "TierChangeRow",
    "TierProgressRow",
    "TransferRow",
    "VoucherCancellationRow",
    "VoucherRow",
    "WalletMergeRow",
    "WalletRow",
    "WrongCodesRow",
]
