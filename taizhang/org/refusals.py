"""Why a change to units, posts and people is refused: one class for each rule, in both languages."""

from __future__ import annotations

from typing import ClassVar

from taizhang.core.wording import Label


class OrgRefused(Exception):
    """Nothing was changed. `code` is stable; `message` is for the user; `words` fill its braces."""

    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init__(self, **words: object) -> None:
        self.message = Label(self.zh.format(**words), self.en.format(**words))
        super().__init__(f"{self.message.zh} {self.message.en}")

    @property
    def code(self) -> str:
        return type(self).__name__


class NoSite(OrgRefused):
    zh = "这里还没有建站点，请先运行 taizhang init。"
    en = "There is no site here yet; run `taizhang init` first."


class SiteExists(OrgRefused):
    zh = "站点“{site}”已经建立。"
    en = "The site “{site}” exists already."


class NoSuchZone(OrgRefused):
    zh = "没有“{zone}”这个时区，请写成 Asia/Shanghai 这样的名称。"
    en = "There is no time zone “{zone}”; write it like Asia/Shanghai."


class ClockOfLiveSite(OrgRefused):
    zh = "正式站点只用服务器的时间。"
    en = "A live site uses the server's time only."


class NameMissing(OrgRefused):
    zh = "单位名称不能为空。"
    en = "A unit needs a name."


class NoSuchUnit(OrgRefused):
    zh = "没有编号为 {unit} 的单位。"
    en = "There is no unit number {unit}."


class NotThereThen(OrgRefused):
    zh = "“{unit}”在 {on} 不存在（成立之前或撤销之后）。"
    en = "“{unit}” does not exist on {on}: it is not founded yet or dissolved already."


class FoundedThatDay(OrgRefused):
    zh = "“{unit}”不能在成立当天（{on}）撤销。"
    en = "“{unit}” cannot be dissolved on the day it is founded, {on}."


class AlreadyDissolved(OrgRefused):
    zh = "“{unit}”已定于 {on} 撤销。"
    en = "“{unit}” is dissolved already, as of {on}."


class ParentNotThere(OrgRefused):
    zh = "“{unit}”的上级“{parent}”在 {on} 不存在。"
    en = "“{parent}”, above “{unit}”, does not exist on {on}."


class BelowItself(OrgRefused):
    zh = "“{unit}”不能放在自己或自己的下级之下（{on}）。"
    en = "“{unit}” cannot stand below itself or a unit below it (on {on})."


class ChildrenRemain(OrgRefused):
    zh = "“{unit}”还有下级单位：{children}。请先调整它们的上级，再撤销。"
    en = "“{unit}” still has units below it: {children}. Move them first, then dissolve it."


class LaterFactStands(OrgRefused):
    zh = "“{unit}”在 {on} 之后还登记有变动（更名、调整或并入），不能在此日撤销。"
    en = "Changes of “{unit}” after {on} are on record (rename, move, merger); it cannot end that day."


class NothingChanges(OrgRefused):
    zh = "“{unit}”在 {on} 本来就是这样，没有变动。"
    en = "Nothing would change for “{unit}” on {on}."


class IntoItself(OrgRefused):
    zh = "“{unit}”不能并入自己。"
    en = "“{unit}” cannot be merged into itself."


class NothingGiven(OrgRefused):
    zh = "请至少指明一个单位。"
    en = "Name at least one unit."


class UnknownDuty(OrgRefused):
    zh = "没有“{duty}”这项职责，可用：{known}。"
    en = "There is no duty “{duty}”; known are {known}."


class NoSuchPerson(OrgRefused):
    zh = "没有这个账号，或账号已停用。"
    en = "There is no such account, or it is not active."


class PostNotHeld(OrgRefused):
    zh = "您在 {on} 不担任这个岗位。"
    en = "You do not hold this post on {on}."


class OperatorHoldsNoPost(OrgRefused):
    zh = "操作员账号“{person}”不属于任何单位，不能任职；请另建人员账号。"
    en = "The operator “{person}” belongs to no unit and holds no post; add an account for the person."


class UserNameTaken(OrgRefused):
    zh = "用户名或工号已被使用：{taken}。"
    en = "These user names or staff numbers are taken: {taken}."


class MayNotSettle(OrgRefused):
    zh = "单位写法由有登记或管理职责的岗位来认。"
    en = "Names of units are settled by posts with the duty to register or to administer."


