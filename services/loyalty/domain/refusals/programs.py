"""What is refused of programs, their versions and what is tried with them."""

from kernel.language import Text
from kernel.refusal import Conflict, Missing, Unprocessable


class ProgramUnknown(Missing):
    """The tenant has no such program."""

    code = "program_unknown"
    title = Text(en="Unknown program", ar="برنامج غير معروف")
    detail = Text(en="There is no such program.", ar="لا يوجد برنامج كهذا.")


class VersionUnknown(Missing):
    """The program has no such version."""

    code = "version_unknown"
    title = Text(en="Unknown version", ar="إصدار غير معروف")
    detail = Text(en="The program has no such version.", ar="ليس للبرنامج إصدار كهذا.")


class SecondPersonNeeded(Conflict):
    """The program wants another than the author to publish a version."""

    code = "second_person_needed"
    title = Text(en="A second person is needed", ar="يلزم شخص ثانٍ")
    detail = Text(
        en="Whoever drafted this version cannot publish it: somebody else has to.",
        ar="لا ينشر هذا الإصدار من كتبه، بل شخص آخر.",
    )


class NamedThingMissing(Unprocessable):
    """A rule names a coupon campaign, a draw, an instant win, a plan, a segment or a tier that is not there."""

    code = "named_thing_missing"
    title = Text(en="A rule names what is not there", ar="قاعدة تذكر ما لا وجود له")
    detail = Text(
        en="Rule {rule} names {name}, and there is no such thing ({thing}). `params.missing` lists all of them.",
        ar="تذكر القاعدة {rule} الاسم {name} ولا وجود له ({thing}). القائمة كلها في `params.missing`.",
    )


class ExperimentUnknown(Missing):
    """No rule of the version takes part in such an experiment."""

    code = "experiment_unknown"
    title = Text(en="Unknown experiment", ar="تجربة غير معروفة")
    detail = Text(
        en="No rule of this version takes part in such an experiment.",
        ar="لا توجد في هذا الإصدار قاعدة تشارك في تجربة كهذه.",
    )


class VersionRetired(Conflict):
    """The version was live before. What was is not published again: draft it anew."""

    code = "version_retired"
    title = Text(en="The version is retired", ar="الإصدار متقاعد")
    detail = Text(
        en="Version {version} was live before. Make a new version of its document.",
        ar="كان الإصدار {version} منشورًا. أنشئ إصدارًا جديدًا من مستنده.",
    )


class AnotherProgramLive(Conflict):
    """One program decides a tenant's sales, and it is another one."""

    code = "another_program_live"
    title = Text(en="Another program is live", ar="برنامج آخر منشور")
    detail = Text(en="Retire program {program_id} first.", ar="أنهِ البرنامج {program_id} أولًا.")


class MomentPassed(Unprocessable):
    """What is to happen later was asked for at a moment that is over."""

    code = "moment_passed"
    title = Text(en="That moment has passed", ar="مضى ذلك الوقت")
    detail = Text(en="{moment} is not in the future.", ar="الوقت {moment} ليس في المستقبل.")


class VersionNotScheduled(Conflict):
    """The version is live, or was: its moment has come."""

    code = "version_not_scheduled"
    title = Text(en="The version is not waiting to go live", ar="الإصدار لا ينتظر النشر")
    detail = Text(en="Version {version} went live already.", ar="نُشر الإصدار {version} من قبل.")


class RuleUnknown(Unprocessable):
    """The program has no such rule."""

    code = "rule_unknown"
    title = Text(en="Unknown rule", ar="قاعدة غير معروفة")
    detail = Text(en="The program has no rule {rule}.", ar="ليس في البرنامج قاعدة {rule}.")


class TemplateUnknown(Missing):
    """There is no such ready-made program."""

    code = "template_unknown"
    title = Text(en="Unknown template", ar="قالب غير معروف")
    detail = Text(en="There is no such ready-made program.", ar="لا يوجد برنامج جاهز بهذا الاسم.")


class BacktestUnknown(Missing):
    """The tenant has no such backtest."""

    code = "backtest_unknown"
    title = Text(en="Unknown backtest", ar="محاكاة غير معروفة")
    detail = Text(en="There is no such backtest.", ar="لا توجد محاكاة كهذه.")


class BacktestFinished(Conflict):
    """The backtest is over: there is nothing to cancel."""

    code = "backtest_finished"
    title = Text(en="The backtest is over", ar="انتهت المحاكاة")
    detail = Text(en="The backtest is {status} already.", ar="حالة المحاكاة: {status}.")


class TooManyBacktests(Conflict):
    """As many backtests are being worked on as a tenant may have at a time."""

    code = "too_many_backtests"
    title = Text(en="Too many backtests at a time", ar="عمليات محاكاة كثيرة في وقت واحد")
    detail = Text(
        en="Wait for one of the {limit} that are running.", ar="انتظر انتهاء إحدى عمليات المحاكاة الجارية ({limit})."
    )


class ProgramMissing(Conflict):
    """The tenant has no live program."""

    code = "program_missing"
    title = Text(en="No program is live", ar="لا برنامج منشور")
    detail = Text(en="Publish a program first.", ar="انشر برنامجًا أولًا.")


class NoLiveProgram(Conflict):
    """Units and vouchers live as the live program says, and there is none."""

    code = "no_live_program"
    title = Text(en="No program is live", ar="لا يوجد برنامج منشور")
    detail = Text(en="Publish a program first: what is given lives by it.", ar="انشر برنامجًا أولًا، فما يُعطى يتبعه.")
