// Two versions → what changed between them, in the browser: aligned clauses and exact redlines.
// The law: without its deletions a redline is the newer wording to the letter, without its
// insertions the older one. It holds because spans are runs of the very tokens of both texts.
// Which clauses and words are equal was decided where the texts were published: `folds` and `key`
// of a version say it, and no rule here does.
"use strict";
const Redline = (() => {
  const TOKEN = /[\p{L}\p{N}\p{M}_][\p{L}\p{N}\p{M}\p{Cf}_]*(?:['’][\p{L}\p{N}\p{M}\p{Cf}_]+)*|\s+|[^]/gu;
  const STOP = new Set(("a an and any are as at be by for from has have if in is it its may not of " +
    "on or our that the their this to us was we which will with you your").split(" "));
  const MOST_EDITS = 3000; // beyond it the middle of a text is replaced as a whole
  const LARGEST_TABLE = 250000;
  const IN_GAP = 0.5, SHORT_IN_GAP = 0.2, ELSEWHERE = 0.6, FEWEST_TO_MOVE = 6, SHORT = 12;

  const asItIs = (text) => text;
  const isWord = (token) => /^[\p{L}\p{N}]/u.test(token);
  const words = (key) => tokens(key.toLowerCase()).filter(isWord);

  // Joined they give the text back. What counts for nothing belongs to the token before it.
  function tokens(text, folded = asItIs) {
    const found = [];
    for (const token of text.match(TOKEN) || []) {
      if (found.length && !folded(token)) found.push(found.pop() + token);
      else found.push(token);
    }
    return found;
  }

  // How a version is compared, by its `folds`: each is replaced, the longest first.
  function folder(folds) {
    const longestFirst = Object.keys(folds).sort((a, b) => b.length - a.length);
    if (!longestFirst.length) return asItIs;
    const pattern = new RegExp(longestFirst.map((t) => t.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "gu");
    return (text) => text.replace(pattern, (found) => folds[found]);
  }

  // ── one clause ──────────────────────────────────────────────────────────────────

  // Myers' greedy algorithm over two lists; pairs of equal places, or null where it is too much.
  function common(a, b) {
    const most = Math.min(a.length + b.length, MOST_EDITS), middle = most + 1;
    const ends = new Int32Array(2 * middle + 1), trail = [];
    for (let d = 0; d <= most; d++) {
      trail.push(ends.slice(middle - d - 1, middle + d + 2));
      for (let k = -d; k <= d; k += 2) {
        const down = k === -d || (k !== d && ends[middle + k - 1] < ends[middle + k + 1]);
        let x = down ? ends[middle + k + 1] : ends[middle + k - 1] + 1, y = x - k;
        while (x < a.length && y < b.length && a[x] === b[y]) { x++; y++; }
        ends[middle + k] = x;
        if (x >= a.length && y >= b.length) return back(a, b, trail, d);
      }
    }
    return null;
  }

  function back(a, b, trail, d) {
    const pairs = [];
    let x = a.length, y = b.length;
    for (; d >= 0; d--) {
      const at = (k) => trail[d][k + d + 1], k = x - y;
      const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
      const from = d ? (down ? k + 1 : k - 1) : 0;
      const startX = d ? at(from) : 0, startY = startX - from;
      while (x > startX && y > startY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
        pairs.push([--x, --y]);
      }
      x = startX; y = startY;
    }
    return pairs.reverse();
  }

  // Spans {op, before, after} that turn one text into the other; each side is compared as `folded`.
  function redline(before, after, [foldedOld, foldedNow] = [asItIs, asItIs]) {
    const old = tokens(before, foldedOld), now = tokens(after, foldedNow);
    let runs = compare(old, now, old.map(foldedOld), now.map(foldedNow));
    if (shared(runs) < 0.2) runs = [run("delete", old, []), run("insert", [], now)];
    return tidy(runs).map((r) => ({ op: r.op, before: r.before.join(""), after: r.after.join("") }));
  }

  const run = (op, before, after) => ({ op, before, after });

  function compare(old, now, a, b) {
    const shortest = Math.min(a.length, b.length);
    let head = 0, tail = 0;
    while (head < shortest && a[head] === b[head]) head++;
    while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
    const endA = a.length - tail, endB = b.length - tail;
    const found = common(a.slice(head, endA), b.slice(head, endB)) || [];
    const pairs = found.map(([i, j]) => [i + head, j + head]);
    const runs = [run("same", old.slice(0, head), now.slice(0, head))];
    let i = head, j = head;
    for (const [x, y] of [...pairs, [endA, endB]]) {
      runs.push(run("delete", old.slice(i, x), []), run("insert", [], now.slice(j, y)));
      if (x < endA) runs.push(run("same", [old[x]], [now[y]]));
      i = x + 1; j = y + 1;
    }
    runs.push(run("same", old.slice(endA), now.slice(endB)));
    return runs;
  }

  function shared(runs) {
    const count = (side, kept) => runs.reduce((sum, r) =>
      sum + (!kept || r.op === "same" ? r[side].filter(isWord).length : 0), 0);
    const least = Math.min(count("before"), count("after"));
    return least ? count("before", true) / least : 1;
  }

  // Short unchanged runs between two edits hinder reading: they join the edits around them.
  function tidy(runs) {
    for (runs = merge(runs); ;) {
      const chaff = new Set([...runs.keys()].filter((n) => isChaff(runs, n)));
      if (!chaff.size) return runs;
      runs = merge(runs.flatMap((r, n) => chaff.has(n)
        ? [run("delete", r.before, []), run("insert", [], r.after)] : [r]));
    }
  }

  function isChaff(runs, n) {
    if (n === 0 || n === runs.length - 1 || runs[n].op !== "same") return false;
    const inside = runs[n].before.filter(isWord).map((t) => t.toLowerCase());
    return inside.length <= 2 && inside.every((t) => STOP.has(t));
  }

  function merge(runs) {
    const merged = [];
    let gone = [], come = [];
    const close = () => {
      if (gone.length) merged.push(run("delete", gone, []));
      if (come.length) merged.push(run("insert", [], come));
      gone = []; come = [];
    };
    for (const r of runs) {
      if (!r.before.length && !r.after.length) continue;
      if (r.op !== "same") { gone.push(...r.before); come.push(...r.after); continue; }
      close();
      const last = merged.at(-1);
      if (last && last.op === "same") { last.before.push(...r.before); last.after.push(...r.after); }
      else merged.push(run("same", [...r.before], [...r.after]));
    }
    close();
    return merged;
  }

  // ── a whole text ────────────────────────────────────────────────────────────────

  // Pairs [i, j, moved] in the order of the newer text, every clause of both exactly once;
  // i or j is -1 where a clause was added or removed.
  function align(old, now) {
    const a = old.map(side), b = now.map(side);
    const match = new Map(), taken = new Set();
    const pair = (i, j) => { match.set(i, j); taken.add(j); };
    unique(a, b, pair);
    for (const step of [1, -1]) extend(a, b, match, taken, pair, step);
    for (const gap of gaps(match, a.length, b.length)) repeated(a, b, match, taken, pair, gap);
    for (const gap of gaps(match, a.length, b.length)) similar(a, b, match, taken, pair, gap);
    elsewhere(a, b, match, taken, pair);
    return ordered(a, match, b.length);
  }

  function side(clause) {
    const key = clause.key ?? clause.text, list = words(key);
    return { key, words: list, counts: tally(list), heading: clause.unit === "heading" };
  }

  function tally(list) {
    const found = new Map();
    for (const item of list) found.set(item, (found.get(item) || 0) + 1);
    return found;
  }

  function unique(a, b, pair) {
    const counts = [a, b].map((x) => tally(x.map((c) => c.key)));
    const place = new Map(b.map((c, j) => [c.key, j]));
    a.forEach(({ key }, i) => {
      if (counts[0].get(key) === 1 && counts[1].get(key) === 1) pair(i, place.get(key));
    });
  }

  function extend(a, b, match, taken, pair, step) {
    for (const start of [...match.keys()].sort((x, y) => (x - y) * step)) {
      let i = start + step, j = match.get(start) + step;
      while (a[i] && b[j] && !match.has(i) && !taken.has(j) && a[i].key === b[j].key) {
        pair(i, j); i += step; j += step;
      }
    }
  }

  function* gaps(match, height, width) {
    let row = 0, column = 0;
    for (const [i, j] of [...increasing(match), [height, width]]) {
      if (i > row || j > column) yield [row, i, column, j];
      row = i + 1; column = j + 1;
    }
  }

  // The longest chain of pairs that keep their order.
  function increasing(match) {
    const rows = [...match].sort((x, y) => x[0] - y[0]), ends = [], previous = [];
    rows.forEach(([, j], n) => {
      let low = 0, high = ends.length;
      while (low < high) { const mid = (low + high) >> 1; rows[ends[mid]][1] < j ? low = mid + 1 : high = mid; }
      previous[n] = low ? ends[low - 1] : -1;
      ends[low] = n;
    });
    const chain = [];
    for (let n = ends.length ? ends.at(-1) : -1; n >= 0; n = previous[n]) chain.push(rows[n]);
    return chain.reverse();
  }

  const free = (from, to, used) => Array.from({ length: to - from }, (_, n) => from + n).filter((n) => !used.has(n));

  function repeated(a, b, match, taken, pair, [top, bottom, left, right]) {
    for (const i of free(top, bottom, match)) {
      const j = free(left, right, taken).find((n) => b[n].key === a[i].key);
      if (j !== undefined) pair(i, j);
    }
  }

  // 1 for the same words in any order, 0 for none in common (Dice).
  function likeness(x, y) {
    if (x.heading !== y.heading) return 0;
    const total = x.words.length + y.words.length;
    if (!total) return x.key === y.key ? 1 : 0;
    let same = 0;
    for (const [word, count] of x.counts) same += Math.min(count, y.counts.get(word) || 0);
    return (2 * same) / total;
  }

  // The pairing of a gap's leftovers that keeps order and has the greatest total likeness.
  function similar(a, b, match, taken, pair, [top, bottom, left, right]) {
    const rows = free(top, bottom, match), columns = free(left, right, taken);
    if (!rows.length || !columns.length || rows.length * columns.length > LARGEST_TABLE) return;
    const alone = rows.length === 1 && columns.length === 1 && a[rows[0]].words.length <= SHORT;
    const least = alone ? SHORT_IN_GAP : IN_GAP;
    const score = rows.map((i) => columns.map((j) => { const s = likeness(a[i], b[j]); return s >= least ? s : 0; }));
    const best = Array.from({ length: rows.length + 1 }, () => new Float64Array(columns.length + 1));
    for (let r = rows.length - 1; r >= 0; r--) {
      for (let c = columns.length - 1; c >= 0; c--) {
        const paired = score[r][c] ? score[r][c] + best[r + 1][c + 1] : 0;
        best[r][c] = Math.max(paired, best[r + 1][c], best[r][c + 1]);
      }
    }
    for (let r = 0, c = 0; r < rows.length && c < columns.length;) {
      if (score[r][c] && best[r][c] === score[r][c] + best[r + 1][c + 1]) pair(rows[r++], columns[c++]);
      else if (best[r][c] === best[r + 1][c]) r++;
      else c++;
    }
  }

  function elsewhere(a, b, match, taken, pair) {
    const long = (x) => x.words.length >= FEWEST_TO_MOVE;
    const lost = free(0, a.length, match).filter((i) => long(a[i]));
    const found = free(0, b.length, taken).filter((j) => long(b[j]));
    if (lost.length * found.length > LARGEST_TABLE) return;
    const scored = lost.flatMap((i) => found.map((j) => [likeness(a[i], b[j]), i, j])).filter(([s]) => s >= ELSEWHERE);
    scored.sort((x, y) => y[0] - x[0] || Math.abs(x[1] - x[2]) - Math.abs(y[1] - y[2]) || x[1] - y[1]);
    for (const [, i, j] of scored) if (!match.has(i) && !taken.has(j)) pair(i, j);
  }

  // A removed clause follows its old predecessor.
  function ordered(a, match, width) {
    const stay = new Map(increasing(match)), back = new Map([...match].map(([i, j]) => [j, i]));
    const removed = new Map();
    let place = -1;
    a.forEach((_, i) => {
      if (stay.has(i)) place = stay.get(i);
      if (!match.has(i)) removed.set(place, [...(removed.get(place) || []), i]);
    });
    const rows = (removed.get(-1) || []).map((i) => [i, -1, false]);
    for (let j = 0; j < width; j++) {
      const i = back.has(j) ? back.get(j) : -1;
      rows.push([i, j, i >= 0 && !stay.has(i)]);
      for (const gone of removed.get(j) || []) rows.push([gone, -1, false]);
    }
    return rows;
  }

  return { folder, redline, align };
})();