class MayNotUndo(OrgRefused):
    zh = "“{text}”是别人认定的，由本人或有管理职责的岗位撤销。"
    en = "“{text}” was settled by somebody else, who may undo it, as may a post with the duty to administer."


class MayNotChangeUnits(OrgRefused):
    zh = "新设单位和单位组由有管理职责的岗位办理。"
    en = "Units and groups of units are founded by posts with the duty to administer."


class GroupEmpty(OrgRefused):
    zh = "“{group}”一个单位也没有，请改正上级或名称结尾，或逐个列出单位。"
    en = (
        "“{group}” has no unit; correct the unit above or the endings of names, or list the units one by one."
    )


class MayNotAppoint(OrgRefused):
    zh = "人员与账号由有“人员”职责的岗位办理，请找本单位或上级单位的管理员。"
    en = (
        "People and accounts are for posts with the duty “appoint”:"
        " ask the administrator of your unit or of one above."
    )


class PersonOutOfReach(OrgRefused):
    zh = "没有这个人，或此人的岗位不全在您本单位及下级单位，请找能管到的上级单位管理员。"
    en = (
        "There is no such person, or not all of their posts are in your unit and those below:"
        " ask the administrator of a unit above."
    )


class PostOutOfReach(OrgRefused):
    zh = "岗位“{post}”不在您本单位及下级单位，请找那个单位的管理员。"
    en = "The post “{post}” is not in your unit or one below: ask the administrator of that unit."


class NotYourself(OrgRefused):
    zh = "不能对自己的账号办这件事，请找另一位管理员。"
    en = "This cannot be done to your own account: ask another administrator."


class UserNameMissing(OrgRefused):
    zh = "请填用户名，或者填工号（工号也可以用来登录）。"
    en = "Give a user name, or a staff number, which signs in as well."


class PersonNameMissing(OrgRefused):
    zh = "请填姓名。"
    en = "Give the person's name."


class NameNotStorable(OrgRefused):
    zh = "“{text}”里有不能保存的字符，或者超过 {most} 个字。"
    en = "“{text}” holds characters that cannot be kept, or is longer than {most}."


class DaysOutOfOrder(OrgRefused):
    zh = "起始日期 {from_on} 在截止日期之后，请改正。"
    en = "The first day, {from_on}, comes after the last one; correct it."


class StandInNeedsDays(OrgRefused):
    zh = "代岗（AB角）须写明起止日期。"
    en = "Standing in needs a first and a last day."


class StandInsOverlap(OrgRefused):
    zh = "{person} 已在 {from_on} 至 {last_on} 代这个岗位，日期不能重叠，请改日期或先结束那一段。"
    en = (
        "{person} stands in for this post from {from_on} to {last_on}; the days may not overlap:"
        " change them, or end that first."
    )


class PostHeldAlready(OrgRefused):
    zh = "{person} 这些日子里已经担任“{post}”。"
    en = "{person} holds “{post}” already on some of these days."


class PostNotThere(OrgRefused):
    zh = "岗位“{post}”在 {on} 不存在（设立之前或撤销之后）。"
    en = "The post “{post}” does not exist on {on}: it is not set up yet, or was abolished."


class TenureOver(OrgRefused):
    zh = "这段任职不在您能办的范围内，或在 {on} 之前已经结束。"
    en = "This tenure is not yours to change, or it was over before {on}."


class SuccessorIsLeaver(OrgRefused):
    zh = "接任人不能是移交人自己。"
    en = "Nobody can hand a post over to themselves."


class UnitOutOfReach(OrgRefused):
    zh = "“{unit}”不是您本单位或下级单位，请找那个单位的管理员。"
    en = "“{unit}” is not your unit or one below: ask its administrator."


class PostNameMissing(OrgRefused):
    zh = "请填岗位名称。"
    en = "Give the post a name."


class PostExists(OrgRefused):
    zh = "“{unit}”已经有“{post}”这个岗位。"
    en = "“{unit}” has a post “{post}” already."


class DutyReserved(OrgRefused):
    zh = "“{duty}”这项职责只有系统操作员能给。"
    en = "Only an operator can give the duty “{duty}”."


class UserNameUnfit(OrgRefused):
    zh = "用户名只能用文字、数字和 . @ + - _，中间没有空格，最多 150 个字符。"
    en = "A user name has letters, digits and . @ + - _ only, no spaces, at most 150 characters."


class SomebodyCanSignIn(OrgRefused):
    zh = "已经有可以登录的账号，请直接登录。"
    en = "There is an account to sign in with already: sign in."
