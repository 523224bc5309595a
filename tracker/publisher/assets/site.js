// What a page gains where scripts run: fresh times, buttons that copy, a filter. Nothing that a
// reader needs is only here.
"use strict";

// When each text was last seen, and whether that is long ago by the reader's clock. Without this,
// a plain link leads to the status page.
(async () => {
  const places = [...document.querySelectorAll("[data-seen], [data-visited], [data-stood]")];
  if (!places.length) return;
  const answer = await fetch(document.body.dataset.root + "status.json").catch(() => null);
  if (!answer || !answer.ok) return;
  const rows = new Map((await answer.json()).map((row) => [row.document, row]));

  // Nothing while a text was visited within three days.
  function stale(row) {
    const days = (Date.now() - Date.parse(row.last_visit)) / 864e5;
    return days > 3 ? `not visited for ${Math.floor(days)} days` : "";
  }

  function seen(place, row) {
    const link = document.createElement("a");
    link.href = document.body.dataset.root + "status/index.html";
    if (row.last_seen) {
      const time = document.createElement("time");
      time.dateTime = row.last_seen;
      time.textContent = row.last_seen.slice(0, 16).replace("T", " ") + " UTC";
      link.append(place.tagName === "TD" ? "" : "Last seen ", time);
      if (Date.parse(row.last_seen) > Date.now() + 864e5) link.append(" (as was recorded; that is yet to come)");
      if (row.read) link.append(" " + row.read);
      if (row.state !== "ok") link.append(" (" + row.state + ")");
    } else link.append("never read");
    place.replaceChildren(link);
    if (stale(row)) place.append(", " + stale(row));
  }

  for (const place of places) {
    const { seen: shown, visited, stood } = place.dataset;
    const row = rows.get(shown ?? visited ?? stood);
    if (!row) continue;
    if (shown) seen(place, row);
    else if (visited && stale(row)) place.append(document.createElement("br"), stale(row));
    else if (stood && row.last_seen) place.textContent = ", " + row.last_seen.slice(0, 10);
  }
})();

// Copying: the citation, and each changed clause as a quotation with its own address.
(() => {
  const citation = document.getElementById("citation");
  if (!citation || !navigator.clipboard) return;

  // Its name says what it copies: there are many of them on a page.
  function button(words, text, of = "") {
    const made = document.createElement("button");
    made.type = "button";
    if (of) made.ariaLabel = `${words}: ${of}`;
    made.className = "copy";
    made.textContent = words;
    made.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(text()).then(() => "copied", () => "not copied");
      made.textContent = done;
      setTimeout(() => { made.textContent = words; }, 2000);
    });
    return made;
  }

  // The clauses of one side to the letter, each a quotation.
  function wording(change, column) {
    const copy = change.querySelectorAll(".pair > div")[column].querySelector(".law").cloneNode(true);
    for (const out of copy.querySelectorAll(".sr")) out.remove();
    return copy.textContent.split("\n").filter(Boolean).map((text) => `“${text}”`).join("\n");
  }

  // Cited is the version that has the words, and the address leads to them in it.
  function quote(change, column, source, version, anchor, under) {
    const place = under || change.closest(".group").querySelector("h3").textContent.trim().replace(/\s+/g, " ");
    const page = version + (location.protocol === "file:" ? "index.html" : "");
    const address = new URL(`${document.body.dataset.root}${page}#${anchor}`, location.href);
    return `${wording(change, column)}\n(${place}) ${source}\n${address}`;
  }

  citation.after(button("copy citation", () => citation.textContent.trim()));
  const { removed, reworded, before, after } = citation.dataset;
  for (const change of document.querySelectorAll("article.change")) {
    const { now, was, under } = change.dataset, acts = change.querySelector(".acts");
    const latest = () => quote(change, 1, citation.textContent.trim(), after, now);
    const former = () => quote(change, 0, now ? reworded : removed, before, was, under);
    const of = (column) => wording(change, column).slice(0, 60);
    if (now) acts.append(button("copy as quote", latest, of(1)));
    if (was) acts.append(button(now ? "copy former wording as quote" : "copy as quote", former, of(0)));
  }
})();

