// The dashboard of the demonstration: figures of the public API, as an anonymous caller or one who signed in.
//
// The access token lives in this closure only. Names of codes, countries, treaties and areas are the API's, in the chosen
// language; the words below are this page's own. What is not recorded is drawn as that, never as zero.
"use strict";

(() => {
  const [form, language, reader, region, country, message, figures] =
    ["choice", "language", "reader", "region", "country", "message", "figures"].map((id) => document.getElementById(id));
  let token = null;
  let signedIn = "";
  let turn = 0;

  // --- Words: English, Russian, Kyrgyz, French ----------------------------------------------------------

  const tongues = ["en", "ru", "ky", "fr"];
  const words = {
    board: ["Board", "Доска", "Такта", "Tableau"],
    title: ["Dashboard of the demonstration", "Показатели демонстрации", "Демонстрациянын көрсөткүчтөрү", "Tableau de bord de la démonstration"],
    lead: [
      "Figures of what the chosen reader may see, from the public API alone. They tell what is recorded and judge nothing.",
      "Показатели того, что может видеть выбранный читатель, только из публичного API. Они сообщают, что записано, и ничего не оценивают.",
      "Тандалган окурман көрө алган маалыматтын көрсөткүчтөрү, ачык API аркылуу гана. Алар жазылганды билдирет, эч нерсеге баа бербейт.",
      "Chiffres de ce que le lecteur choisi peut voir, tirés de la seule API publique. Ils disent ce qui est enregistré et ne jugent rien.",
    ],
    language: ["Language", "Язык", "Тил", "Langue"],
    reader: ["Read as", "Читать как", "Ким катары окуу", "Lire en tant que"],
    nobody: ["nobody: what is public", "никто: только открытое", "эч ким: ачык маалымат гана", "personne : ce qui est public"],
    region: ["Region", "Регион", "Аймак", "Région"],
    country: ["Country", "Страна", "Өлкө", "Pays"],
    all: ["all countries of the region", "все страны региона", "аймактын бардык өлкөлөрү", "tous les pays de la région"],
    outside: ["in no region", "вне регионов", "аймактан тышкары", "hors région"],
    reading: ["Reading.", "Загружается.", "Окулууда.", "Lecture en cours."],
    shown: ["Figures shown: {n}.", "Показано диаграмм: {n}.", "Көрсөтүлгөн диаграммалар: {n}.", "Figures affichées : {n}."],
    covered: ["{n} of {m} countries; as of {at}", "{n} из {m} стран; по состоянию на {at}", "{m} өлкөдөн {n}; {at} карата абал", "{n} pays sur {m} ; état au {at}"],
    asOf: ["as of {at}", "по состоянию на {at}", "{at} карата абал", "état au {at}"],
    asTable: ["The same figures as a table", "Те же данные в таблице", "Ошол эле маалымат таблица түрүндө", "Les mêmes chiffres en tableau"],
    none: ["not recorded", "нет записи", "жазылган эмес", "non enregistré"],
    matrix: ["Participation in treaties", "Участие в договорах", "Келишимдерге катышуу", "Participation aux traités"],
    matrixOf: [
      "{n} treaties downwards, {m} countries across", "договоров по вертикали: {n}, стран по горизонтали: {m}",
      "тигинен {n} келишим, туурасынан {m} өлкө", "{n} traités en lignes, {m} pays en colonnes",
    ],
    heat: ["Gaps by capability area and region", "Пробелы по областям потенциала и регионам", "Мүмкүнчүлүк тармактары жана аймактар боюнча боштуктар", "Lacunes par domaine de capacité et région"],
    heatOf: [
      "{n} areas downwards, {m} regions across; each cell has the number of gaps", "областей по вертикали: {n}, регионов по горизонтали: {m}; в клетке число пробелов",
      "тигинен {n} тармак, туурасынан {m} аймак; чарчыда боштуктардын саны", "{n} domaines en lignes, {m} régions en colonnes ; chaque case donne le nombre de lacunes",
    ],
    gaps: ["Gaps: {n}", "Пробелы: {n}", "Боштуктар: {n}", "Lacunes : {n}"],
    tasks: ["Tasks by state at the end of each month", "Задачи по состояниям на конец месяца", "Ар бир айдын аягындагы тапшырмалар, абалы боюнча", "Tâches par état à la fin de chaque mois"],
    actions: ["Actions by state at the end of each month", "Меры по состояниям на конец месяца", "Ар бир айдын аягындагы иш-чаралар, абалы боюнча", "Actions par état à la fin de chaque mois"],
    seriesOf: ["{n} months; a bar has its number of each state", "месяцев: {n}; столбец показывает число в каждом состоянии", "{n} ай; тилке ар бир абалдагы санды көрсөтөт", "{n} mois ; chaque barre donne le nombre par état"],
    progress: ["Progress of plans", "Выполнение планов", "Пландардын аткарылышы", "Avancement des plans"],
    progressOf: ["{n} plans, each with the percentage that its country reports", "планов: {n}, у каждого процент, который сообщает страна", "{n} план, ар биринде өлкө билдирген пайыз", "{n} plans, chacun avec le pourcentage que son pays indique"],
    due: ["Deadlines by month", "Сроки по месяцам", "Айлар боюнча мөөнөттөр", "Échéances par mois"],
    dueOf: ["{n} months from now on; a bar has the number of deadlines", "месяцев, начиная с текущего: {n}; столбец показывает число сроков", "ушул айдан тартып {n} ай; тилке мөөнөттөрдүн санын көрсөтөт", "{n} mois à partir de maintenant ; chaque barre donne le nombre d’échéances"],
    treaty: ["Treaty", "Договор", "Келишим", "Traité"],
    area: ["Area", "Область", "Тармак", "Domaine"],
    month: ["Month", "Месяц", "Ай", "Mois"],
    plan: ["Plan", "План", "План", "Plan"],
    percent: ["Percent", "Процент", "Пайыз", "Pourcentage"],
    number: ["Number", "Число", "Саны", "Nombre"],
    party: ["party", "участник", "катышуучу", "partie"],
    contracting: ["consented, not in force", "согласие дано, не в силе", "макулдук берилген, күчүнө кире элек", "consentement donné, pas en vigueur"],
    signatory: ["signed", "подписал", "кол койгон", "signataire"],
    not_party: ["not a party", "не участник", "катышпайт", "non partie"],
    foot: [
      "Demoland and Samplia are invented. What is not recorded is not known here; it says nothing about a country.",
      "Демоландия и Семплия вымышлены. Чего нет в записях, то здесь неизвестно; о стране это ничего не говорит.",
      "Demoland менен Samplia ойдон чыгарылган. Жазылбаган нерсе бул жерде белгисиз; ал өлкө жөнүндө эч нерсе айтпайт.",
      "La Démolande et la Samplie sont inventées. Ce qui n’est pas enregistré n’est pas connu ici ; cela ne dit rien d’un pays.",
    ],
  };
  const word = (name, values = {}) =>
    words[name][tongues.indexOf(language.value)].replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // Browsers know no Kyrgyz dates; numbers are written as in Russian.
  const months = ["янв.", "фев.", "мар.", "апр.", "май", "июн.", "июл.", "авг.", "сен.", "окт.", "ноя.", "дек."];
  const number = (value) => new Intl.NumberFormat(language.value === "ky" ? "ru" : language.value).format(value);
  const percent = (value) => (language.value === "en" ? `${number(value)}%` : `${number(value)}\u00a0%`);
  const dated = (iso, format) => {
    const day = new Date(iso);
    if (language.value === "ky") {
      const on = "day" in format ? `${day.getUTCDate()}-` : "";
      return `${day.getUTCFullYear()}-ж. ${on}${months[day.getUTCMonth()]}`;
    }
    return new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, { ...format, timeZone: "UTC" }).format(day);
  };
  const date = (iso) => dated(iso.slice(0, 10), { day: "numeric", month: "short", year: "numeric" });
  const month = (key) => dated(`${key}-01`, { month: "short", year: "numeric" });

  // --- The API ------------------------------------------------------------------------------------------

  const problemOf = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    return problem.detail || problem.title || `${answer.status}`;
  };

  // What the reader gets at an address; null where nothing is there for it.
  const read = async (path, query = {}) => {
    const asked = Object.entries({ ...query, lang: language.value }).filter(([, value]) => value);
    const headers = { accept: "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(`../api/v1/${path}?${new URLSearchParams(asked)}`, { headers, credentials: "omit" });
    if (answer.status === 403 || answer.status === 404) return null;
    if (!answer.ok) throw new Error(await problemOf(answer));
    return answer.json();
  };

  const list = async (path, query) => (await read(path, { ...query, limit: 200 }))?.items ?? [];

  const signIn = async (email) => {
    if (email === signedIn) return;
    token = null;
    signedIn = "";
    if (!email) return;
    const answer = await fetch("../api/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "omit",
      body: JSON.stringify({ email, password: form.dataset.password }),
    });
    if (!answer.ok) throw new Error(await problemOf(answer));
    token = (await answer.json()).access_token;
    signedIn = email;
  };

  // --- Elements -----------------------------------------------------------------------------------------

  const fill = (element, attributes, children) => {
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...children.flat().filter((child) => child !== null && child !== ""));
    return element;
  };
  const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const draw = (name, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

  const pen = document.createElement("canvas").getContext("2d");
  const widthOf = (text) => {
    pen.font = '12px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';
    return pen.measureText(text).width * 1.04;
  };

  // A text in lines that are no wider; what does not fit into so many ends with an ellipsis.
  const wrapped = (text, width, most) => {
    const lines = [""];
    for (const part of text.split(/\s+/)) {
      const longer = `${lines.at(-1)} ${part}`.trim();
      if (lines.at(-1) === "" || widthOf(longer) <= width) lines[lines.length - 1] = longer;
      else lines.push(part);
    }
    const cut = (line, end) => {
      let kept = line;
      while (kept && widthOf(kept + end) > width) kept = kept.slice(0, -1);
      return kept === line && end === "" ? line : `${kept.trimEnd()}…`;
    };
    const fits = (line) => (widthOf(line) <= width ? line : cut(line, "…"));
    const told = lines.slice(0, most).map(fits);
    if (lines.length > most && !told.at(-1).endsWith("…")) told[most - 1] = cut(told[most - 1], "…");
    return told;
  };
  const textIn = (lines, attributes) =>
    draw("text", attributes, lines.map((line, at) => draw("tspan", { x: attributes.x, dy: at === 0 ? 0 : 14 }, line)));

  let holes = 0;
  const hatched = () => {
    const id = `hole-${++holes}`;
    const line = draw("path", { d: "M0 6 L6 0", class: "hole" });
    const pattern = draw("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, line);
    return { defs: draw("defs", {}, pattern), fill: `url(#${id})` };
  };
  const box = (x, y, width, height, style) => draw("rect", { x, y, width: Math.max(width, 0), height: Math.max(height, 0), ...style });

  // A legend: an entry for each style that stands in the picture; null is that of holes, and words alone have none.
  const legend = (entries) => {
    const sample = (style) => {
      if (style === undefined) return null;
      const hole = style === null ? hatched() : null;
      const rect = box(.5, .5, 15, 15, hole ? { fill: hole.fill } : { class: style });
      return draw("svg", { width: 16, height: 16, "aria-hidden": "true" }, hole ? hole.defs : null, rect, box(.5, .5, 15, 15, { class: "edge" }));
    };
    return make("ul", { class: "legend" }, entries.map(([style, text]) => make("li", {}, sample(style), text)));
  };

  const tableOf = ({ head, rows }, title) => {
    const cell = (value, at) => {
      if (at === 0) return make("th", { scope: "row" }, value);
      const told = typeof value === "number" ? number(value) : value ?? word("none");
      return make("td", { class: /^\d/.test(told) ? "number" : "" }, told);
    };
    return make(
      "table",
      {},
      make("caption", {}, title),
      make("thead", {}, make("tr", {}, head.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, rows.map((row) => make("tr", {}, row.map(cell)))),
    );
  };

  // Invented countries are in no region, so none is counted where they stand alone.
  const coverageOf = ({ coverage: { n, m }, as_of: at }) =>
    word(m === 0 ? "asOf" : "covered", { n: number(n), m: number(m), at: date(at) });

  // A figure: its picture is drawn anew where the page gets another width.
  const drawn = new Map();
  const watcher = new ResizeObserver((all) => all.forEach(({ target }) => drawn.get(target)?.()));
  const figure = (id, { title, desc, picture, entries, table, meta, kind }) => {
    const place = make("div", {});
    const svg = () => {
      const width = Math.floor(place.clientWidth);
      if (width === 0 || place.firstChild?.getAttribute("width") === `${width}`) return;
      const hole = hatched();
      const { height, content } = picture(width, { fill: hole.fill });
      const [name, told] = [`${id}-title`, `${id}-desc`];
      place.replaceChildren(draw(
        "svg",
        { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": name, "aria-describedby": told },
        draw("title", { id: name }, title), draw("desc", { id: told }, desc), hole.defs, content,
      ));
    };
    drawn.set(place, svg);
    watcher.observe(place);
    const scrolls = make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": title }, tableOf(table, `${title}: ${desc}`));
    return make(
      "figure",
      { class: `part ${kind}`, "aria-labelledby": `${id}-heading` },
      make("h2", { id: `${id}-heading` }, title), place, entries.length > 0 ? legend(entries) : null,
      make("figcaption", {}, coverageOf(meta)),
      make("details", {}, make("summary", {}, word("asTable")), scrolls),
    );
  };

  // --- Grids: treaties by countries, areas by regions ---------------------------------------------------

  // Rows and columns have `short` and `name`; a cell `{style, text}`, or null where nothing is recorded.
  const grid = (rows, columns, cellOf, most) => (width, hole) => {
    const across = Math.min(Math.floor((width * .64) / columns.length), 64);
    const left = Math.min(width - across * columns.length, 330);
    // Names of columns stand upright where they are wider than these.
    const widest = Math.max(...columns.map(({ short }) => widthOf(short)));
    const isUpright = widest > across - 2;
    const top = isUpright ? widest + 6 : 18;
    const content = columns.map(({ name, short }, at) => {
      const middle = left + across * (at + .5);
      const placed = isUpright
        ? { transform: `translate(${middle + 4} ${top - 4}) rotate(-90)` }
        : { x: middle, y: 12, "text-anchor": "middle" };
      return draw("text", { ...placed, class: "soft" }, draw("title", {}, name), short);
    });
    let y = top;
    rows.forEach((row, line) => {
      const lines = wrapped(row.name, left - 8, most);
      const tall = Math.max(lines.length * 14 + 6, 22);
      content.push(textIn(lines, { x: 0, y: y + (tall - (lines.length - 1) * 14) / 2 + 4 }));
      columns.forEach((column, at) => {
        const cell = cellOf(line, at);
        const x = left + across * at;
        content.push(box(x + 1, y + 1, across - 2, tall - 2, cell ? { class: `c${cell.style}` } : hole));
        if (cell) content.push(draw("text", { x: x + across / 2, y: y + tall / 2 + 4, "text-anchor": "middle", class: `on${cell.style}` }, cell.text));
      });
      y += tall;
    });
    return { height: y, content };
  };

  const standings = { party: [0, "●"], contracting: [1, "◐"], signatory: [2, "○"], not_party: [6, "–"] };

  const matrixOf = async (of) => {
    const matrix = await read("participation-matrix", { region: of });
    if (!matrix || matrix.rows.length === 0) return null;
    const { frameworks, rows: countries } = matrix;
    const told = frameworks.map(({ code, name }) => ({ name: code, whole: `${code}: ${name}` }));
    const standing = (line, at) => countries[at].cells[line].standing;
    const cell = (line, at) => {
      const found = standings[standing(line, at)];
      return found ? { style: found[0], text: found[1] } : null;
    };
    const label = (line, at) => (standings[standing(line, at)] ? word(standing(line, at)) : null);
    const n = countries.filter(({ cells }) => cells.some((one) => one.participation)).length;
    return figure("matrix", {
      title: word("matrix"),
      desc: word("matrixOf", { n: number(frameworks.length), m: number(countries.length) }),
      picture: grid(told, countries.map((row) => ({ short: row.country.code, name: row.country.name })), cell, 1),
      entries: [...Object.entries(standings).map(([name, [style, mark]]) => [`c${style}`, `${mark} ${word(name)}`]), [null, word("none")]],
      table: {
        head: [word("treaty"), ...countries.map((row) => row.country.name)],
        rows: told.map(({ whole }, line) => [whole, ...countries.map((_, at) => label(line, at))]),
      },
      meta: { coverage: { n, m: countries.length }, as_of: matrix.valid_on },
      kind: "tall",
    });
  };

  const heatOf = async (regions) => {
    const [areas, counted] = await Promise.all([
      list("capability-areas"),
      read("analytics/gaps", { group_by: "area,region", measure: "count" }),
    ]);
    if (!counted) return null;
    const counts = new Map(counted.rows.map((row) => [`${row.area}/${row.region ?? ""}`, row.count]));
    const of_no_region = counted.rows.some((row) => row.region === null) ? [{ code: "", name: word("outside") }] : [];
    const across = [...regions, ...of_no_region].map(({ code, name }) => ({ code, short: code || "…", name }));
    const down = areas.filter(({ code, part }) => part === null || counted.rows.some((row) => row.area === code))
      .map(({ code, title }) => ({ code, name: title }));
    const count = (line, at) => counts.get(`${down[line].code}/${across[at].code}`) ?? null;
    const most = Math.max(1, ...counts.values());
    const cell = (line, at) => {
      const here = count(line, at);
      return here === null ? null : { style: here === most ? 0 : here * 2 > most ? 1 : 2, text: number(here) };
    };
    const steps = [[2, 1], [1, Math.floor(most / 2) + 1], [0, most]].filter(([style, least], at, all) => style === 0 || least < all[at + 1][1]);
    return figure("heat", {
      title: word("heat"),
      desc: word("heatOf", { n: number(down.length), m: number(across.length) }),
      picture: grid(down, across, cell, 3),
      entries: [
        ...(counted.rows.length > 0 ? steps.map(([style, least], at) => [`c${style}`, word("gaps", { n: at === steps.length - 1 ? number(least) : `${number(least)}+` })]) : []),
        [null, word("none")],
        ...across.filter(({ code }) => code === "").map(({ short, name }) => [undefined, `${short} ${name}`]),
      ],
      table: {
        head: [word("area"), ...across.map(({ name }) => name)],
        rows: down.map(({ name }, line) => [name, ...across.map((_, at) => count(line, at))]),
      },
      meta: counted.meta,
      kind: "wide",
    });
  };

  // --- Bars by month ------------------------------------------------------------------------------------

  const monthsFrom = (iso, first, count) => {
    const day = new Date(iso);
    const at = (shift) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + first + shift, 1)).toISOString().slice(0, 7);
    return Array.from({ length: count }, (_, shift) => at(shift));
  };

  // `parts(key)` are the counts of a month from the ground up, as `[style, count]`; null where nothing is recorded.
  const bars = (keys, parts) => (width, hole) => {
    const [left, top, tall] = [34, 16, 180];
    const totals = keys.map((key) => (parts(key) ?? []).reduce((sum, [, count]) => sum + count, 0));
    const raw = Math.max(4, ...totals) / 4;
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((one) => one * size).find((one) => one >= raw && Number.isInteger(one)) ?? Math.ceil(raw);
    const high = (count) => (count / (step * 4)) * tall;
    const across = (width - left) / keys.length;
    const content = [0, 1, 2, 3, 4].flatMap((tick) => {
      const y = top + tall - high(tick * step);
      return [
        draw("line", { x1: left, x2: width, y1: y, y2: y, class: "axis" }),
        draw("text", { x: left - 6, y: y + 4, "text-anchor": "end", class: "soft" }, number(tick * step)),
      ];
    });
    // Names of months stand below where they do not touch: each so many'th.
    const widest = Math.max(...keys.map((key) => widthOf(month(key))));
    const every = Math.ceil((widest + 10 + Math.max(0, (widest - across) / 2)) / across);
    keys.forEach((key, at) => {
      const [x, wide] = [left + across * at + across * .12, across * .76];
      const here = parts(key);
      let y = top + tall;
      if (here === null) content.push(box(x, top, wide, tall, hole));
      for (const [style, count] of here ?? []) {
        y -= high(count);
        content.push(box(x, y, wide, high(count), { class: `c${style}` }));
      }
      if (here !== null && widthOf(number(totals[at])) <= across) {
        content.push(draw("text", { x: x + wide / 2, y: y - 4, "text-anchor": "middle" }, number(totals[at])));
      }
      if ((keys.length - 1 - at) % every !== 0) return;
      const [half, middle] = [widthOf(month(key)) / 2, x + wide / 2];
      content.push(draw("text", { x: Math.min(Math.max(middle, half), width - half), y: top + tall + 18, "text-anchor": "middle", class: "soft" }, month(key)));
    });
    return { height: top + tall + 26, content };
  };

  const seriesOf = async (of, query) => {
    const told = await read(`analytics/${of}/series`, { bucket: "month", group_by: "status", ...query });
    if (!told) return null;
    const keys = monthsFrom(told.meta.as_of, -11, 12);
    const states = [...new Map(told.rows.map((row) => [row.status, row.status_label])).entries()];
    const count = (key, status) => told.rows.find((row) => row.bucket === key && row.status === status)?.count ?? null;
    const isKnown = (key) => told.rows.some((row) => row.bucket === key);
    const parts = (key) => (isKnown(key) ? states.map(([status], at) => [at % 7, count(key, status) ?? 0]) : null);
    return figure(of, {
      title: word(of),
      desc: word("seriesOf", { n: number(keys.length) }),
      picture: bars(keys, parts),
      entries: [...states.map(([, label], at) => [`c${at % 7}`, label]), [null, word("none")]],
      table: {
        head: [word("month"), ...states.map(([, label]) => label)],
        rows: keys.map((key) => [month(key), ...states.map(([status]) => (isKnown(key) ? count(key, status) ?? 0 : null))]),
      },
      meta: told.meta,
      kind: "",
    });
  };

  const dueOf = async (query) => {
    const today = new Date().toISOString();
    const keys = monthsFrom(today, 0, 24);
    const told = await read("analytics/deadlines", { group_by: "due_on:month", measure: "count", due_from: `${keys[0]}-01`, ...query });
    if (!told) return null;
    const count = (key) => told.rows.find((row) => row.due_on === key)?.count ?? null;
    return figure("due", {
      title: word("due"),
      desc: word("dueOf", { n: number(keys.length) }),
      picture: bars(keys, (key) => (count(key) === null ? null : [[1, count(key)]])),
      entries: [["c1", word("number")], [null, word("none")]],
      table: { head: [word("month"), word("number")], rows: keys.map((key) => [month(key), count(key)]) },
      meta: told.meta,
      kind: "",
    });
  };

  // --- Plans --------------------------------------------------------------------------------------------

  const progressOf = async (query) => {
    const [plans, told] = await Promise.all([list("plans", query), read("analytics/plans", { measure: "count", ...query })]);
    if (!told) return null;
    const all = await Promise.all(plans.map(async ({ id, title, owner }) => {
      const progress = await read(`plans/${id}/progress`);
      return { name: `${owner}: ${title}`, percent: progress?.whole.percent ?? null };
    }));
    const picture = (width, hole) => {
      let y = 0;
      const content = all.flatMap(({ name, percent: here }) => {
        const lines = wrapped(name, width, 3);
        const from = y + lines.length * 14 + 4;
        const wide = width - 48;
        const label = textIn(lines, { x: 0, y: y + 11 });
        y = from + 26;
        if (here === null) return [label, box(0, from, wide, 14, hole)];
        const end = draw("text", { x: width, y: from + 11, "text-anchor": "end" }, percent(here));
        return [label, box(0, from, wide, 14, { class: "track" }), box(0, from, (wide * here) / 100, 14, { class: "c0" }), end];
      });
      return { height: Math.max(y, 1), content };
    };
    return figure("progress", {
      title: word("progress"),
      desc: word("progressOf", { n: number(all.length) }),
      picture,
      entries: [["c0", word("percent")], [null, word("none")]],
      table: { head: [word("plan"), word("percent")], rows: all.map(({ name, percent: here }) => [name, here === null ? null : percent(here)]) },
      meta: told.meta,
      kind: "",
    });
  };

  // --- The page -----------------------------------------------------------------------------------------

  const translate = () => {
    document.documentElement.lang = language.value;
    document.title = `${word("title")} · Concord`;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  };

  const offer = (select, entries) => {
    const chosen = select.value;
    select.replaceChildren(...entries.map(([value, text]) => make("option", { value }, text)));
    if (entries.some(([value]) => value === chosen)) select.value = chosen;
  };

  // Regions and countries by their names in the chosen language; the invented countries belong to no region.
  const offerPlaces = async () => {
    const regions = await list("regions");
    const first = region.options.length === 0;
    offer(region, regions.map(({ code, name }) => [code, name]));
    if (first) region.value = "CA";
    const [members, invented] = await Promise.all([list("countries", { region: region.value }), list("countries", { is_demo: true })]);
    const named = [...members, ...invented].map(({ code, name }) => [code, name]);
    offer(country, [["", word("all")], ...named]);
    // The first look is at what the invented country has released.
    if (first) country.value = "XAA";
    return regions;
  };

  const show = async () => {
    const mine = ++turn;
    figures.setAttribute("aria-busy", "true");
    translate();
    message.textContent = word("reading");
    let made = [];
    let said = "";
    try {
      await signIn(reader.value);
      const regions = await offerPlaces();
      const query = country.value ? { country: country.value } : { region: region.value };
      const all = [matrixOf(region.value), progressOf(query), seriesOf("tasks", query), seriesOf("actions", query), dueOf(query), heatOf(regions)];
      made = (await Promise.all(all)).filter((one) => one !== null);
      said = word("shown", { n: number(made.length) });
    } catch (error) {
      signedIn = null; // a token lasts a quarter of an hour: the next look signs in anew
      said = error.message;
    }
    if (mine !== turn) return;
    watcher.disconnect();
    for (const place of [...drawn.keys()]) {
      if (made.some((one) => one.contains(place))) watcher.observe(place);
      else drawn.delete(place);
    }
    figures.replaceChildren(...made);
    message.textContent = said;
    figures.setAttribute("aria-busy", "false");
  };

  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
  language.value = tongues.includes(asked) ? asked : "en";
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", show);
  show();
})();
