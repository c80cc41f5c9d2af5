"""Why a command is refused: one class and one stable code for each broken rule, in both languages.

A refusal is an answer, not an error: it is returned, leaves no trace, and names the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from taizhang.core.wording import Label


@dataclass(frozen=True, slots=True)
class Refusal:
    """`what` is filled into the message where it has a `{what}`: a field, a unit, a stage, in words.

    A name or a number is the same in every language; other words are a label.
    """

    what: str | Label = ""

    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def message(self) -> Label:
        what = self.what if isinstance(self.what, Label) else Label(self.what)
        return Label(self.zh.format(what=what.zh), self.en.format(what=what.text("en")))


class NoSuchEntry(Refusal):
    zh = "没有这个条目，或不在您的范围内。"
    en = "There is no such entry, or it is outside your scope."


class AlreadyRegistered(Refusal):
    zh = "这个条目已经登记过。"
    en = "This entry is registered already."


class StaleVersion(Refusal):
    zh = "您打开之后条目已变动：{what}。请看过新内容再办。"
    en = "The entry changed after you opened it: {what}. Look at it again, then act."


class NotYourStage(Refusal):
    zh = "条目处于“{what}”环节，此时不能办这一步。"
    en = "The entry is at the stage “{what}”; this step cannot be taken there."


class NotYourDuty(Refusal):
    zh = "只有{what}可以办这一步。"
    en = "Only {what} may take this step."


class MayNotTypeForOthers(Refusal):
    zh = "代他人录入须由有登记职责的岗位办理。"
    en = "Recording for another needs a post with the duty to register."


class SourceMissing(Refusal):
    zh = "{what}须注明来源（纸质材料、电话、聊天记录等）。"
    en = "{what}: say what it rests on (paper, telephone, chat …)."


class NoUnit(Refusal):
    zh = "您的账号不属于任何单位，不能核查、销号。请由其他单位的核查人员办理。"
    en = "Your account belongs to no unit and can neither verify nor close. Ask a verifier of another unit."


class VerifierIsDoer(Refusal):
    zh = "核查人不能是办理人（含代录人）。请由另一单位的人员核查；在此之前条目保持“已报办结”。"
    en = (
        "The verifier must not have worked on the entry, nor typed for it."
        " Ask another unit; until then it stays reported done."
    )


class VerifierOfDoersUnit(Refusal):
    zh = "核查人不能来自办理单位或其下属、承继单位。请由另一单位的人员核查；在此之前条目保持“已报办结”。"
    en = (
        "The verifier must not belong to a unit that worked on it, to one below it or to its successor."
        " Ask another unit; until then it stays reported done."
    )


class NotVerified(Refusal):
    zh = "未经独立核查，不能销号。"
    en = "It cannot be closed out before an independent verification."


class AlreadyVerified(Refusal):
    zh = "核查已通过，不能再补录进展或佐证。"
    en = "Verification has passed; no progress or evidence can be added."


class NotReportedDone(Refusal):
    zh = "责任单位尚未报办结，不能核查。"
    en = "The unit has not reported it done; there is nothing to verify yet."


class PartsNotDone(Refusal):
    zh = "拆分的各部分尚未全部办结：{what}。"
    en = "Not all of its parts are done: {what}."


class PartsMissing(Refusal):
    zh = "拆分至少要有两个部分。"
    en = "A split needs at least two parts."


class NamedUnitIsAssignee(Refusal):
    zh = "检举控告材料不得交给被检举控告的单位及其下属单位（信访工作条例第三十条）：{what}。"
    en = (
        "An accusation must not go to the unit it names, nor below it (Petition Regulation, Art. 30): {what}."
    )


class NamedUnitWorksOnIt(Refusal):
    zh = "该条目现由被检举控告的单位办理：{what}。请先转办，再加检举控告标记。"
    en = "The named unit is working on it: {what}. Transfer the entry first, then set the flag."


class UnitNotInForce(Refusal):
    zh = "单位在该日不存在（已撤并或尚未成立）：{what}。"
    en = "The unit does not exist on that day (dissolved or not yet founded): {what}."


class LeadUnitMissing(Refusal):
    zh = "缺少牵头单位。"
    en = "The lead unit is missing."


class ResponsiblePostElsewhere(Refusal):
    zh = "责任人须是牵头单位现有的岗位：{what}。"
    en = "The responsible post must be a present post of the lead unit: {what}."


class OverseeingPostElsewhere(Refusal):
    zh = "分管领导须是牵头单位或其上级单位现有的岗位：{what}。"
    en = "The overseeing post must be a present post of the lead unit or of a unit above it: {what}."


class LeadIsAlsoAssisting(Refusal):
    zh = "牵头单位不能同时是协办单位：{what}。"
    en = "The lead unit cannot also assist: {what}."


class SameLeadUnit(Refusal):
    zh = "条目已由该单位牵头：{what}。"
    en = "That unit leads the entry already: {what}."


class FieldMissing(Refusal):
    zh = "进入下一环节前须填写：{what}。"
    en = "To be filled before the next stage: {what}."


class FieldUnknown(Refusal):
    zh = "方案中没有这个字段：{what}。"
    en = "The playbook has no such field: {what}."


class FieldInvalid(Refusal):
    zh = "字段内容不合要求：{what}。"
    en = "A field does not hold: {what}."


class SealedInPlain(Refusal):
    zh = "“{what}”是密封字段，只能以密封方式提交。"
    en = "“{what}” is a sealed field and can only be given sealed."


class NothingChanged(Refusal):
    zh = "没有任何变化。"
    en = "Nothing would change."


class ReasonMissing(Refusal):
    zh = "须写明{what}。"
    en = "Give {what}."


class TextTooLong(Refusal):
    zh = "文字过长（最多 {what} 字）。"
    en = "The text is too long (at most {what} characters)."


class TextNotStorable(Refusal):
    zh = "文字中含有不能保存的字符（如 NUL）。"
    en = "The text holds characters that cannot be stored (such as NUL)."


class EvidenceMissing(Refusal):
    zh = "缺少佐证材料：{what}。"
    en = "Evidence is missing: {what}."


class DueDateMissing(Refusal):
    zh = "缺少办理时限（到期日）。"
    en = "The due date is missing."


class DueInThePast(Refusal):
    zh = "到期日 {what} 早于交办日。"
    en = "The due date {what} lies before the day of assignment."


class OccurredInTheFuture(Refusal):
    zh = "发生日期 {what} 在今天之后。"
    en = "The day {what} is in the future."


class OccurredBeforeLastChange(Refusal):
    zh = "发生日期不能早于条目上一次变动之日（{what}）。"
    en = "The day cannot lie before the entry last changed ({what})."


class FlagAlreadySet(Refusal):
    zh = "标记“{what}”已在。"
    en = "The flag “{what}” is set already."


class FlagNotSet(Refusal):
    zh = "没有标记“{what}”。"
    en = "The flag “{what}” is not set."


class ClaimNeedsStage(Refusal):
    zh = "自称已销号的条目只能先作“历史销号”登记，不能直接进入“{what}”。"
    en = "An entry that claims to be closed is registered as a claim; it cannot start at “{what}”."


class LedgerUnknown(Refusal):
    zh = "没有这个台账。"
    en = "There is no such ledger."


class KeyReused(Refusal):
    zh = "同一请求标识已用于另一内容的请求。"
    en = "The same idempotency key was used for another request."


class Aborted(Refusal):
    zh = "同批中另有一条被拒绝，整批未办。"
    en = "Another command of this batch was refused; none was carried out."


class SubjectErased(Refusal):
    zh = "此人的信息已按规定删除，不能再在“{what}”中登记。"
    en = "This person's data was erased; nothing more can be put into “{what}”."
