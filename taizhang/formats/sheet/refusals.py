"""Why a file is not read. Each refusal has a stable `code` and says, Chinese first, what to do."""

from typing import ClassVar


class SheetRefused(Exception):
    """A file that cannot be read as sheets. `code` is stable; `zh` and `en` are for whoever sent it."""

    code: ClassVar[str] = "refused"
    zh_text: ClassVar[str] = "这个文件不能作为表格读取。"
    en_text: ClassVar[str] = "This file cannot be read as a sheet."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.zh = self.zh_text.format(**facts)
        self.en = self.en_text.format(**facts)
        super().__init__(f"{self.zh} / {self.en}")


class EmptyFile(SheetRefused):
    code = "empty_file"
    zh_text = "文件是空的（0 字节）。请确认选对了文件，重新上传。"
    en_text = "The file is empty (0 bytes). Check that you chose the right file and send it again."


class NotAFile(SheetRefused):
    code = "not_a_file"
    zh_text = "这不是普通文件，而是管道或设备，不能从头再读。请先存成文件，再导入那个文件。"
    en_text = "This is no file but a pipe or a device, which cannot be read twice. Save it as a file and import that."


class FileTooLarge(SheetRefused):
    """Facts: `megabytes`, the limit."""

    code = "file_too_large"
    zh_text = "文件超过 {megabytes} MB。请把照片等附件另行上传，或者把表格拆成几个文件。"
    en_text = "The file is over {megabytes} MB. Send photographs separately or split the sheet."


class TooManyColumns(SheetRefused):
    """Facts: `found` and `most`."""

    code = "too_many_columns"
    zh_text = "这张表有 {found} 列，一本台账按表格起草最多 {most} 列。请另存一份，删去用不着的列再试。"
    en_text = "The sheet has {found} columns; a ledger is drafted from {most} at most. Save a copy without the rest."


class NotASheet(SheetRefused):
    """Facts: `found`, what the content is."""

    code = "not_a_sheet"
    zh_text = "文件内容是 {found}，不是表格，改扩展名不起作用。请用 WPS 或 Excel 另存为 .xlsx 再上传。"
    en_text = "The content is {found}, whatever the name says. Save it as .xlsx and send it again."


class HtmlPage(SheetRefused):
    code = "html_page"
    zh_text = "文件内容是网页（不少系统导出的 .xls 是网页）。请用 WPS 或 Excel 另存为 .xlsx 再上传。"
    en_text = "The content is a web page, as many systems export under the name .xls. Save it as .xlsx."


class MacroBook(SheetRefused):
    code = "macros"
    zh_text = "文件带有宏。为了安全不读取带宏的文件，请另存为不带宏的 .xlsx 再上传。"
    en_text = "The file carries macros and is not read. Save it as .xlsx without macros and send it again."


class PasswordProtected(SheetRefused):
    code = "password"
    zh_text = "文件设有打开密码。请取消密码后重新保存再上传。"
    en_text = "The file needs a password to open. Remove the password, save, and send it again."


class Corrupt(SheetRefused):
    """Facts: `detail`, where the damage was met."""

    code = "corrupt"
    zh_text = "文件已损坏或没有传完整（{detail}）。请用 WPS 或 Excel 打开检查，另存为新的 .xlsx 再上传。"
    en_text = "The file is damaged or incomplete ({detail}). Open it and save it as a new .xlsx."


class ZipBomb(SheetRefused):
    """Facts: `detail`, which size gave it away."""

    code = "zip_bomb"
    zh_text = "文件解压后大得不正常（{detail}），没有读取。请把数据复制到新的 .xlsx 再上传。"
    en_text = "The file unpacks to an abnormal size ({detail}). Copy the data into a new .xlsx."


class FarCell(SheetRefused):
    """Facts: `sheet`, `cell`, the corner of the used area."""

    code = "far_cell"
    zh_text = "“{sheet}”一直用到 {cell}，中间几乎全空。请删除数据区以外的行和列，保存后再上传。"
    en_text = "Sheet “{sheet}” reaches to {cell} and is nearly empty. Delete what lies beyond the data."


class TooLarge(SheetRefused):
    """Facts: `detail`, what there is too much of."""

    code = "too_large"
    zh_text = "表格太大（{detail}）。请拆成几个文件分别上传。"
    en_text = "The sheet is too large ({detail}). Split it into several files."


class Entities(SheetRefused):
    code = "xml_entities"
    zh_text = "文件里含有外部实体声明，正常的表格不会有。请把数据复制到新的 .xlsx 再上传。"
    en_text = "The file declares XML entities, which no honest sheet does. Copy the data into a new .xlsx."


class Garbage(SheetRefused):
    code = "unknown_content"
    zh_text = "认不出文件内容，不是表格也不是文本。请用 WPS 或 Excel 打开并另存为 .xlsx 再上传。"
    en_text = "The content is neither a sheet nor text. Open it and save it as .xlsx."


class BadText(SheetRefused):
    """Facts: `line`, the 1-based line where decoding failed."""

    code = "bad_text"
    zh_text = "文本第 {line} 行附近的文字编码不对。请在 WPS 或 Excel 里另存为“CSV UTF-8”或 .xlsx 再上传。"
    en_text = "The text is wrongly encoded near line {line}. Save it as “CSV UTF-8” or as .xlsx."


class NoSheets(SheetRefused):
    code = "no_sheets"
    zh_text = "文件里没有工作表。请确认选对了文件。"
    en_text = "The file has no worksheet. Check that you chose the right file."


class OutOfTime(SheetRefused):
    """Facts: `seconds`, the limit."""

    code = "timeout"
    zh_text = "读取超过 {seconds} 秒，已停止。请拆成几个文件，或把数据复制到新的 .xlsx。"
    en_text = "Reading took over {seconds} seconds and was stopped. Split the file or copy the data."


class OutOfMemory(SheetRefused):
    """Facts: `megabytes`, the limit."""

    code = "out_of_memory"
    zh_text = "读取要用的内存超过 {megabytes} MB，已停止。请删除数据区以外的行和列，或拆成几个文件。"
    en_text = "Reading needed over {megabytes} MB of memory. Delete what lies beyond the data or split it."


class NoTable(SheetRefused):
    code = "no_table"
    zh_text = "文件里没有带表头的表格。请确认第一行或标题下面一行写着各列的名称。"
    en_text = "The file holds no table with a header: a row that names the columns."


class NoSuchTable(SheetRefused):
    """Facts: `name`, what was asked for; `tables`, the sheets that hold one."""

    code = "no_such_table"
    zh_text = "没有名为“{name}”的工作表。有表格的是：{tables}。"
    en_text = "There is no table on a sheet “{name}”. Sheets with one: {tables}."
