// The search: loads the list of documents, the words that are looked for, and then parts of texts
// until there is enough to show. What is in force comes before what was.
"use strict";

(async () => {
  const form = document.getElementById("search");
  const said = form.querySelector(".found"), list = document.getElementById("results");
  const more = document.getElementById("more");
  const root = document.body.dataset.root;
  if (location.protocol === "file:") {
    said.textContent = "Searching works only where the site is served: on the web, or on this machine by “tracker serve”. A page that was opened as a file cannot read the texts.";
    form.hidden = false;
    return;
  }
  const PAGE = 20;
  const field = (name) => form.querySelector(`[name=${name}]`);
  const query = field("q"), chosen = field("document"), only = field("now");
  const WORD = /[぀-ヿ㐀-鿿가-힯]|(?:(?![぀-ヿ㐀-鿿가-힯])[\p{L}\p{N}])+/gu;
  const wordsOf = (text) => text.toLowerCase().match(WORD) ?? [];
  const loaded = new Map();
  const load = (name) => {
    if (!loaded.has(name)) loaded.set(name, fetch(root + name).then((answer) => answer.json()));
    return loaded.get(name);
  };
  const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  // What is asked for: phrases in quotation marks and words, each to be found in one clause.
  function asked(text) {
    const found = [];
    for (const [, phrase, word] of text.matchAll(/["“”]([^"“”]+)["“”]?|(\S+)/gu)) {
      const tokens = wordsOf(phrase ?? word);
      if (tokens.length) found.push({ tokens, exact: Boolean(phrase) });
    }
    return found;
  }

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = ({ tokens, exact }) =>
    "(?<![\\p{L}\\p{N}])" + tokens.map(escaped).join("[^\\p{L}\\p{N}]*") + (exact ? "(?![\\p{L}\\p{N}])" : "");
  const cjk = /[぀-ヿ㐀-鿿가-힯]/u;
  const pieces = (terms) => terms.map((term) => (cjk.test(term.tokens.join("")) ? term.tokens.map(escaped).join("\\s*") : pattern(term)));

  // Code points, as the index is sorted.
  function order(a, b) {
    const one = [...a], two = [...b];
    for (let n = 0; n < Math.min(one.length, two.length); n += 1) {
      if (one[n] !== two[n]) return before(one[n].codePointAt(0), two[n].codePointAt(0));
    }
    return before(one.length, two.length);
  }

  // The parts that have a word, or (if not `exact`) one that begins with it; null for all of them.
  async function partsOf(word, exact, index) {
    const first = Math.max(0, index.leaves.findLastIndex((start) => order(start, word) <= 0));
    const found = new Set();
    let everywhere = false, known = false;
    for (let n = first; n < index.leaves.length; n += 1) {
      if (n > first && (exact || !index.leaves[n].startsWith(word))) break;
      const leaf = await load(`search/words/${n}.json`);
      for (const [one, steps] of Object.entries(leaf)) {
        if (one !== word && (exact || !one.startsWith(word))) continue;
        known = true;
        everywhere ||= !steps.length;
        steps.reduce((sum, step) => (found.add(sum + step), sum + step), 0);
      }
    }
    return { word, known, parts: everywhere ? null : found };
  }

  // All parts that may have every term: those in force, then the others.
  function candidates(index, sets) {
    const rows = [];
    let start = 0;
    for (const [document, name, parts, standing] of index.documents) {
      for (let n = 0; n < parts; n += 1) {
        if (sets.every((set) => !set || set.has(start + n))) rows.push({ document, name, n, stands: n < standing });
      }
      start += parts;
    }
    const wanted = chosen.value;
    const kept = rows.filter((row) => !wanted || row.document === wanted);
    const now = kept.filter((row) => row.stands), then = kept.filter((row) => !row.stands);
    return only.checked ? now : [...now, ...then];
  }

  function marked(text, every) {
    const found = new RegExp("(" + every.join("|") + ")", "giu");
    const at = Math.max(0, text.search(found));
    const cut = at > 100 ? text.indexOf(" ", at - 100) + 1 : 0;
    const end = text.length > cut + 320 ? text.lastIndexOf(" ", cut + 320) : text.length;
    const shown = (cut ? "… " : "") + text.slice(cut, end > cut ? end : cut + 320) + (end < text.length ? " …" : "");
    return shown.split(found).filter((part) => part !== undefined).map((part, n) => {
      if (n % 2 === 0) return part;
      return Object.assign(document.createElement("mark"), { textContent: part });
    });
  }

  function item(row, part, [text, heading, place, since, until], every) {
    const made = document.createElement("li"), link = document.createElement("a");
    const from = since || part.began;
    link.href = `${root}documents/${row.document}/${place}`;
    link.append(...marked(text, every));
    const told = until ? `stood from ${from} until before ${until}` : since ? `in force since ${from}` : `in force, there since the text was first read on ${from}`;
    const where = document.createElement("p");
    where.className = "about";
    where.textContent = [row.name, part.headings[heading], told].filter(Boolean).join(" · ");
    made.className = until ? "gone" : "stands";
    made.append(where, link);
    return made;
  }

  // Words of the index that are almost the word: one letter more, less, other, or two swapped.
  function near(a, b) {
    if (Math.abs(a.length - b.length) > 1 || a === b) return false;
    let n = 0;
    while (n < a.length && a[n] === b[n]) n += 1;
    const rest = (x, y) => a.slice(n + x) === b.slice(n + y);
    return rest(1, 1) || rest(1, 0) || rest(0, 1) || (a[n] === b[n + 1] && a[n + 1] === b[n] && rest(2, 2));
  }

  async function meant(word, index) {
    const n = Math.max(0, index.leaves.findLastIndex((start) => order(start, word) <= 0));
    return Object.keys(await load(`search/words/${n}.json`)).filter((one) => near(word, one)).slice(0, 3);
  }

  let asking = 0;
  async function search() {
    const mine = (asking += 1), text = query.value.trim(), terms = asked(text);
    const address = new URL(location.href);
    address.search = new URLSearchParams([["q", text], ["document", chosen.value], ["now", only.checked ? "1" : ""]].filter(([, value]) => value));
    if (address.href !== location.href) history.replaceState(null, "", address);
    document.title = (text ? `${text} – ` : "") + "Search – Terms Tracker";
    list.replaceChildren();
    more.hidden = true;
    said.textContent = terms.length ? "Searching …" : "";
    if (!terms.length) return;
    const index = await load("search/index.json");
    const looked = await Promise.all(terms.flatMap(({ tokens, exact }) => tokens.map((word, n) => partsOf(word, exact || n < tokens.length - 1, index))));
    if (mine !== asking) return;
    const strange = looked.find(({ known }) => !known);
    if (strange) {
      const words = await meant(strange.word, index);
      said.textContent = `No text ever had “${strange.word}”.` + (words.length ? ` Did you mean ${words.map((word) => `“${word}”`).join(" or ")}?` : "");
      return;
    }
    const rows = candidates(index, looked.map(({ parts }) => parts));
    const every = pieces(terms), tests = every.map((one) => new RegExp(one, "iu"));
    let shown = 0, next = 0;
    async function go() {
      const enough = shown + PAGE;
      more.hidden = true;
      for (; next < rows.length && shown < enough; next += 1) {
        const row = rows[next], part = await load(`search/${row.document}/${row.n}.json`);
        if (mine !== asking) return;
        for (const line of part.rows) {
          if (!tests.every((test) => test.test(line[0]))) continue;
          list.append(item(row, part, line, every));
          shown += 1;
        }
        said.textContent = `${shown} clauses …`;
      }
      more.hidden = next >= rows.length;
      const total = `${shown} ${shown === 1 ? "clause" : "clauses"}`;
      said.textContent = !shown ? "No clause of any text has all of this." : more.hidden ? `${total}.` : `The first ${total}, those in force before all others.`;
    }
    more.onclick = () => go().catch(lost);
    await go();
  }

  function lost() {
    said.textContent = "The texts could not be loaded; try again.";
  }

  const given = new URLSearchParams(location.search);
  query.value = given.get("q") ?? "";
  chosen.value = given.get("document") ?? "";
  if (chosen.selectedIndex === -1) chosen.value = "";
  only.checked = given.has("now");
  form.hidden = false;
  const again = () => search().catch(lost);
  let timer;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(again, 250); });
  again();
})();
