"""The words of pages that are no document, and those of terms, in many languages.

A space in a pattern is any space; `_joined` takes the line breaks out.
"""

from __future__ import annotations

import re

from tracker.model import Outcome


def _joined(pattern: str) -> str:
    return re.sub(r"\n\s*", "", pattern)


#: What pages say that are none, by what becomes of them.
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
        |tráfego incomum|toegang geweigerd|dat (?:u|je) een mens|ongebruikelijk verkeer
        |press (?:&|and) hold|confirm you(?:'re| are) (?:a )?human|human verification
        |incapsula incident|disable (?:any|your) ad ?blocker|ad ?blocker (?:was )?detected
        |you are now in line|waiting room|ray id\b
        |вы не робот|доступ (?:запрещ[её]н|ограничен)|ви не робот|доступ заборонен
        |nie jesteś robotem|(?:odmowa dostępu|dostęp zabroniony)|nejste robot|přístup odepřen
        |inte är en robot|åtkomst nekad|ikke er en robot|adgang nægtet|ingen tilgang
        |et ole robotti|pääsy (?:estetty|evätty)|nem robot|hozzáférés megtagadva|nu ești robot
        |acces (?:interzis|refuzat)|δεν είστε ρομπότ|robot olmadığınızı|erişim (?:engellendi
        |reddedildi)
        |لست روبوت|تم رفض الوصول|אינך רובוט|הגישה נדחתה|रोबोट नहीं|पहुंच अस्वीकृत
        |không phải (?:là )?robot|truy cập bị từ chối|bukan robot|akses ditolak|ไม่ใช่หุ่นยนต์
        |ปฏิเสธการเข้าถึง
        |ロボットではありません|アクセス(?:が)?拒否|人机验证|人機驗證|访问(?:被拒绝|过于频繁)
        |存取被拒
        |安全验证|로봇이 아닙니다|접근이 (?:거부|차단|제한)|(?:비정상|자동화)[^.]{0,6} 접근""",
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
        |(?:log in|meld (?:je|u) aan) om
        |you need access|ask for access|session (?:has )?(?:expired|timed out)
        |enter (?:the )?(?:store|site) using (?:a )?password|cookies are disabled
        |^are you (?:over|at least|of legal) |connect to (?:the internet|wi-?fi) by
        |^(?:войти|вход|авторизация|увійти|вхід|zaloguj|logowanie|přihlá\w+|logga in|log ind
        |logg inn)\b
        |^(?:kirjaudu|bejelentkezés|autentificare|σύνδεση|giriş yap|oturum aç|đăng nhập|masuk)\b
        |^(?:تسجيل الدخول|התחברות|लॉग इन|เข้าสู่ระบบ|ログイン|登录|登錄|登入|로그인)""",
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
        |niet (?:meer )?beschikbaar|niet vinden
        |page (?:has )?(?:moved|isn't here|is gone)|(?:you seem to be|are you) lost
        |moved to (?:<a )?a new (?:location|address|page)|^index of /|no such (?:app|page|site
        |file)
        |nothing here|domain (?:name )?(?:is|may be) for sale|buy this domain|domain is parked
        |site (?:has been|was) (?:retired|shut down|closed)|no (?:page|site) (?:here
        |at this address)
        |specified key does not exist|gibt es (?:leider )?nicht|che cerchi non c'è|drifted into
        |не найден[аоы]?\b|не существует|больше не доступн\w+|не знайдено|не існує
        |nie (?:znaleziono|istnieje|można znaleźć|została? znalezion\w+)|nenalezen\w*|neexistuje
        |nebyl[ao]? nalezen\w*|nenájden\w*|(?:hittades inte|inte hittas|sidan finns inte)
        |(?:blev|ble) ikke f[uo]nn?d?et|find(?:es|nes) ikke|finnes ikke|kunne ikke finde\w*
        |ei (?:löyt\w+|löydy|ole olemassa)|nem található|nem létezik|nu (?:a fost găsit\w*|există)
        |nu poate fi găsit\w*|δεν (?:βρέθηκε|υπάρχει)|bulunamadı|bulunmuyor|sayfa mevcut değil
        |غير موجود|لم (?:يتم|نتمكن من) العثور|לא נמצא|לא קיים|یافت نشد|وجود ندارد
        |नहीं मिल[ाी]|(?:पेज|पृष्ठ) (?:उपलब्ध|मौजूद) नहीं|ไม่พบ|không (?:tìm thấy|tồn tại)
        |tidak (?:dapat )?di(?:temukan|jumpai)|見つかりません|(?:ページ|サイト)は存在しません
        |お探しのページ|(?:页面|頁面|网页|網頁)(?:不存在|已被?删除|已被?刪除)|找不到(?:该|此|這個
        |您)?(?:页|頁|网|網)
        |无法找到|無法找到|未找到|찾을 수 없습니다|페이지가 존재하지 않""",
    Outcome.SERVER_ERROR: r"""
        application error|something (?:went|has gone|'s) wrong
        |(?:unexpected|internal|server|fatal|database) error|error (?:has )?occurred
        |(?:page|content|site|service|document|store|shop|app) (?:isn't|is not|not) available
        |^(?:currently )?(?:unavailable|not available)|should be redirected|redirecting to
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
        |(?:temporalmente|momentáneamente|actualmente) (?:no disponible|fuera de servicio
        |inactiv\w)
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
        |javascript in(?: te )?schakel\w*|(?:zo|binnenkort|snel) (?:weer )?terug
        |establishing a database|(?:critical|fatal) error|^it works!?$|default (?:web ?)?page
        |^welcome to (?:nginx|your new)|^future home of
        |^(?:coming|opening) soon(?!:)|under construction
        |this account has been suspended|^account suspended$
        |please enable (?:js|cookies)
        |not able to serve|accessing? (?:this )?(?:web)?site from a country|request unsuccessful
        |exceeded your rate limit|algo no (?:funciona|va bien)
        |технические работы|попробуйте (?:ещ[её] раз|позже|снова)|временно недоступ\w+
        |произошла ошибка|что-то пошло не так|технічні роботи|спробуйте (?:ще раз|пізніше)
        |тимчасово недоступ\w+|сталася помилка|przerwa techniczna|prace (?:techniczne
        |konserwacyjne)
        |spróbuj ponownie|chwilowo niedostępn\w+|wystąpił błąd|coś poszło nie tak
        |zkuste to (?:znovu|později)|(?:dočasně|momentálně) nedostupn\w+|došlo k chybě
        |probíhá údržba
        |försök igen|tillfälligt (?:otillgänglig|nere)|ett fel (?:har )?inträffa\w*|något gick fel
        |prøv ig(?:en|jen)|midlertidigt? (?:utilgængelig|utilgjengelig|nede)|opst[oå]d en fe[ij]l
        |noe gikk galt|noget gik galt|(?:under|på grund av) (?:underhåll|vedlikehold
        |vedligehold\w*)
        |huoltokatko|yritä (?:uudelleen|myöhemmin)|tapahtui virhe|jotain meni (?:pieleen|vikaan)
        |karbantartás|próbálja (?:újra|később)|hiba történt|mentenanță|încercați (?:din nou
        |mai târziu)
        |temporar indisponibil|a apărut o eroare|συντήρηση|δοκιμάστε (?:ξανά|αργότερα)
        |bakım (?:çalışması|modu)|bakımdayız|(?:tekrar|sonra) deneyin|bir hata oluştu
        |تحت الصيانة|حاول مرة أخرى|حدث خطأ|غير متاح مؤقت|בתחזוקה|נסה שוב|אירעה שגיאה|משהו השתבש
        |रखरखाव|पुनः प्रयास|फिर से (?:प्रयास|कोशिश)|कुछ गलत|ปิดปรับปรุง|ลองใหม่|เกิดข้อผิดพลาด
        |đang bảo trì|thử lại|có lỗi xảy ra|đã xảy ra lỗi|(?:dalam|sedang) pemeliharaan
        |coba lagi|cuba lagi|terjadi kesalahan|メンテナンス中|しばらくして(?:から)?
        |エラーが発生|アクセスできません|(?:系统|系統|网站|網站)(?:正在)?(?:维护|維護)|维护中
        |維護中
        |稍后(?:再试|重试)|稍後再試|出错了|(?:发生|發生)(?:错误|錯誤)|启用 ?javascript|점검 ?중
        |잠시 후
        |다시 시도|오류가 발생""",
}
#: All of a title or a heading that says only that something went wrong.
ERROR = re.compile(
    _joined(
        r"""
        \W*+(?:error|erreur|fehler|errore|erro|fout|ошибка|помилка|błąd|hata|fel|fejl|feil|virhe|chyba
        |hiba|eroare|lỗi|galat|ralat|خطأ|שגיאה|エラー|错误|錯誤|오류|त्रुटि|σφάλμα|ข้อผิดพลาด|خطا|грешка|greška
        |napaka|klaida|kļūda|viga)\W*+"""
    ),
    re.IGNORECASE,
)
MARKERS = tuple(
    (outcome, re.compile(_joined(pattern), re.IGNORECASE)) for outcome, pattern in _PHRASES.items()
)
#: In languages whose words end in many ways, or are not set apart.
_TERMS_BEYOND = r"""
    \b(?:данны\w+|соглаш\w+|условия\w*|услови\w+|прав[аоу]?|оплат\w+|возврат\w*|закон\w*|обязан\w+
    |ответственн\w+|конфиденциальн\w+|третьи\w{0,3} лиц\w+|дней|угод\w+|умов\w+|прав\w{0,3}
    |персональн\w+
    |dan(?:e|ych|ymi)|zgod\w+|warunk\w+|regulamin\w*|praw[aeo]?\w{0,3}|zwrot\w*|dni|osobow\w+
    |údaj\w*
    |souhlas\w*|podmín\w+|práv\w+|smlouv\w+|uppgifter\w*|villkor\w*|samtyck\w+|rättighet\w*|dagar
    |avtal\w*|oplysninger\w*|vilkår\w*|samtykke\w*|rettighed\w*|opplysninger\w*|rettighet\w*|dage
    |dager
    |tieto\w*|ehdot\w*|ehtoja|suostumu\w+|oikeu\w+|sopimu\w+|päivä\w*|adat\w*|feltétel\w+
    |hozzájárul\w+
    |jogo\w*|szerződés\w*|nap|datele|condiții\w*|consimț\w+|dreptur\w+|zile|δεδομέν\w+|όρο\w+
    |δικαι\w+|ημέρες|veri\w*|şart\w*|koşul\w*|hak\w*|onay\w*|gün|dữ liệu|điều khoản|quyền|ngày|data
    |ketentuan|syarat|hak|hari|pribadi|persetujuan)\b
    |بيانات|شروط|حقوق|موافق|خصوصي|ثالث|נתונים|תנאי|זכויות|הסכמה|ימים|اطلاعات|شرایط|डेटा|जानकारी
    |शर्त
    |अधिकार|सहमत|व्यक्तिगत|दिन|ข้อมูล|ข้อกำหนด|เงื่อนไข|สิทธิ|ยินยอม|個人情報|規約|同意|権利|責任
    |契約|料金|返金
    |利用者|日以内|提供|个人信息|條款|条款|协议|權利|权利|责任|責任|同意|退款|数据|資料|隐私|隱私
    |第三方|法律
    |개인정보|약관|동의|권리|책임|계약|환불|제공|제3자"""
TERMS = re.compile(
    _joined(
        _TERMS_BEYOND
        + r"""
        |\b(?:agree\w*|consent\w*|personal|data|cookies?|privacy|polic(?:y|ies)|terms|conditions
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
