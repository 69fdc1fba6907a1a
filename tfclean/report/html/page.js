"use strict";
// The list again, from the data: all of it, a page at a time, filtered. Text is only ever set as text.
(() => {
  const PAGE = 100, PRINTED = 2000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const {words, states, marks, kinds, places, groups, texts, rows} = data;
  const [GROUP, WORD, KIND, NAME, ID, PLACE, DEPTH, MORE] = [0, 1, 2, 3, 4, 5, 6, 7];
  const get = (id) => document.getElementById(id);
  const list = get("list"), filter = get("filter"), shown = get("shown"), nav = get("pages");
  let found = rows, at = 0, waiting = 0;

  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const add = (parent, ...children) => { parent.append(...children); return parent; };
  const many = (count) => count.toLocaleString("en");

  // A text stands once for all rows that differ in name, id and address only.
  const told = (row, number) => texts[number].replace(/[\u0001-\u0003]/g, (mark) =>
    mark === "\u0001" ? row[NAME] : mark === "\u0002" ? row[ID] || row[NAME] : row[MORE].a[0]);

  const text = (row) => {
    const more = row[MORE] || {};
    const parts = [words[row[WORD]], kinds[row[KIND]], row[NAME], row[ID], places[row[PLACE]], ...(more.a || [])];
    for (const [reason, source] of more.r || []) parts.push(told(row, reason), told(row, source));
    for (const note of more.n || []) parts.push(told(row, note));
    for (const drift of more.d || []) parts.push(...drift);
    return parts.join("\n").toLowerCase();
  };
  const searched = new Map();
  const holds = (row, wanted) => {
    if (!searched.has(row)) searched.set(row, text(row));
    return wanted.every((part) => searched.get(row).includes(part));
  };

  const changes = (drifts) => {
    const head = make("tr"), body = make("tbody");
    for (const title of ["Attribute", "In the state", "Live"]) add(head, Object.assign(make("th", title), {scope: "col"}));
    for (const [attribute, ...values] of drifts) {
      const line = add(make("tr"), Object.assign(make("th", attribute, "data"), {scope: "row"}));
      if (values.length) add(line, make("td", values[0], "data before"), make("td", values[1], "data after"));
      else add(line, Object.assign(make("td", "changed; sensitive, values withheld"), {colSpan: 2}));
      add(body, line);
    }
    return add(make("table", "", "drift"), make("caption", "What changed", "unseen"), add(make("thead"), head), body);
  };

  const details = (row) => {
    const more = row[MORE], made = add(make("details"), make("summary", row[NAME]));
    made.open = groups[row[GROUP]][2] === 1;
    for (const address of more.a || []) add(made, make("p", address, "data"));
    if (more.d) add(made, changes(more.d));
    if (more.r || more.n) {
      const reasons = make("ul");
      for (const [reason, source] of more.r || []) {
        const item = make("li", told(row, reason));
        if (texts[source]) add(item, " ", make("span", told(row, source), "source"));
        add(reasons, item);
      }
      for (const note of more.n || []) add(reasons, make("li", told(row, note)));
      add(made, reasons);
    }
    return made;
  };

  const drawn = (row) => {
    const glyph = make("span", marks[row[WORD]], "glyph"), object = make("td");
    glyph.setAttribute("aria-hidden", "true");
    add(object, make("span", kinds[row[KIND]], "narrow kind"));
    if (row[DEPTH]) add(object, make("span", "follows from the above", "follows"), " ");
    add(object, row[MORE] ? details(row) : make("span", row[NAME], "name"));
    if (row[ID]) add(object, make("span", row[ID], "narrow id data"));
    return add(make("tr", "", states[row[WORD]]), add(make("td"), add(make("span", "", "badge"), glyph, ` ${words[row[WORD]]}`)),
      make("td", kinds[row[KIND]], "kind"), object, make("td", row[ID], "id data"));
  };

  const bodies = (some) => {
    const made = [];
    let group = -1;
    for (const row of some) {
      if (row[GROUP] !== group) {
        group = row[GROUP];
        const [title, meaning] = groups[group], head = make("th", title);
        head.scope = "rowgroup";
        head.colSpan = 4;
        if (meaning) add(head, " ", make("span", meaning, "meaning"));
        made.push(add(make("tbody"), add(make("tr", "", "group"), head)));
      }
      add(made[made.length - 1], drawn(row));
    }
    return made;
  };

  const draw = (count = PAGE) => {
    for (const body of [...list.tBodies]) body.remove();
    list.append(...bodies(found.slice(at, at + count)));
    const last = Math.min(at + count, found.length), all = many(data.total);
    const part = found.length > PAGE ? `, ${many(at + 1)} to ${many(last)} shown` : "";
    shown.textContent = found.length ? `${many(found.length)} of ${all} match${part}.` : `None of ${all} matches.`;
    nav.hidden = found.length <= PAGE;
    get("previous").disabled = at === 0;
    get("next").disabled = last >= found.length;
    get("page").textContent = `Page ${many(Math.floor(at / PAGE) + 1)} of ${many(Math.max(Math.ceil(found.length / PAGE), 1))}`;
  };

  const choose = () => {
    const wanted = get("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const only = [["word", WORD], ["kind", KIND], ["place", PLACE]]
      .filter(([id]) => get(id).value !== "").map(([id, column]) => [column, new Set(get(id).value.split(",").map(Number))]);
    found = rows.filter((row) => only.every(([column, values]) => values.has(row[column])) && holds(row, wanted));
    at = 0;
    draw();
  };

  const options = (id, names, column) => {
    const counts = new Map(), select = get(id);
    for (const row of rows) {
      const [count, numbers] = counts.get(names[row[column]]) || [0, new Set()];
      counts.set(names[row[column]], [count + 1, numbers.add(row[column])]);
    }
    add(select, new Option(`All (${many(rows.length)})`, ""));
    for (const [name, [count, numbers]] of counts) add(select, new Option(`${name || "none"} (${many(count)})`, [...numbers].join(",")));
    select.closest("div").hidden = counts.size < 2;
  };

  options("word", words, WORD);
  options("kind", kinds, KIND);
  options("place", places, PLACE);
  filter.hidden = false;
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(choose));
  filter.addEventListener("change", choose);
  get("text").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
  const turn = (pages) => { at += pages * PAGE; draw(); list.scrollIntoView({block: "start"}); };
  get("previous").addEventListener("click", () => turn(-1));
  get("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => { draw(PRINTED); for (const each of list.querySelectorAll("details")) each.open = true; });
  addEventListener("afterprint", () => draw());
  draw();
})();
