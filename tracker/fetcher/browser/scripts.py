"""What is done in a page, as JavaScript."""

from __future__ import annotations

#: Characters that the page has; the sign of whether it is still being filled.
LENGTH = """() => {
  let length = 0;
  const roots = [document];
  while (roots.length) {
    const root = roots.pop();
    length += (root.body || root).textContent.length;
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot);
  }
  return length;
}"""

#: Scroll through the page, for what comes only when it is looked at.
SCROLL = "() => window.scrollTo(0, document.documentElement.scrollHeight)"

#: Click what says that there is more of the text, each once; how many were there.
OPEN = """(words) => {
  const more = new RegExp('^(?:' + words + ')[\\\\s.…+>»↓▼]*$', 'i');
  const roots = [document];
  let clicked = 0;
  while (roots.length) {
    const root = roots.pop();
    for (const one of root.querySelectorAll('*')) {
      if (one.shadowRoot) roots.push(one.shadowRoot);
      if (!one.matches('button, [role=button], summary, a:not([href]), a[href^="#"]')) continue;
      if (one.matches('[type=submit], [aria-haspopup]:not([aria-haspopup=false])')) continue;
      if (one.dataset.trackerOpened || clicked >= 20 || !one.getClientRects().length) continue;
      if (!more.test((one.innerText || '').trim())) continue;
      one.dataset.trackerOpened = '1';
      one.click();
      clicked += 1;
    }
  }
  return clicked;
}"""

#: Words of such buttons, in many languages.
MORE = (
    "(?:load|show|read|see|view) (?:more|all|the rest)|more"
    "|mehr (?:an)?zeigen|mehr laden|mehr lesen|weiterlesen|alle(?:s)? anzeigen"
    "|(?:voir|afficher|charger) (?:plus|tout)|lire la suite"
    "|(?:mostrar|ver|cargar|leer) (?:más|todo)|(?:mostrar|ver|carregar|ler) (?:mais|tudo)"
    "|(?:mostra|carica|leggi|vedi) (?:altro|di più|tutto)"
    "|meer (?:tonen|laden|lezen)|pokaż więcej|czytaj więcej|visa mer|läs mer|vis mere|vis mer"
    "|näytä lisää|zobrazit více|показать (?:ещё|еще|больше|все)|показати більше|daha fazla göster"
    "|もっと見る|さらに表示|続きを読む|더 ?보기|加载更多|查看更多|展开(?:全部)?|顯示更多|載入更多"
)

#: What is there, with the open shadow roots as they are written in HTML.
WRITE = """() => {
  const shadows = [], roots = [document];
  while (roots.length) {
    for (const one of roots.pop().querySelectorAll('*')) {
      if (one.shadowRoot) { shadows.push(one.shadowRoot); roots.push(one.shadowRoot); }
      delete one.dataset?.trackerOpened;
    }
  }
  const root = document.documentElement;
  const inner = root.getHTML ? root.getHTML({shadowRoots: shadows}) : root.innerHTML;
  const marks = root.cloneNode(false).outerHTML.replace(/<\\/html>$/, '');
  return `<!DOCTYPE html>\\n${marks}${inner}</html>`;
}"""