// What is shown of a revision is part of its address; j and k lead from change to change.
(() => {
  const views = document.getElementById("views");
  if (!views) return;
  const inputs = [...views.querySelectorAll("input")];
  const name = (input) => input.value === "on" ? input.id.replace(/^(show|as)-/, "") : input.value;
  const given = new URLSearchParams(location.search);
  const standard = inputs.filter((input) => input.checked);
  for (const input of inputs) if (given.get(input.name) === name(input)) input.checked = true;
  views.addEventListener("change", () => {
    const address = new URL(location.href);
    for (const input of inputs.filter((one) => one.checked)) {
      if (standard.includes(input)) address.searchParams.delete(input.name);
      else address.searchParams.set(input.name, name(input));
    }
    history.replaceState(null, "", address);
  });

  const changes = () => [...document.querySelectorAll("article.change")].filter((one) => one.offsetParent);
  let current = null;
  function go(step) {
    const shown = changes(), at = shown.indexOf(current);
    const next = at < 0 && step < 0 ? shown.length - 1 : Math.min(Math.max(at + step, 0), shown.length - 1);
    if (!shown.length) return;
    current?.classList.remove("current");
    current = shown[next];
    current.classList.add("current");
    current.scrollIntoView({ block: "center" });
    current.querySelector(".anchor").focus({ preventScroll: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio") return;
    if (event.key === "j") go(1);
    if (event.key === "k") go(-1);
  });
  const hint = document.createElement("p");
  hint.className = "keys";
  hint.textContent = "j and k lead to the next and the previous change";
  if (changes().length > 1) views.append(hint);
})();

// The version that stood on a day: the link follows the day that is chosen.
(() => {
  const calendar = document.getElementById("calendar");
  if (!calendar) return;
  const day = calendar.querySelector("input"), link = calendar.querySelector("a");
  const versions = [...document.querySelectorAll("#table tbody th a")];
  const asked = versions[0].closest("tr").querySelector("time").dateTime.slice(0, 10);
  calendar.hidden = false;
  day.value = asked;
  // Newest first: the first version seen by the end of the day is the one that stood.
  const show = () => {
    const found = versions.find((a) => a.firstElementChild.dateTime.slice(0, 10) <= day.value);
    link.textContent = found ? "the text first seen " + found.textContent : "no text had been seen yet";
    link.href = found ? found.href : "#versions";
  };
  day.addEventListener("input", show);
  show();
})();

// The filter over all changes; its state stands in the address, so it can be shared. Words are
// looked for in the lists, and the search for them in the whole texts is one step away.
(() => {
  const sieve = document.getElementById("sieve");
  if (!sieve) return;
  const root = document.body.dataset.root;
  const fields = [...sieve.querySelectorAll("input, select")];
  const entries = [...document.querySelectorAll(".entry")];
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const found = sieve.querySelector(".found"), deeper = document.getElementById("deeper");
  const given = new URLSearchParams(location.search);
  for (const field of fields) field.value = given.get(field.name) ?? "";
  for (const field of fields) if (field.selectedIndex === -1) field.value = "";

  const tests = {
    words: (entry, value, n) => value.toLowerCase().split(/\s+/).every((word) => texts[n].includes(word)),
    document: (entry, value) => entry.dataset.document === value,
    topics: (entry, value) => entry.dataset.topics.split(" ").includes(value),
    significance: (entry, value) => value === "news" ? entry.classList.contains("news") : entry.dataset.significance === value,
  };

  function filter() {
    const used = fields.filter((field) => field.value.trim());
    let shown = 0;
    entries.forEach((entry, n) => {
      entry.hidden = !used.every((field) => tests[field.name](entry, field.value.trim(), n));
      shown += !entry.hidden;
    });
    found.textContent = `${shown} of ${entries.length} revisions`;
    const words = sieve.querySelector("[name=words]").value.trim();
    deeper.href = `${root}search/index.html${words ? "?q=" + encodeURIComponent(words) : ""}`;
    deeper.textContent = words ? `Search the whole texts for “${words}”` : "Search the whole texts";
    const address = new URL(location.href);
    address.search = new URLSearchParams(used.map((field) => [field.name, field.value.trim()]));
    if (address.href !== location.href) history.replaceState(null, "", address);
  }

  for (const field of fields) field.addEventListener("input", filter);
  sieve.hidden = false;
  filter();
})();
