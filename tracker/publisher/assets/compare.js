// Compares the two versions that the address names (?from=…&to=…) and shows what changed.
// Every word of a text is put on the page as text, never as markup.
"use strict";
(() => {
  const root = document.body.dataset.root;
  const chooser = document.getElementById("chooser"), said = document.getElementById("said");
  const stage = document.getElementById("comparison");
  const [from, to] = ["from", "to"].map((name) => chooser.querySelector(`[name=${name}]`));
  if (!from.options.length) return;
  chooser.hidden = false;

  const make = (tag, style, ...inside) => {
    const made = document.createElement(tag);
    if (style) made.className = style;
    made.append(...inside);
    return made;
  };
  const hidden = (text) => make("span", "sr", text);

  function marks(spans, keep) {
    return spans.filter((s) => s.op === "same" || !keep || s.op === keep).map((s) => {
      if (s.op === "delete") return make("del", "", hidden(" deleted: "), s.before, hidden(" end of deletion "));
      if (s.op === "insert") return make("ins", "", hidden(" added: "), s.after, hidden(" end of addition "));
      return keep === "delete" ? s.before : s.after;
    });
  }

  // What a reader would call the clause: its number is part of its words here.
  const worded = (clause) => clause ? (clause.number ? clause.number + " " : "") + clause.text : "";

  // What the publisher compares of a clause: its key, its number, and where its links lead.
  const rewords = (before, after) => before.key !== after.key;
  const renumbers = (before, after) => before.number !== after.number;
  const leading = (clause) => JSON.stringify((clause.links || []).map(([, target]) => target));

  // Of two versions of one text the second is the later one; of two texts neither is.
  let oneText = true;
  function kind(before, after, moved) {
    if (!before) return oneText ? "Added" : "Only in the second";
    if (!after) return oneText ? "Removed" : "Only in the first";
    const reworded = oneText ? "Reworded" : "Worded differently";
    if (moved) return rewords(before, after) ? `${reworded} and ${oneText ? "moved" : "elsewhere"}` : oneText ? "Moved, wording unchanged" : "Elsewhere, same wording";
    if (rewords(before, after)) return reworded;
    if (renumbers(before, after)) return "Renumbered";
    return leading(before) !== leading(after) ? "Link targets changed" : "";
  }

  const some = (op, before, after) => before || after ? [{ op, before, after }] : [];
  const replaced = (before, after) => [...some("delete", before, ""), ...some("insert", "", after)];

  function redline(before, after) {
    const [old, now] = [worded(before), worded(after)];
    if (!before || !after) return replaced(old, now);
    if (!rewords(before, after)) {
      if (!renumbers(before, after)) return some("same", old, now);
      const [from, to] = [before, after].map((side) => side.number && side.number + " ");
      return [...replaced(from, to), ...some("same", before.text, after.text)];
    }
    const spans = Redline.redline(old, now, [before.folded, after.folded]);
    return spans.some((s) => s.op !== "same") ? spans : replaced(old, now);
  }

  // The topics of what differs: of the sentences in which words came or went.
  const titles = JSON.parse(chooser.dataset.topics);
  const sentences = (text) => text.split(/(?<=[.!?;:])\s+/u);
  function about(before, after) {
    const found = new Map();
    for (const [one, other] of [[before, after], [after, before]]) {
      if (!one?.topics) continue;
      const known = new Set(other ? sentences(other.text) : []);
      const changed = sentences(one.text).filter((sentence) => !known.has(sentence)).join(" ").toLowerCase();
      for (const [topic, words] of Object.entries(one.topics)) {
        const here = words.filter((word) => changed.includes(word.toLowerCase()));
        if (here.length && titles[topic]) found.set(topic, new Set([...(found.get(topic) ?? []), ...here]));
      }
    }
    return found;
  }

  // A button that copies one side as a quotation with its own address.
  function quoting(clause, version, label) {
    const made = make("button", "copy", label);
    made.type = "button";
    made.addEventListener("click", async () => {
      const address = new URL(`${root}documents/${version.place}/#${clause.id}`, location.href);
      const text = `“${worded(clause)}”\n(${clause.path || "top of the page"}) ${version.title}, version first seen ${version.first_seen}\n${address}`;
      const done = await navigator.clipboard.writeText(text).then(() => "copied", () => "not copied");
      made.textContent = done;
      setTimeout(() => { made.textContent = label; }, 2000);
    });
    made.ariaLabel = `${label}: ${worded(clause).slice(0, 60)}`;
    return made;
  }

  // The links that only one side has, as a list; null where both lead to the same.
  function relinked(before, after) {
    const targets = (clause) => new Map((clause?.links || []).map(([words, target]) => [target, words]));
    const [old, now] = [before, after].map(targets);
    const only = (one, other, tag, said) => [...one].filter(([target]) => !other.has(target))
      .map(([target, words]) => make("li", "", make(tag, "", hidden(said), words + " → " + target)));
    const items = [...only(old, now, "del", "link removed: "), ...only(now, old, "ins", "link added: ")];
    return before && after && items.length ? make("ul", "links", ...items) : null;
  }

  function line(before, after, moved, days, sides) {
    const spans = redline(before, after), links = relinked(before, after);
    const what = kind(before, after, moved);
    const clause = after || before;
    const anchor = make("a", "anchor", "§");
    anchor.ariaLabel = "Address of this clause";
    anchor.href = "#" + clause.id;
    const notes = make("div", "notes", anchor);
    if (!what) {
      const same = make("div", "line same", notes, make("p", "law " + clause.unit, worded(after)));
      same.id = clause.id;
      return { what, row: same, clause };
    }
    const topics = rewords(before ?? {}, after ?? {}) ? about(before, after) : new Map();
    notes.append(make("span", "kind", " " + what));
    for (const [topic, words] of topics) {
      const label = make("p", "tag", titles[topic] + " ", make("small", "", "(" + [...words].join(", ") + ")"));
      notes.append(label);
    }
    if (navigator.clipboard) {
      if (before) notes.append(quoting(before, sides[0], after ? "copy the first as quote" : "copy as quote"));
      if (after) notes.append(quoting(after, sides[1], before ? "copy the second as quote" : "copy as quote"));
    }
    if (moved && before.path !== after.path) notes.append(make("p", "", "Moved here from: " + (before.path || "top of the page")));
    const half = (side, day, keep, missing) => make("div", "", make("p", "side", day),
      side ? make("p", "law " + clause.unit, ...marks(spans, keep)) : make("p", "absent", missing));
    const row = make("article", "line change" + (moved ? " moved" : ""), notes, make("div", "matter",
      make("p", "law redline inline " + clause.unit, ...marks(spans)),
      make("div", "pair", half(before, days[0], "delete", "not there"), half(after, days[1], "insert", "not there"))));
    if (links) row.querySelector(".matter").append(links);
    row.id = after ? clause.id : "gone-" + clause.id;
    if (!after) anchor.href = "#gone-" + clause.id;
    return { what, row, clause, topics };
  }

  function groups(lines) {
    const made = [];
    let path = null, group = null;
    for (const { what, row, clause } of lines) {
      if (!group || clause.path !== path) {
        path = clause.path;
        group = make("section", "group same", make("h3", "", make("strong", "", path || "Top of the page")));
        made.push(group);
      }
      if (what) group.className = "group news";
      group.append(row);
    }
    return made;
  }

  const radio = (name, id, text, checked) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name, id, checked });
    const label = make("label", "", text);
    label.htmlFor = id;
    return [input, label];
  };

  // The whole, what differs, or only what is about a topic.
  function controls(lines, changes, days) {
    const named = Object.keys(titles).map((topic) => [topic, lines.filter((l) => l.topics?.has(topic)).length]).filter(([, number]) => number);
    const topics = named.flatMap(([topic, number]) => radio("show", "show-" + topic, `${number} about ${titles[topic]}`, false));
    const views = make("div", "views",
      make("fieldset", "", make("legend", "", "Show"), ...radio("show", "show-all", count(changes), true), ...topics,
        ...radio("show", "show-whole", "the whole text", false)),
      make("fieldset", "sides", make("legend", "", "As"), ...radio("as", "as-one", "one text", true),
        ...radio("as", "as-two", "side by side", false)));
    const only = (day) => ` only in ${oneText ? "the text of " : ""}${day}`;
    views.append(make("p", "legend", make("span", "", make("del", "", oneText ? "removed" : "first"), only(days[0])), make("span", "", make("ins", "", oneText ? "added" : "second"), only(days[1]))));
    views.addEventListener("change", () => {
      const chosen = named.find(([topic]) => document.getElementById("show-" + topic).checked)?.[0];
      for (const { row, topics: of } of lines) row.hidden = Boolean(chosen) && !of?.has(chosen);
      for (const group of stage.querySelectorAll(".group")) group.hidden = ![...group.querySelectorAll(".line")].some((row) => !row.hidden);
    });
    return views;
  }

  const count = (number) => number + " " + (oneText ? "change" : "difference") + (number === 1 ? "" : "s");

  // Where another page was read in between, nearly all differs and nothing of it was decided.
  function warned(lines) {
    const [first, second] = [from, to].map((select) => select.selectedOptions[0]?.dataset.text);
    if (!oneText || first === second) return [];
    const same = lines.filter((l) => !l.what).length;
    return [make("p", "warning", make("strong", "", "These are two different pages. "),
      `In between, the document began to be read from another page, so what differs was not changed by anybody. ${same} of ${lines.length} clauses are the same.`)];
  }

  // The same clause may stand twice where two lives met; an id may not.
  function unlike(lines) {
    const seen = new Set();
    for (const { row } of lines) {
      if (seen.has(row.id)) { row.removeAttribute("id"); row.querySelector(".anchor").remove(); }
      seen.add(row.id);
    }
    return lines;
  }

  async function version(value) {
    const answer = await fetch(root + "documents/" + value + "/clauses.json");
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json(), folded = Redline.folder(found.folds);
    const clauses = found.clauses.map((c) => ({ ...c, key: c.key ?? folded(c.text), folded }));
    return { ...found, clauses };
  }

  async function show() {
    const wanted = [from.value, to.value];
    said.textContent = "Comparing …";
    stage.replaceChildren();
    let sides;
    try {
      sides = await Promise.all(wanted.map(version));
    } catch {
      said.textContent = "The versions could not be read. Where this page was opened as a file, serve the folder instead.";
      return;
    }
    if (wanted[0] !== from.value || wanted[1] !== to.value) return;
    const [old, now] = sides;
    sides.forEach((side, n) => { side.place = wanted[n]; });
    oneText = old.document === now.document;
    const days = sides.map((s) => s.title + ", " + s.first_seen.slice(0, 10));
    const short = old.document === now.document ? sides.map((s) => s.first_seen.slice(0, 10)) : days;
    const pairs = Redline.align(old.clauses, now.clauses);
    const lines = unlike(pairs.map(([i, j, moved]) => line(old.clauses[i], now.clauses[j], moved, short, sides)));
    const changes = lines.filter((l) => l.what).length;
    document.title = `${days[0]} ${oneText ? "→" : "beside"} ${days[1]} – Compare – Terms Tracker`;
    said.textContent = `${days[0]} → ${days[1]}: ${changes ? count(changes) + ". Split and merged clauses are shown as changed, added and removed." : "They say the same."}`;
    if (changes) stage.replaceChildren(make("h2", "", count(changes)), ...warned(lines), controls(lines, changes, short), ...groups(lines));
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) target.scrollIntoView();
  }

  function choose() {
    const address = new URL(location.href);
    address.search = "?from=" + from.value + "&to=" + to.value;
    address.hash = "";
    history.replaceState(null, "", address);
    show();
  }

  // A text, then its dates: the list of dates holds those of the chosen text alone.
  const all = [from, to].map((select) => [...select.options]);
  const documentOf = (value) => value.slice(0, value.lastIndexOf("/"));
  const texts = ["from-text", "to-text"].map((name) => chooser.querySelector(`[name=${name}]`));
  function narrow(n, document_) {
    const select = [from, to][n], chosen = select.value;
    texts[n].value = document_;
    select.replaceChildren(...all[n].filter((option) => documentOf(option.value) === document_));
    if (documentOf(chosen) === document_) select.value = chosen;
  }
  function pick(n, value) {
    narrow(n, documentOf(value));
    [from, to][n].value = value;
  }

  // The version before another, or after the first.
  function beside(value) {
    const values = all[0].map((option) => option.value).filter((one) => documentOf(one) === documentOf(value));
    const place = values.indexOf(value);
    return values[place + 1] ?? values[place - 1] ?? value;
  }

  const has = (n, value) => all[n].some((option) => option.value === value);
  const given = new URLSearchParams(location.search);
  [from, to].forEach((select, n) => {
    const value = given.get(select.name);
    const other = given.get(n ? "from" : "to");
    pick(n, has(n, value) ? value : has(n, other) ? beside(other) : all[n][0].value);
    select.addEventListener("change", choose);
    texts[n].addEventListener("change", () => { narrow(n, texts[n].value); choose(); });
  });
  chooser.querySelector("[name=swap]").addEventListener("click", () => {
    const values = [from.value, to.value];
    pick(0, values[1]);
    pick(1, values[0]);
    choose();
  });
  if (has(0, given.get("from")) && has(1, given.get("to"))) show();
  else if (given.size === 1 && has(0, given.get("from") ?? given.get("to"))) {
    said.textContent = "Choose the version to compare it with: of another day, or of another edition.";
  } else if (given.size) said.textContent = "The address names a version that is not here.";
  else said.textContent = "Choose two versions.";
})();
