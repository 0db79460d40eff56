#!/usr/bin/env bash
# Writes a workbook by LibreOffice Calc (`soffice`), which types days, numbers and texts as it opens the table below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/План.csv" <<'TABLE'
Отчёт ведомства;;;;;
;;;;;
№;Наименование мероприятия;Ответственный исполнитель;Срок;Выполнение, %;Состояние
7;Учение на границе;МЧС;31.12.2027;25;В работе
8;"Запас антидотов;
первая очередь";Минздрав;01.03.2027;0;не начата
TABLE
# Separator `;`, quote `"`, UTF-8, from the first line, Russian, days and numbers recognised.
soffice --headless "-env:UserInstallation=file://$folder/profile" --convert-to xlsx:"Calc MS Excel 2007 XML" \
    --infilter="CSV:59,34,76,1,,1049,false,true" --outdir "$folder" "$folder/План.csv" > /dev/null
mv "$folder/План.xlsx" libreoffice.xlsx
