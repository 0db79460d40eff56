// The board of the demonstration: nothing but the public API, as an anonymous caller or one who signed in.
//
// The access token lives in this closure only, so closing or reloading the page signs out. What the API does not
// answer to the reader is not shown, and nothing says that it is there.
"use strict";

(() => {
  const form = document.getElementById("sign-in");
  const reader = document.getElementById("reader");
  const message = document.getElementById("message");
  const board = document.getElementById("board");
  const { password, countries } = form.dataset;
  let token = null;
  let turn = 0;

  // --- The API ------------------------------------------------------------------------------------------

  const problemOf = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    return problem.detail || problem.title || `The service answered ${answer.status}.`;
  };

  // What the reader gets at an address; null where nothing is there for it.
  const read = async (path) => {
    const headers = { accept: "application/json", "accept-language": "en" };
    if (token) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(`api/v1/${path}`, { headers, credentials: "omit" });
    if (answer.status === 403 || answer.status === 404) return null;
    if (!answer.ok) throw new Error(await problemOf(answer));
    return answer.json();
  };

  const list = async (path) => (await read(path))?.items ?? [];

  const signIn = async (email) => {
    token = null;
    if (!email) return;
    const answer = await fetch("api/v1/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "omit",
      body: JSON.stringify({ email, password }),
    });
    if (!answer.ok) throw new Error(await problemOf(answer));
    token = (await answer.json()).access_token;
  };

  // --- Words --------------------------------------------------------------------------------------------

  const labels = new Map();
  const label = (vocabulary, code) => labels.get(`${vocabulary}/${code}`) ?? code.replaceAll("_", " ");

  const formats = {
    day: { day: "numeric", month: "short", year: "numeric" },
    month: { month: "short", year: "numeric" },
    year: { year: "numeric" },
  };
  const date = (day, precision) => {
    const format = formats[precision] ?? formats.day;
    return new Intl.DateTimeFormat("en-GB", { ...format, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
  };
  const period = (from, until) => {
    if (from && until) return from === until ? from : `${from} to ${until}`;
    if (from) return `from ${from}`;
    return until ? `until ${until}` : "";
  };
  const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  // --- Elements -----------------------------------------------------------------------------------------

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };

  const part = (title, kind, ...content) =>
    make("section", { class: `part ${kind}` }, make("h3", {}, title), ...content);

  const stepOf = (step) => {
    const on = period(
      step.from_on && date(step.from_on, step.from_precision),
      step.until_on && date(step.until_on, step.until_precision),
    );
    return make(
      "li",
      { class: step.status },
      make("strong", {}, label("cycle_stage", step.step)),
      make("span", {}, label("step_status", step.status)),
      on && make("span", {}, on),
    );
  };

  const cycleOf = (cycle, steps) =>
    part(cycle.title, "wide", make("ol", { class: steps.length > 6 ? "line long" : "line" }, ...steps.map(stepOf)));

  const barOf = (name, percent, kind) => {
    const bar = make("progress", { max: 100, value: percent, "aria-label": name });
    return make("li", { class: kind }, make("span", {}, name), bar, make("b", {}, `${percent} %`));
  };

  const countsOf = ({ actions, tasks }) => {
    const told = [`${counted(actions.total, "action", "actions")}: ${actions.done} done, ${actions.in_progress} in progress`];
    if (actions.late > 0) told.push(`${actions.late} past the end of their period`);
    if (tasks.total > 0) told.push(`${counted(tasks.total, "task", "tasks")}: ${tasks.done} done, ${tasks.blocked} blocked`);
    if (tasks.late > 0) told.push(`${tasks.late} after the day they were due`);
    return `${told.join("; ")}.`;
  };

  const planOf = ({ plan, progress }) => {
    const { whole, pillars } = progress;
    const on = period(plan.starts_on && date(plan.starts_on), plan.ends_on && date(plan.ends_on));
    const state = [label("plan_status", plan.status), `edition ${plan.edition}`, on].filter(Boolean).join(" · ");
    const shown = pillars.map(({ pillar, computed, override_percent: told }) => [pillar.name, told ?? computed.percent]);
    const bars = [["Whole plan", whole.percent, "whole"], ...shown].filter(([, percent]) => percent !== null);
    return make(
      "article",
      { class: "plan" },
      make("h4", {}, plan.title),
      make("p", { class: "quiet" }, state),
      bars.length > 0 ? make("ul", { class: "bars" }, ...bars.map(([name, percent, kind]) => barOf(name, percent, kind ?? ""))) : null,
      make("p", { class: "quiet" }, countsOf(whole)),
    );
  };

  const scale = [1, 2, 3, 4, 5];

  const matrixOf = (risks) => {
    const cell = (impact, likelihood) => {
      const here = risks.flatMap((risk, at) => (risk.impact === impact && risk.likelihood === likelihood ? [at + 1] : []));
      return make("td", here.length > 0 ? { class: "has" } : {}, here.join(", "));
    };
    const row = (impact) =>
      make("tr", {}, make("th", { scope: "row" }, String(impact)), ...scale.map((likelihood) => cell(impact, likelihood)));
    const head = make("tr", {}, make("td", { class: "axis" }), ...scale.map((one) => make("th", { scope: "col" }, String(one))));
    const caption = "Numbers of risks: impact upwards, likelihood to the right, 1 least to 5 most";
    return make(
      "table",
      { class: "matrix" },
      make("caption", {}, caption),
      make("tbody", {}, ...scale.toReversed().map(row)),
      make("tfoot", {}, head),
    );
  };

  const riskOf = (risk) => {
    const told = [label("hazard_origin", risk.hazard_origin), `likelihood ${risk.likelihood}`, `impact ${risk.impact}`];
    if (risk.responsible_agency) told.push(risk.responsible_agency.name);
    return make("li", {}, risk.title, make("span", { class: "quiet" }, told.join(" · ")));
  };

  const risksOf = (risks) => {
    const content = make("div", { class: "risks" }, matrixOf(risks), make("ol", { class: "numbered" }, ...risks.map(riskOf)));
    return part("Risks", "wide", content);
  };

  const milestoneOf = (milestone) => {
    const told = [milestone.agency?.name, label("step_status", milestone.status)].filter(Boolean).join(" · ");
    const day = milestone.due_on;
    return make(
      "li",
      {},
      day ? make("time", { datetime: day }, date(day)) : make("span", { class: "quiet" }, "no day"),
      make("div", {}, milestone.title, make("p", { class: "quiet" }, told)),
    );
  };

  const milestonesOf = (milestones) =>
    part("Next milestones", "", make("ol", { class: "dates" }, ...milestones.map(milestoneOf)));

  // --- A country ----------------------------------------------------------------------------------------

  const progressOf = async (plan) => {
    const progress = await read(`plans/${plan.id}/progress`);
    return progress && progress.whole.actions.total > 0 ? { plan, progress } : null;
  };

  const countryOf = async (code) => {
    const [country, cycles, steps, plans, risks, milestones, due] = await Promise.all([
      read(`countries/${code}`),
      list(`cycles?owner=${code}&sort=-number&limit=200`),
      list(`cycle-steps?owner=${code}&sort=step&limit=200`),
      list(`plans?owner=${code}&limit=200`),
      list(`risks?owner=${code}&sort=-score&limit=200`),
      list(`milestones?owner=${code}&status=planned&status=running&sort=due_on&limit=5`),
      read(`countries/${code}/due?days=365`),
    ]);
    const running = (await Promise.all(plans.map(progressOf))).filter((one) => one !== null);
    const parts = cycles
      .map((cycle) => [cycle, steps.filter((step) => step.cycle?.id === cycle.id)])
      .filter(([, own]) => own.length > 0)
      .map(([cycle, own]) => cycleOf(cycle, own));
    if (running.length > 0) {
      const kind = milestones.length > 0 ? "" : "wide";
      parts.push(part("Progress", kind, ...running.map(planOf)));
    }
    if (milestones.length > 0) parts.push(milestonesOf(milestones));
    if (risks.length > 0) parts.push(risksOf(risks));
    const next = due && dueOf(due);
    if (next) parts.push(next);
    if (!country || parts.length === 0) return null;
    const heading = `country-${code}`;
    return make(
      "section",
      { class: "country", "aria-labelledby": heading },
      make("h2", { id: heading }, country.name),
      make("div", { class: "parts" }, ...parts),
    );
  };

  // --- Treaties -----------------------------------------------------------------------------------------

  const standings = {
    party: "party",
    contracting: "consented, not in force",
    signatory: "signed",
    not_party: "no part",
    unknown: "not known",
  };

  const standingOf = (cell) => {
    const since = cell.standing === "party" && cell.in_force_on ? ` since ${date(cell.in_force_on, cell.in_force_precision)}` : "";
    const told = [cell.participation && !cell.is_verified ? "unverified" : "", cell.is_contested ? "contested" : ""].filter(Boolean);
    return make(
      "td",
      { class: cell.standing, title: cell.source ?? "no record" },
      `${standings[cell.standing] ?? cell.standing}${since}`,
      told.length > 0 ? make("span", { class: "quiet" }, told.join(", ")) : "",
    );
  };

  const treatiesOf = ({ valid_on: day, frameworks, rows }) => {
    if (rows.length === 0 || frameworks.length === 0) return null;
    const head = rows.map(({ country }) => make("th", { scope: "col" }, country.name));
    const line = (framework, at) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", title: framework.name }, framework.code),
        ...rows.map(({ cells }) => standingOf(cells[at])),
      );
    const caption = `How the countries stand on ${date(day)}, by depositaries and public sources; each cell names its source`;
    const table = make(
      "table",
      { class: "treaties" },
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, make("td", {}), ...head)),
      make("tbody", {}, ...frameworks.map(line)),
    );
    const heading = "treaties";
    return make(
      "section",
      { class: "country", "aria-labelledby": heading },
      make("h2", { id: heading }, "Participation in Central Asia"),
      make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-labelledby": heading }, table),
    );
  };

  // --- Deadlines ----------------------------------------------------------------------------------------

  const dueOf = ({ agencies, until_on: until, past }) => {
    const held = ({ agency, coming }) => coming.map((one) => ({ ...one, agency }));
    const all = agencies.flatMap(held).sort((a, b) => a.due_on.localeCompare(b.due_on)).slice(0, 8);
    if (all.length + past === 0) return null;
    const before = past > 0 ? `; ${past} before today without a submission on record` : "";
    const line = ({ obligation, framework, due_on: day, status, agency }) =>
      make(
        "tr",
        {},
        make("td", {}, make("time", { datetime: day }, date(day))),
        make("th", { scope: "row", title: obligation?.code ?? "" }, obligation?.name ?? obligation?.code ?? ""),
        make("td", {}, framework?.code ?? ""),
        make("td", {}, agency?.code ?? "no agency named"),
        make("td", {}, labels.get(`deadline_status/${status}`) ?? status.replaceAll("_", " ")),
      );
    const head = ["Due", "What", "Under", "Agency", "State"].map((name) => make("th", { scope: "col" }, name));
    const table = make(
      "table",
      { class: "due" },
      make("caption", {}, `Due by ${date(until)}, worked out from participation and rules${before}`),
      make("thead", {}, make("tr", {}, ...head)),
      make("tbody", {}, ...all.map(line)),
    );
    const scrolls = { class: "scrolls", tabindex: "0", role: "region", "aria-label": "Next deadlines" };
    return part("Next deadlines", "wide", make("div", scrolls, table));
  };

  // --- The board ----------------------------------------------------------------------------------------

  const show = async () => {
    const mine = ++turn;
    const email = reader.value;
    board.setAttribute("aria-busy", "true");
    message.textContent = "Reading.";
    try {
      await signIn(email);
      if (labels.size === 0) {
        for (const term of (await read("vocabularies")) ?? []) labels.set(`${term.vocabulary}/${term.code}`, term.label_en);
      }
      const all = (await Promise.all(countries.split(" ").map(countryOf))).filter((one) => one !== null);
      const matrix = await read("participation-matrix?region=CA");
      if (mine !== turn) return;
      board.replaceChildren(...all, ...[matrix && treatiesOf(matrix)].filter(Boolean));
      message.textContent = `Shown as ${email || "nobody"} reads it: ${counted(all.length, "country", "countries")}.`;
    } catch (error) {
      if (mine !== turn) return;
      board.replaceChildren();
      message.textContent = error.message;
    }
    board.setAttribute("aria-busy", "false");
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  show();
})();
