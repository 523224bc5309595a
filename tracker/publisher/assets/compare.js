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

  function kind(before, after, moved) {
    if (!before) return "Added";
    if (!after) return "Removed";
    if (moved) return rewords(before, after) ? "Reworded and moved" : "Moved, wording unchanged";
    if (rewords(before, after)) return "Reworded";
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

  // The links that only one side has, as a list; null where both lead to the same.
  function relinked(before, after) {
    const targets = (clause) => new Map((clause?.links || []).map(([words, target]) => [target, words]));
    const [old, now] = [before, after].map(targets);
    const only = (one, other, tag, said) => [...one].filter(([target]) => !other.has(target))
      .map(([target, words]) => make("li", "", make(tag, "", hidden(said), words + " → " + target)));
    const items = [...only(old, now, "del", "link removed: "), ...only(now, old, "ins", "link added: ")];
    return before && after && items.length ? make("ul", "links", ...items) : null;
  }

  function line(before, after, moved, days) {
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
    notes.append(make("span", "kind", " " + what));
    if (moved && before.path !== after.path) notes.append(make("p", "", "Moved here from: " + (before.path || "top of the page")));
    const half = (side, day, keep, missing) => make("div", "", make("p", "side", day),
      side ? make("p", "law " + clause.unit, ...marks(spans, keep)) : make("p", "absent", missing));
    const row = make("article", "line change" + (moved ? " moved" : ""), notes, make("div", "matter",
      make("p", "law redline inline " + clause.unit, ...marks(spans)),
      make("div", "pair", half(before, days[0], "delete", "not there"), half(after, days[1], "insert", "not there"))));
    if (links) row.querySelector(".matter").append(links);
    row.id = after ? clause.id : "gone-" + clause.id;
    if (!after) anchor.href = "#gone-" + clause.id;
    return { what, row, clause };
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

  function controls(changes) {
    const views = make("div", "views",
      make("fieldset", "", make("legend", "", "Show"), ...radio("show", "show-all", count(changes), true),
        ...radio("show", "show-whole", "the whole text", false)),
      make("fieldset", "sides", make("legend", "", "As"), ...radio("as", "as-one", "one text", true),
        ...radio("as", "as-two", "side by side", false)));
    return views;
  }

  const count = (number) => number + (number === 1 ? " change" : " changes");

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
    const days = sides.map((s) => s.title + ", " + s.first_seen.slice(0, 10));
    const short = old.document === now.document ? sides.map((s) => s.first_seen.slice(0, 10)) : days;
    const pairs = Redline.align(old.clauses, now.clauses);
    const lines = unlike(pairs.map(([i, j, moved]) => line(old.clauses[i], now.clauses[j], moved, short)));
    const changes = lines.filter((l) => l.what).length;
    said.textContent = `${days[0]} → ${days[1]}: ${count(changes)}. Split and merged clauses are shown as changed, added and removed.`;
    stage.replaceChildren(make("h2", "", count(changes)), controls(changes), ...groups(lines));
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

  const has = (select, value) => [...select.options].some((o) => o.value === value);
  const given = new URLSearchParams(location.search);
  for (const select of [from, to]) {
    select.addEventListener("change", choose);
    if (has(select, given.get(select.name))) select.value = given.get(select.name);
  }
  chooser.querySelector("[name=swap]").addEventListener("click", () => {
    [from.value, to.value] = [to.value, from.value];
    choose();
  });
  if (has(from, given.get("from")) && has(to, given.get("to"))) show();
  else if (given.size) said.textContent = "The address names a version that is not here.";
  else said.textContent = "Choose two versions.";
})();
