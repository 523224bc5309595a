"""Pages that say of themselves that they are no document: errors, walls, challenges, maintenance.

A phrase alone says little: an honest text may speak of captchas, of logging in, of things no
longer available. A page is a notice where it is short, has such a phrase, and has next to nothing
of terms beside it; the more clearly its title or heading says so, the more of them it takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.extractor.normalise import fold
from tracker.model import Outcome, Reading, Unit

#: A notice is short; a real document may well speak of signing in.
SHORT = 3000
_FEWEST_WORDS = 5  # of a sentence of terms; a link to them in a footer has less
#: So much of terms outweighs a phrase: in the text, and in the title or a heading.
_ENOUGH, _ENOUGH_BELOW_HEADING = 2, 6
_CLEAR_WORDS = 9  # of a sentence that has a phrase, and yet is one of terms


def _joined(pattern: str) -> str:
    return re.sub(r"\n\s*", "", pattern)


_PHRASES = {
    Outcome.CHALLENGE: r"""
        verify(?:ing)? (?:that )?you(?:'re| are) (?:a )?human|security (?:check|verification)
        |captcha|unusual traffic|checking (?:your browser|if the site)|are you a (?:robot|human)
        |enable javascript and cookies|temporarily blocked|you have been blocked
        |request (?:was |has been )?blocked
        |access (?:to this page )?(?:is |has been |was )?denied|^just a moment
        |you are not a robot|prove you(?:'re| are) (?:not a robot|human)
        |accès (?:refusé|interdit)|que vous êtes (?:un )?humain|trafic inhabituel|avez été bloqué
        |zugriff (?:verweigert|gesperrt)|sicherheits(?:über)?prüfung
        |ungewöhnliche\w{0,3} datenverkehr|dass sie (?:ein mensch|kein roboter)
        |acceso (?:denegado|prohibido)|que (?:eres|es) (?:un )?humano|tráfico inusual
        |accesso (?:negato|vietato)|di (?:essere umano|non essere un robot)
        |traffico (?:insolito|anomalo)|acesso (?:negado|proibido)|que (?:você )?é humano
        |tráfego incomum|toegang geweigerd|dat (?:u|je) een mens|ongebruikelijk verkeer""",
    Outcome.WALL: r"""
        ^(?:sign (?:up|in)|log ?in|join)\b|accept cookies from|create (?:an|your) account to
        |\b(?:sign in|log in|sign up|join)\b[^.]{0,40}\bto (?:continue|view|see|read)\b
        |\bby (?:clicking|continuing|signing|joining|logging)\b[^.]{0,60}\byou agree
        |^(?:se connecter|connectez-vous|identifiez-vous|inscrivez-vous)\b|connectez-vous pour
        |^(?:anmelden|einloggen|registrieren)\b|bitte (?:anmelden|einloggen)
        |melden sie sich an, um|^(?:inicia(?:r)?|inicie) sesión\b|^regístrate\b
        |inici[ae] sesión para|^(?:accedi|registrati|iscriviti)\b
        |(?:accedi|effettua il login) per
        |^(?:entrar|cadastre-se|iniciar sessão|fazer login|faça login)\b
        |(?:faça login|inicie sessão) para|^(?:inloggen|aanmelden|registreren)\b
        |(?:log in|meld (?:je|u) aan) om""",
    Outcome.MISSING: r"""
        not (?:be )?found|(?:doesn't|does not|didn't|did not) exist|may have been moved
        |no longer (?:available|exists?)
        |(?:can't|cannot|can not|couldn't|could not) (?:seem to )?(?:find|locate)
        |(?:page|content|document) (?:has been|was|is) (?:moved|removed|deleted|gone|missing)
        |nothing (?:to see )?here|nothing (?:was )?found|(?:broken|dead) link|^gone$
        |page (?:that )?you(?:'re| are| were)? (?:looking for|requested)|introuvable
        |n'existe (?:pas|plus)|non trouvée?|n'est plus disponible|n'a pas été trouvée?
        |nicht gefunden|existiert (?:leider )?nicht
        |nicht (?:mehr )?(?:verfügbar|vorhanden|finden)
        |no (?:se )?(?:ha )?(?:podido )?(?:encontr\w+|existe)|ya no (?:está disponible|existe)
        |non (?:è stat[ao] )?trovat[ao]|non esiste|non (?:è )?più disponibile|impossibile trovare
        |não (?:foi )?(?:encontr\w+|existe)|não (?:está )?mais disponível
        |não pôde ser encontrad[ao]|niet (?:worden )?gevonden|bestaat (?:helaas )?niet
        |niet (?:meer )?beschikbaar|niet vinden""",
    Outcome.SERVER_ERROR: r"""
        application error|something (?:went|has gone|'s) wrong
        |(?:unexpected|internal|server|fatal|database) error|error (?:has )?occurred
        |(?:isn't|not) available|should be redirected|redirecting to
        |(?:temporarily|currently|service|site|server|page) (?:is )?(?:temporarily |currently )?
        (?:unavailable|down\b|offline|overloaded)
        |try (?:again|refreshing|reloading)
        |browser is (?:out of date|not supported|no longer supported)|unsupported browser
        |(?:scheduled|planned|under|undergoing|down for)[^.]{0,20} maintenance
        |maintenance (?:mode|break|work|window|in progress)|^maintenance$
        |(?:be|are) (?:right )?back (?:soon|shortly|later|online)|come back (?:in|later|soon)
        |check back (?:in|later|soon)|bad gateway|gateway time-?out|too many requests
        |(?:enable|turn on|activate|requires?|needs?|without) javascript
        |javascript (?:is |must be |to be )?(?:required|disabled|enabled)|bandwidth limit
        |taking a (?:short )?break|(?:back )?online again
        |^(?:oops|whoops|uh[ -]oh)\b|erreur (?:s'est produite|est survenue|interne)
        |(?:temporairement|momentanément|actuellement) (?:indisponible|inaccessible)
        |(?:en|cours de) maintenance|maintenance (?:programmée|planifiée|en cours)|réessay\w+
        |activ\w{0,6} javascript|de retour (?:bientôt|dans)|bientôt de retour
        |fehler (?:ist )?aufgetreten
        |(?:vorübergehend|derzeit|momentan|zurzeit|zur zeit) nicht (?:verfügbar|erreichbar)
        |wartungs(?:arbeiten|modus|seite)|(?:wegen|in) wartung|etwas schiefgelaufen
        |(?:später|es) (?:erneut|noch einmal|nochmals|wieder)|javascript (?:zu )?aktivier\w+
        |aktivier\w{0,6} (?:sie )?(?:bitte )?javascript
        |(?:bald|gleich) (?:wieder )?(?:zurück|da\b|für sie)
        |(?:ocurrido|producido|produjo|ocurrió) un error|algo (?:ha )?(?:salido|salió) mal
        |(?:temporalmente|momentáneamente|actualmente) (?:no disponible|fuera de servicio|inactiv\w)
        |(?:en|por) mantenimiento|mantenimiento programado|inténte?(?:lo|alo)|intentarlo
        |(?:activ|habilit)\w{0,6} javascript|volv(?:emos|eremos)|verificato un errore|andato storto
        |(?:temporaneamente|momentaneamente|attualmente) non (?:disponibile|raggiungibile)
        |(?:in|per) manutenzione|manutenzione programmata|riprova\w*
        |(?:abilit|attiv)\w{0,6} javascript|torn(?:eremo|iamo)|ocorreu um erro
        |algo (?:deu|correu) (?:errado|mal)
        |(?:temporariamente|momentaneamente|atualmente) (?:indisponível|fora do ar)
        |(?:em|para) manutenção|manutenção programada|tente (?:novamente|mais tarde)
        |(?:ativ|habilit)\w{0,6} o? ?javascript|volt(?:amos|aremos)|iets (?:mis|fout) (?:ge)?ga\w+
        |ging iets (?:mis|fout)|fout opgetreden
        |(?:tijdelijk|momenteel) (?:niet (?:beschikbaar|bereikbaar)|onbeschikbaar|onbereikbaar)
        |(?:in|wegens|gepland) onderhoud|onderhoudswerkzaamheden|probeer het|schakel javascript
        |javascript in(?: te )?schakel\w*|(?:zo|binnenkort|snel) (?:weer )?terug""",
}
_MARKERS = tuple(
    (outcome, re.compile(_joined(pattern), re.IGNORECASE)) for outcome, pattern in _PHRASES.items()
)
#: A status code as the title or a heading of a page, or as all of a clause.
_CODE = re.compile(
    r"^\W*+(?:(?:http|status|error|erreur|fehler|errore|erro|fout)\W*+)?+(?:(?:status|code)\W*+)?+"
    r"(4(?:0\d|10|18|2\d|51)|5(?:0\d|2\d))(?=\W|$)(?!\W{0,3}(?:days|years|euros?)\b)",
    re.IGNORECASE,
)
_TERMS = re.compile(
    _joined(
        r"""
        \b(?:agree\w*|consent\w*|personal|data|cookies?|privacy|polic(?:y|ies)|terms|conditions
        |rights?|laws?|legal\w*|liab\w+|contract\w*|oblig\w+|refund\w*|cancel\w*|subscri\w+|pays?
        |payments?|paid|fees?|goods|orders?|deliver\w*|deletes?|deleted|retain\w*|keep|kept
        |shares?|shared|sell|sold|licen[cs]\w+|copyright|posts?|advert\w*|train\w*|must|shall
        |entitled|warrant\w*|days|months|disputes?|courts?|collect\w*|opt|choices?|rules?
        |prohibit\w*|terminat\w*|effective|apply|applies|données|confidentialité|droits?
        |contrat\w*|accord|paie\w+|rembours\w+|résili\w+|lois?|responsab\w+|jours|vend\w+
        |partag\w+|conserv\w+|livr\w+|command\w+|publicit\w+|traitement\w*|daten\w*
        |\w*bedingungen|vertr[aä]g\w*|rechte?\w*|einwillig\w+|haft\w+|zahl\w+|kündig\w+|gesetz\w*
        |widerruf\w*|tagen?|speicher\w+|verkauf\w*|werbung|bestell\w+|liefer\w+|erstatt\w+|waren?
        |verarbeit\w+|nutz\w+|datos|condiciones|privacidad|derechos?|pag\w+|reembols\w+|ley\w*
        |días|compart\w+|pedidos?|publicidad|tratamiento|dati|condizioni|riservatezza|diritt\w+
        |consenso|rimbors\w+|obblig\w+|legge|giorni|condivid\w+|ordin\w+|trattamento|dados|termos
        |privacidade|direitos?|obriga\w+|lei|dias|compartilh\w+|partilh\w+|tratamento|gegevens
        |voorwaarden|rechten?|overeenkomst\w*|toestemming|betal\w+|terugbetal\w+|verplicht\w+
        |wet\w*|aansprakel\w+|dagen|delen|verkop\w+|bewar\w+|advertenties|verwerk\w+)\b"""
    ),
    re.IGNORECASE,
)
#: What walls say beneath their buttons.
_BY_CLICK = re.compile(r"\bby (?:clicking|continuing|signing|joining|logging)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Notice:
    """The outcome a page says of itself, and the words by which it does."""

    outcome: Outcome
    words: str


def notice(reading: Reading) -> Notice | None:
    """Return what a short page says of itself in place of a document, if anything."""
    if sum(len(clause.key) for clause in reading.clauses) >= SHORT:
        return None
    headings = [fold(reading.title)]
    headings += [c.key for c in reading.clauses if c.unit is Unit.HEADING]
    clauses = [f"{c.number} {c.key}".strip() for c in reading.clauses]
    said = _coded([*headings, *clauses]) or _said(headings)
    found = said or _said(clauses)
    if found is None:
        return None
    terms = weight_of_terms(clauses)
    is_titled = not said and any(map(_TERMS.search, headings))
    enough = _ENOUGH_BELOW_HEADING if said else _ENOUGH - is_titled
    return None if terms >= enough else found


def weight_of_terms(texts: Sequence[str]) -> int:
    """Return how much `texts` speak of what terms speak of: up to two for each sentence."""
    return sum(_weight(sentence) for text in texts for sentence in _SENTENCE.split(text))


def _weight(sentence: str) -> int:
    words = len(sentence.split())
    if words < _FEWEST_WORDS or _BY_CLICK.search(sentence):
        return 0
    weight = min(2, len({found.lower() for found in _TERMS.findall(sentence)}))
    # "If an article is no longer available we pay back what you paid": as good as any other.
    is_doubtful = (words < _CLEAR_WORDS or weight < 2) and _said([sentence]) is not None
    return 0 if is_doubtful else weight


def _said(texts: Sequence[str]) -> Notice | None:
    for outcome, pattern in _MARKERS:
        for text in texts:
            if match := pattern.search(text):
                return Notice(outcome, match[0].strip())
    return None


def _coded(texts: Sequence[str]) -> Notice | None:
    """Return the status code that a page has for a title, a heading or a clause of few words."""
    few = (text for text in texts if len(text.split()) <= _FEWEST_WORDS)
    code = next((match for match in map(_CODE.search, few) if match), None)
    if code is None:
        return None
    is_missing = code[1] in {"404", "410"}
    return Notice(Outcome.MISSING if is_missing else Outcome.SERVER_ERROR, code[0].strip())
