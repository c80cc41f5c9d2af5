"""Office sheets: `.xlsx`, `.xls` and delimited text in, `.xlsx` out.

Reading: `book.open_book(path)` gives the sheets of a file with their found layout (titles, filled-in
lines, header, data, footer) and streams their rows as raw cells. Writing: `write.write_sheet`.
Nothing here knows a ledger, a playbook or a field type.

This module stays empty of imports because the parsing child imports it too and must start at once.
"""
