"""Writes the files that the tests of this crate read, by the programs that people and scripts use."""

import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import openpyxl
import pandas
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = pathlib.Path(__file__).parent
DAY = datetime.date(2026, 3, 1)
NOON = datetime.datetime(2026, 3, 1, 12, 30)


def texts():
    rows = "Код;Наименование;Сумма\r\n1;Закон о здоровье;10,5\r\n2;\"План; национальный\";7\r\n"
    (HERE / "excel-russian.csv").write_bytes(rows.encode("utf-8-sig"))
    (HERE / "excel-russian-1251.csv").write_bytes(rows.encode("cp1251"))
    (HERE / "excel-unicode.txt").write_bytes(rows.replace(";", "\t").replace("\t нац", "; нац").encode("utf-16"))
    (HERE / "excel-macintosh.csv").write_bytes(b"id,name\r1,\"two\rlines\"\r2,b\r")


def pandas_files():
    frame = pandas.DataFrame(
        {"id": [1, 2], "days": [10.0, None], "name": ["a", None], "due": pandas.to_datetime([DAY, None])}
    )
    frame.to_csv(HERE / "pandas.csv", index=False, na_rep="NaN")
    frame.to_csv(HERE / "pandas.csv.gz", index=False)
    frame.to_json(HERE / "pandas.json", orient="records", indent=2, date_format="iso")
    frame.to_json(HERE / "pandas.ndjson", orient="records", lines=True, date_format="iso")
    frame.to_excel(HERE / "pandas.xlsx", index=False)


def titles():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Reporting"
    sheet["A1"] = "Ministry of Health: duties of reporting"
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["treaty", "duty", "due"])
    sheet.append(["IHR", "annual report", DAY])
    sheet.append([None, "focal point", DAY])
    sheet.append(["BWC", "confidence building", DAY])
    sheet.merge_cells("A4:A5")
    sheet["A9"] = "agency"
    sheet["B9"] = "head"
    sheet["A10"] = "Institute of Health"
    sheet["B10"] = True
    sheet["XFD1048576"].number_format = "0.00"
    book.create_sheet("Empty")
    book.create_sheet("Lists")["A1"] = "yes"
    book.create_sheet("Hidden")["A1"] = "secret"
    book["Hidden"].sheet_state = "hidden"
    book.create_sheet("Very hidden")["A1"] = "secret"
    book["Very hidden"].sheet_state = "veryHidden"
    book.save(HERE / "titles.xlsx")


def types():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Types"
    sheet.append(["day", "time", "clock", "span", "truth", "error", "number", "text", "break"])
    clock = datetime.time(14, 30)
    span = datetime.timedelta(hours=36)
    sheet.append([DAY, NOON, clock, span, True, "#N/A", 10.5, "007", "two\nlines <&>"])
    sheet.append([None, None, None, None, False, "#DIV/0!", -3, " x "])
    sheet["D2"].number_format = "[h]:mm:ss"
    sheet["A2"].number_format = "dd.mm.yyyy"
    book.save(HERE / "types.xlsx")
    book.epoch = CALENDAR_MAC_1904
    book.save(HERE / "types-1904.xlsx")


def formulas():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sums"
    sheet.append(["a", "b", "sum", "text", "error"])
    sheet.append([1, 2, "=A2+B2", '=A2&"!"', "=A2/0"])
    sheet.append([3, 4, "=A3+B3", '=""', "=NA()"])
    book.save(HERE / "formulas.xlsx")


def libreoffice():
    if not shutil.which("soffice"):
        sys.exit("SKIPPED what LibreOffice writes: soffice is not installed")
    convert("formulas.xlsx", "xlsx", "libreoffice-formulas.xlsx")
    convert("types.xlsx", "xlsx", "libreoffice-types.xlsx")
    convert("titles.xlsx", "xlsx", "libreoffice-titles.xlsx")
    convert("types.xlsx", "ods", "old.ods")
    convert("types.xlsx", "xls", "old.xls")


def convert(source, form, target):
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", form, "--outdir", folder, str(HERE / source)]
        subprocess.run(command, check=True, capture_output=True)
        shutil.copy(pathlib.Path(folder) / f"{pathlib.Path(source).stem}.{form}", HERE / target)


def packages():
    with zipfile.ZipFile(HERE / "package.zip", "w", zipfile.ZIP_DEFLATED) as package:
        resources = [
            {"name": "plans", "path": "data/plans.csv", "dialect": {"delimiter": "|"}, "encoding": "windows-1251"},
            {"name": "tasks", "path": "data/tasks.ndjson", "format": "ndjson"},
        ]
        package.writestr("datapackage.json", json.dumps({"name": "example", "resources": resources}))
        package.writestr("data/tasks.ndjson", '{"id":1}\n{"id":2}\n')
        package.writestr("data/plans.csv", "код|имя\n1|План\n".encode("cp1251"))
        package.writestr("data/unnamed.csv", "not,named\n")
    with zipfile.ZipFile(HERE / "files.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("__MACOSX/._plans.csv", b"\0\5\x16\7")
        package.writestr("folder/", b"")
        package.writestr("folder/plans.csv", "id;name\n1;a\n")
        package.writestr("tasks.json", '[{"id":1}]')
        package.writestr("read me.pdf", b"%PDF")


texts()
pandas_files()
titles()
types()
formulas()
packages()
libreoffice()
