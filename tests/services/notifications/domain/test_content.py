"""Messages in words, part by part, in both languages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.language import Language
from services.notifications.domain import parts
from services.notifications.domain.content import Content, content_of
from services.notifications.domain.isolation import isolated
from services.notifications.domain.parts import PARTS, Part
from services.notifications.domain.words import Words

RIYADH = ZoneInfo("Asia/Riyadh")
COFFEE = {"en": "Free coffee", "ar": "قهوة مجانية"}
GOLD = {"en": "Gold", "ar": "الذهبية"}
EVENING = datetime(2026, 12, 31, 21, tzinfo=UTC)

balance = parts.Balance(unit="points", amount=320)


def content(told: Sequence[Part], language: Language) -> Content:
    return content_of(told, Words(language, RIYADH))


@pytest.mark.parametrize(
    ("told", "title_en", "lines_en", "title_ar", "lines_ar"),
    [
        pytest.param(
            [parts.Welcome()],
            "Welcome",
            ["We are glad you are here. From now on your purchases count."],
            "أهلًا وسهلًا",
            ["سعدنا بانضمامك إلينا. من الآن تُحتسب لك مشترياتك."],
            id="welcome",
        ),
        pytest.param(
            [parts.PointsReceived(unit="points", amount=2), balance],
            "You received 2 points",
            ["You received 2 points.", "Your balance is now 320 points."],
            "أُضيف إلى رصيدك: نقطتان",
            ["أُضيف إلى رصيدك: نقطتان.", "رصيدك الآن: 320 نقطة."],
            id="points and balance",
        ),
        pytest.param(
            [parts.PointsReceived(unit="points", amount=35, spendable_at=EVENING)],
            "You received 35 points",
            ["You received 35 points.", "Ready to spend from 1 January 2027."],
            "أُضيف إلى رصيدك: 35 نقطة",
            ["أُضيف إلى رصيدك: 35 نقطة.", "متاح للاستخدام ابتداءً من 1 يناير 2027."],
            id="pending points",
        ),
        pytest.param(
            [parts.StampProgress(card_name=COFFEE, stamps_left=2)],
            f"Your card {isolated('Free coffee')}",
            [f"2 more stamps and your card {isolated('Free coffee')} is full."],
            f"بطاقتك {isolated('قهوة مجانية')}",
            [f"بقي ختمان لتكتمل بطاقتك {isolated('قهوة مجانية')}."],
            id="stamps",
        ),
        pytest.param(
            [parts.VoucherReceived(reward_name=COFFEE, expires_at=EVENING)],
            f"A voucher for you: {isolated('Free coffee')}",
            [
                f"A voucher is yours: {isolated('Free coffee')}. Show it from your account when you pay.",
                "Use it by 31 December 2026.",
            ],
            f"قسيمة لك: {isolated('قهوة مجانية')}",
            [f"لك قسيمة جديدة: {isolated('قهوة مجانية')}. اعرضها من حسابك عند الدفع.", "صالحة حتى 31 ديسمبر 2026."],
            id="voucher",
        ),
        pytest.param(
            [parts.MembershipExtended(plan_name=GOLD, paid_months=12, bonus_months=3, ends_on=date(2028, 2, 22))],
            f"Your membership {isolated('Gold')} is extended",
            [
                f"Your membership {isolated('Gold')} now runs until 22 February 2028.",
                "Paid for: 12 months.",
                "A gift from us: 3 months.",
            ],
            f"مُدِّدت عضويتك {isolated('الذهبية')}",
            [
                f"عضويتك {isolated('الذهبية')} سارية حتى 22 فبراير 2028.",
                "المدة المدفوعة: 12 شهرًا.",
                "هدية منا: 3 أشهر.",
            ],
            id="membership, paid and given time told apart",
        ),
        pytest.param(
            [parts.MembershipExtended(plan_name=GOLD, paid_months=1, bonus_months=0, ends_on=date(2028, 2, 22))],
            f"Your membership {isolated('Gold')} is extended",
            [f"Your membership {isolated('Gold')} now runs until 22 February 2028.", "Paid for: 1 month."],
            f"مُدِّدت عضويتك {isolated('الذهبية')}",
            [f"عضويتك {isolated('الذهبية')} سارية حتى 22 فبراير 2028.", "المدة المدفوعة: شهر واحد."],
            id="membership without a gift",
        ),
        pytest.param(
            [
                parts.Refunded(currency="SAR", amount=1250),
                parts.PointsTaken(unit="points", amount=3),
                parts.MembershipShortened(plan_name=GOLD, ends_on=date(2026, 11, 22)),
            ],
            "Your return is recorded",
            [
                "We gave you back 12.50 Saudi riyals.",
                "Taken back with the return: 3 points.",
                f"Your membership {isolated('Gold')} now ends on 22 November 2026.",
            ],
            "سُجّل إرجاعك",
            [
                "المبلغ المعاد إليك: 12.50 ريال سعودي.",
                "خُصم من رصيدك بسبب الإرجاع: 3 نقاط.",
                f"تنتهي عضويتك {isolated('الذهبية')} في 22 نوفمبر 2026.",
            ],
            id="return",
        ),
        pytest.param(
            [parts.FamilyJoined(plan_name=GOLD)],
            f"You share the membership {isolated('Gold')}",
            [
                f"You are in the family of the membership {isolated('Gold')}: "
                "what it brings its holder at the till, it brings you."
            ],
            f"أنت شريك في العضوية {isolated('الذهبية')}",
            [f"انضممت إلى عائلة العضوية {isolated('الذهبية')}: لك عند الدفع ما لصاحبها."],
            id="in a family",
        ),
        pytest.param(
            [parts.ReferralMoved(side="advocate", step="rewarded"), parts.PointsReceived(unit="points", amount=500)],
            "Thank you for bringing a friend",
            ["Somebody you invited has become our customer: this is our thanks.", "You received 500 points."],
            "شكرًا لأنك دعوت صديقًا",
            ["أحد من دعوتهم صار من عملائنا، وهذه هديتنا لك.", "أُضيف إلى رصيدك: 500 نقطة."],
            id="thanks for a friend",
        ),
        pytest.param(
            [parts.ReferralMoved(side="friend", step="rewarded")],
            "A gift because you were invited",
            ["You came to us by an invitation: this is our welcome."],
            "هدية لأنك جئت بدعوة",
            ["جئت إلينا بدعوة، وهذه هدية ترحيبنا بك."],
            id="a friend's welcome",
        ),
        pytest.param(
            [parts.ReferralMoved(side="advocate", step="revoked")],
            "Your invitation no longer counts",
            ["An invitation of yours came to nothing."],
            "لم تعد دعوتك محتسبة",
            ["إحدى دعواتك لم تكتمل."],
            id="an advocate's invitation that came to nothing",
        ),
        pytest.param(
            [parts.ReferralMoved(side="friend", step="revoked")],
            "The invitation no longer counts",
            ["The invitation by which you came no longer counts."],
            "لم تعد الدعوة محتسبة",
            ["الدعوة التي جئت بها لم تعد محتسبة."],
            id="a friend's invitation that came to nothing",
        ),
        pytest.param(
            [parts.ReferralMoved(side="advocate", step="purchase_rewarded")],
            "Thank you for bringing a friend",
            ["Somebody you invited has bought from us: this is our thanks."],
            "شكرًا لأنك دعوت صديقًا",
            ["أحد من دعوتهم اشترى منّا، وهذه هديتنا لك."],
            id="thanks for what a friend bought",
        ),
        pytest.param(
            [parts.ReferralMoved(side="friend", step="purchase_rewarded")],
            "A gift because you were invited",
            ["You came to us by an invitation: this is for what you have bought."],
            "هدية لأنك جئت بدعوة",
            ["جئت إلينا بدعوة، وهذه هديتك على ما اشتريته."],
            id="a friend's gift for what they bought",
        ),
        pytest.param(
            [parts.ReferralMoved(side="advocate", step="purchase_revoked")],
            "A friend's purchase no longer counts",
            ["A purchase of somebody you invited no longer counts."],
            "لم تعد عملية شراء لصديقك محتسبة",
            ["إحدى مشتريات من دعوتهم لم تعد محتسبة."],
            id="a friend's purchase that came to nothing",
        ),
        pytest.param(
            [parts.ReferralMoved(side="friend", step="purchase_revoked")],
            "A purchase no longer counts",
            ["A purchase no longer counts for the invitation by which you came."],
            "لم تعد عملية شراء محتسبة",
            ["إحدى مشترياتك لم تعد محتسبة للدعوة التي جئت بها."],
            id="a purchase of one's own that came to nothing",
        ),
        pytest.param(
            [parts.MilestoneMoved(friends=1, step="reached")],
            "Thank you for bringing friends",
            ["You have brought us 1 friend by now: this is our thanks."],
            "شكرًا لكل من دعوتهم",
            ["عدد أصدقائك الذين صاروا من عملائنا: صديق واحد. هذه هديتنا لك."],
            id="thanks for so many friends",
        ),
        pytest.param(
            [parts.MilestoneMoved(friends=3, step="lost")],
            "An invitation no longer counts",
            ["An invitation of yours came to nothing, and so did what we gave you for 3 friends."],
            "لم تعد إحدى دعواتك محتسبة",
            ["إحدى دعواتك لم تكتمل، فأُلغي ما أهديناه لك مقابل هذا العدد: 3 أصدقاء."],
            id="not so many friends any more",
        ),
        pytest.param(
            [parts.FamilyLeft(plan_name=GOLD)],
            "Your family membership has ended",
            [f"You are no longer in the family of the membership {isolated('Gold')}."],
            "انتهت مشاركتك في العضوية",
            [f"لم تعد ضمن عائلة العضوية {isolated('الذهبية')}."],
            id="out of a family",
        ),
        pytest.param(
            [parts.HappyBirthday(), parts.PointsReceived(unit="points", amount=50)],
            "A gift for your birthday",
            ["Happy birthday! We have a gift for you.", "You received 50 points."],
            "هدية ليوم ميلادك",
            ["كل عام وأنت بخير! لك منا هدية.", "أُضيف إلى رصيدك: 50 نقطة."],
            id="birthday",
        ),
        pytest.param(
            [parts.YearsTogether(years=2)],
            "Together: 2 years",
            ["You came to us this long ago: 2 years. Thank you for staying."],
            "معًا: سنتان",
            ["مضى على انضمامك إلينا: سنتان. شكرًا لبقائك معنا."],
            id="anniversary",
        ),
        pytest.param(
            [parts.PlaceWon(leaderboard_name=COFFEE, place=2)],
            f"Place 2 in {isolated('Free coffee')}",
            [f"Well done: you finished on place 2 in {isolated('Free coffee')}."],
            f"المركز 2 في {isolated('قهوة مجانية')}",
            [f"أحسنت: أنهيت المنافسة في المركز 2 في {isolated('قهوة مجانية')}."],
            id="a place on a leaderboard",
        ),
        pytest.param(
            [parts.AwardReceived(award_name=COFFEE), parts.PointsReceived(unit="points", amount=2)],
            f"For you: {isolated('Free coffee')}",
            [f"We have something for you: {isolated('Free coffee')}.", "You received 2 points."],
            f"لك منا: {isolated('قهوة مجانية')}",
            [f"لك منا: {isolated('قهوة مجانية')}.", "أُضيف إلى رصيدك: نقطتان."],
            id="an award for many",
        ),
        pytest.param(
            [parts.Thanks(), parts.PointsReceived(unit="points", amount=2)],
            "Thank you",
            ["Thank you for what you did.", "You received 2 points."],
            "شكرًا لك",
            ["نشكرك على مشاركتك.", "أُضيف إلى رصيدك: نقطتان."],
            id="activity",
        ),
        pytest.param(
            [parts.RewardTaken(reward_name=COFFEE, unit="points", price=11)],
            f"Your reward: {isolated('Free coffee')}",
            [f"You got {isolated('Free coffee')} for 11 points. Show the voucher from your account when you pay."],
            f"مكافأتك: {isolated('قهوة مجانية')}",
            [f"حصلت على {isolated('قهوة مجانية')} مقابل: 11 نقطة. اعرض القسيمة من حسابك عند الدفع."],
            id="redemption",
        ),
        pytest.param(
            [parts.UnitsExpired(unit="points", amount=100), parts.Balance(unit="points", amount=0)],
            "Part of your balance has expired",
            ["Expired unused: 100 points.", "Your balance is now 0 points."],
            "انتهت صلاحية جزء من رصيدك",
            ["ما انتهت صلاحيته دون استخدام: 100 نقطة.", "رصيدك الآن: 0 نقطة."],
            id="expiry",
        ),
        pytest.param(
            [parts.PrizeWon(draw_name=GOLD, prize_name=COFFEE)],
            f"You won: {isolated(COFFEE['en'])}",
            [f"You won {isolated(COFFEE['en'])} in the draw {isolated('Gold')}."],
            f"ربحت: {isolated(COFFEE['ar'])}",
            [f"ربحت {isolated(COFFEE['ar'])} في السحب {isolated(GOLD['ar'])}."],
            id="a prize",
        ),
        pytest.param(
            [parts.PrizeWon(draw_name=GOLD, prize_name=COFFEE, claim_until=datetime(2026, 12, 31, 21, tzinfo=UTC))],
            f"You won: {isolated(COFFEE['en'])}",
            [
                f"You won {isolated(COFFEE['en'])} in the draw {isolated('Gold')}.",
                "Claim your prize by 31 December 2026.",
            ],
            f"ربحت: {isolated(COFFEE['ar'])}",
            [f"ربحت {isolated(COFFEE['ar'])} في السحب {isolated(GOLD['ar'])}.", "طالب بجائزتك حتى 31 ديسمبر 2026."],
            id="a prize to claim",
        ),
        pytest.param(
            [parts.InstantPrizeWon(instant_win_name=GOLD, prize_name=COFFEE)],
            f"You won: {isolated(COFFEE['en'])}",
            [f"You played {isolated('Gold')} and won {isolated(COFFEE['en'])}."],
            f"ربحت: {isolated(COFFEE['ar'])}",
            [f"لعبت في {isolated(GOLD['ar'])} وربحت {isolated(COFFEE['ar'])}."],
            id="an instant win",
        ),
        pytest.param(
            [parts.UnitsExpiring(unit="points", amount=2, last_day=date(2026, 12, 31))],
            "Part of your balance ends on 31 December 2026",
            ["Still yours until the end of 31 December 2026: 2 points."],
            "جزء من رصيدك ينتهي في 31 ديسمبر 2026",
            ["لك حتى نهاية 31 ديسمبر 2026: نقطتان."],
            id="units that die soon",
        ),
        pytest.param(
            [parts.MembershipEnding(plan_name=GOLD, ends_on=date(2026, 12, 31), days_left=2)],
            f"Your membership {isolated('Gold')} ends soon",
            [
                f"Your membership {isolated('Gold')} ends on 31 December 2026.",
                "You have 2 days left to renew it.",
            ],
            f"عضويتك {isolated('الذهبية')} تنتهي قريبًا",
            [f"تنتهي عضويتك {isolated('الذهبية')} في 31 ديسمبر 2026.", "بقي يومان لتجديدها."],
            id="membership ends soon",
        ),
        pytest.param(
            [parts.MembershipEnding(plan_name=GOLD, ends_on=date(2026, 12, 31), days_left=0)],
            f"Your membership {isolated('Gold')} ends soon",
            [f"Your membership {isolated('Gold')} ends on 31 December 2026.", "Today is its last day."],
            f"عضويتك {isolated('الذهبية')} تنتهي قريبًا",
            [f"تنتهي عضويتك {isolated('الذهبية')} في 31 ديسمبر 2026.", "اليوم هو آخر أيامها."],
            id="membership ends today",
        ),
        pytest.param(
            [parts.TierReached(tier_name=GOLD, ends_on=date(2027, 12, 31))],
            f"You are now {isolated('Gold')}",
            [
                f"You are now in the tier {isolated('Gold')}.",
                "It is yours until 31 December 2027, and longer if you keep coming.",
            ],
            f"أنت الآن في الفئة {isolated('الذهبية')}",
            [
                f"أنت الآن في الفئة {isolated('الذهبية')}.",
                "تبقى لك حتى 31 ديسمبر 2027، وأطول من ذلك إن واصلت زيارتنا.",
            ],
            id="a tier is reached",
        ),
        pytest.param(
            [parts.TierLowered(tier_name=GOLD)],
            "Your tier has changed",
            [f"You are now in the tier {isolated('Gold')}."],
            "تغيّرت فئتك",
            [f"أنت الآن في الفئة {isolated('الذهبية')}."],
            id="a lower tier",
        ),
        pytest.param(
            [parts.TierLowered()],
            "Your tier has changed",
            ["You are in no tier now. What you buy from now on brings you back."],
            "تغيّرت فئتك",
            ["لست الآن في أي فئة، وما تشتريه من الآن يعيدك إليها."],
            id="no tier",
        ),
        pytest.param(
            [parts.TierEnding(tier_name=GOLD, ends_on=date(2026, 12, 31), unit="visits", needed=2)],
            f"Your tier {isolated('Gold')} ends soon",
            [f"Your tier {isolated('Gold')} ends on 31 December 2026.", "What is missing to stay: 2 visits."],
            f"فئتك {isolated('الذهبية')} تنتهي قريبًا",
            [f"تنتهي فئتك {isolated('الذهبية')} في 31 ديسمبر 2026.", "ما ينقصك للبقاء فيها: زيارتان."],
            id="a tier ends soon, by visits",
        ),
        pytest.param(
            [parts.TierEnding(tier_name=GOLD, ends_on=date(2026, 12, 31), unit="SAR", needed=12050)],
            f"Your tier {isolated('Gold')} ends soon",
            [
                f"Your tier {isolated('Gold')} ends on 31 December 2026.",
                "What is missing to stay: 120.50 Saudi riyals.",
            ],
            f"فئتك {isolated('الذهبية')} تنتهي قريبًا",
            [f"تنتهي فئتك {isolated('الذهبية')} في 31 ديسمبر 2026.", "ما ينقصك للبقاء فيها: 120.50 ريال سعودي."],
            id="a tier ends soon, by money",
        ),
        pytest.param(
            [parts.MembershipOver(plan_name=GOLD, ended_on=date(2026, 12, 31))],
            f"Your membership {isolated('Gold')} has ended",
            [f"Your membership {isolated('Gold')} ended on 31 December 2026. We would be glad to see you again."],
            f"انتهت عضويتك {isolated('الذهبية')}",
            [f"انتهت عضويتك {isolated('الذهبية')} في 31 ديسمبر 2026. يسعدنا أن نراك من جديد."],
            id="membership over",
        ),
        pytest.param(
            [parts.MembershipChanged(plan_name=GOLD, change="goodwill", ends_on=date(2026, 12, 31))],
            f"Days for your membership {isolated('Gold')}",
            [
                f"We added days to your membership {isolated('Gold')}, as a small amends.",
                "It runs until 31 December 2026.",
            ],
            f"أيام إضافية لعضويتك {isolated('الذهبية')}",
            [f"أضفنا أيامًا إلى عضويتك {isolated('الذهبية')} تعويضًا بسيطًا منا.", "تسري حتى 31 ديسمبر 2026."],
            id="goodwill days",
        ),
        pytest.param(
            [parts.MembershipChanged(plan_name=GOLD, change="frozen")],
            f"Your membership {isolated('Gold')} is paused",
            [f"Your membership {isolated('Gold')} is paused. Its days do not pass meanwhile."],
            f"عضويتك {isolated('الذهبية')} موقوفة مؤقتًا",
            [f"عضويتك {isolated('الذهبية')} موقوفة مؤقتًا، ولا تُحتسب أيامها في هذه الأثناء."],
            id="a freeze without an end",
        ),
        pytest.param(
            [parts.PassesReceived(plan_name=GOLD, passes=2, entries=5, expires_at=EVENING)],
            f"Your pass {isolated('Gold')}",
            [
                f"You received 10 entries with {isolated('Gold')}. Show your pass from your account.",
                "Use it by 31 December 2026.",
            ],
            f"بطاقة دخولك {isolated('الذهبية')}",
            [
                f"أُضيف إلى حسابك مع {isolated('الذهبية')}: 10 مرات دخول. أظهر البطاقة من حسابك.",
                "صالحة حتى 31 ديسمبر 2026.",
            ],
            id="passes",
        ),
        pytest.param(
            [parts.RewardMoved(reward_name=COFFEE, status="cancelled"), balance],
            f"Your reward: {isolated('Free coffee')}",
            [
                f"Your redemption of {isolated('Free coffee')} was cancelled. "
                "What you paid for it is back in your balance.",
                "Your balance is now 320 points.",
            ],
            f"مكافأتك: {isolated('قهوة مجانية')}",
            [
                f"أُلغي استبدالك {isolated('قهوة مجانية')}، وعاد ما دفعته مقابلها إلى رصيدك.",
                "رصيدك الآن: 320 نقطة.",
            ],
            id="a redemption that was cancelled",
        ),
    ],
)
def test_a_message_in_words(
    told: Sequence[Part], title_en: str, lines_en: list[str], title_ar: str, lines_ar: list[str]
) -> None:
    assert content(told, Language.ENGLISH) == Content(title_en, tuple(lines_en))
    assert content(told, Language.ARABIC) == Content(title_ar, tuple(lines_ar))


@pytest.mark.parametrize("change", ["frozen", "resumed", "goodwill", "plan_changed", "cancelled"])
@pytest.mark.parametrize("language", list(Language))
def test_every_change_of_a_membership_has_its_words(change: str, language: Language) -> None:
    part = parts.MembershipChanged.model_validate({"plan_name": GOLD, "change": change})
    told = content([part], language)
    assert all(GOLD[language] in words for words in (told.title, *told.lines))


@pytest.mark.parametrize("status", ["prepared", "shipped", "cancelled"])
@pytest.mark.parametrize("language", list(Language))
def test_every_step_of_a_redemption_has_its_words(status: str, language: Language) -> None:
    (line,) = content([parts.RewardMoved.model_validate({"reward_name": COFFEE, "status": status})], language).lines
    assert COFFEE[language] in line


def test_parts_come_back_from_storage_as_they_were() -> None:
    told: tuple[Part, ...] = (
        parts.Welcome(),
        parts.Thanks(),
        parts.HappyBirthday(),
        parts.YearsTogether(years=2),
        parts.PlaceWon(leaderboard_name=GOLD, place=2),
        parts.AwardReceived(award_name=GOLD),
        parts.PointsReceived(unit="points", amount=2, spendable_at=EVENING),
        parts.PointsTaken(unit="points", amount=2),
        balance,
        parts.StampProgress(card_name=COFFEE, stamps_left=2),
        parts.VoucherReceived(reward_name=COFFEE, expires_at=EVENING),
        parts.MembershipExtended(plan_name=GOLD, paid_months=12, bonus_months=3, ends_on=date(2028, 2, 22)),
        parts.MembershipShortened(plan_name=GOLD, ends_on=date(2026, 11, 22)),
        parts.FamilyJoined(plan_name=GOLD),
        parts.FamilyLeft(plan_name=GOLD),
        parts.ReferralMoved(side="friend", step="rewarded"),
        parts.MilestoneMoved(friends=3, step="reached"),
        parts.MembershipChanged(plan_name=GOLD, change="frozen"),
        parts.MembershipEnding(plan_name=GOLD, ends_on=date(2026, 11, 22), days_left=3),
        parts.MembershipOver(plan_name=GOLD, ended_on=date(2026, 11, 22)),
        parts.PassesReceived(plan_name=GOLD, passes=1, entries=10, expires_at=EVENING),
        parts.Refunded(currency="SAR", amount=1250),
        parts.RewardTaken(reward_name=COFFEE, unit="points", price=11),
        parts.RewardMoved(reward_name=COFFEE, status="shipped"),
        parts.UnitsExpiring(unit="points", amount=100, last_day=date(2026, 11, 22)),
        parts.UnitsExpired(unit="points", amount=100),
        parts.PrizeWon(draw_name=GOLD, prize_name=COFFEE, claim_until=EVENING),
        parts.InstantPrizeWon(instant_win_name=GOLD, prize_name=COFFEE),
        parts.TierReached(tier_name=GOLD, ends_on=date(2026, 11, 22)),
        parts.TierLowered(tier_name=GOLD),
        parts.TierEnding(tier_name=GOLD, ends_on=date(2026, 11, 22), unit="points", needed=4400),
    )
    assert {type(part) for part in told} == set(Part.__subclasses__())
    assert PARTS.validate_python([part.model_dump(mode="json") for part in told]) == told
