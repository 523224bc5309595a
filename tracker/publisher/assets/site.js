// Fills in when each text was last seen. Without it, a plain link leads to the status page.
(async () => {
  const places = [...document.querySelectorAll("[data-seen]")];
  if (!places.length) return;
  const answer = await fetch(document.body.dataset.root + "status.json").catch(() => null);
  if (!answer || !answer.ok) return;
  const rows = new Map((await answer.json()).map((row) => [row.document, row]));
  for (const place of places) {
    const row = rows.get(place.dataset.seen);
    if (!row || !row.last_seen) continue;
    const time = document.createElement("time");
    time.dateTime = row.last_seen;
    time.textContent = row.last_seen.slice(0, 16).replace("T", " ") + " UTC";
    const link = document.createElement("a");
    link.href = document.body.dataset.root + "status/index.html";
    link.append(place.tagName === "TD" ? "" : "Last seen ", time);
    if (row.state !== "ok") link.append(" (" + row.state + ")");
    place.replaceChildren(link);
  }
})();
