"""Writes workbooks as ministries have them, by openpyxl."""

import datetime
import pathlib

import openpyxl

HERE = pathlib.Path(__file__).parent


def ministry():
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Титул"
    cover["A1"] = "Отчёт"
    sheet = book.create_sheet("План 2027")
    sheet["A1"] = "План мероприятий по ХБРЯ безопасности на 2027 год"
    sheet.merge_cells("A1:G1")
    sheet["A2"] = "утверждён приказом"
    sheet.append([])
    sheet.append(["№", "Наименование\nмероприятия", "Ответственный исполнитель", "Срок", "Состояние", "Соисполнители", "Резерв"])
    sheet.append([1, "Учение на границе", "МЧС", "31.12.2027", "выполнено", "Минздрав", "x"])
    sheet.append([2, "Обучение спасателей", None, "IV квартал 2027", "В работе", None, None])
    sheet.append([3, "Запас антидотов", "Минздрав", datetime.date(2027, 3, 31), "не начато", "МЧС; Минздрав", None])
    sheet["E7"] = "Не начата"
    sheet.merge_cells("C5:C6")
    sheet.append([])
    sheet.append(["Ведомство", "Руководитель"])
    sheet.append(["МЧС", "по списку"])
    book.save(HERE / "ministry.xlsx")


ministry()
