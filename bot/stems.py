"""What a text is about: the stems of its words, with whatever a ward calls by several names under one of them."""

import math
import re
from functools import cache, lru_cache

import snowballstemmer

from bot.typed import fold

# Chosen by `benchmarks.search`, which prints what they give.
LIKELY = 0.4  # of `Search.alike`: from here on "is it one of these?" is worth a glance
SAME = 0.65  # of what two texts say in common, both by the same person: most likely sent twice

MOST = 48  # different stems of one text: what comes after them adds little and would cost as much again
_READ = 4_000  # characters in which they are looked for

_MASKED = re.compile(r"\[[^\[\]]*\]")
_APART = str.maketrans({"'": "", "’": "", "`": "", "-": " "})
_WORD = re.compile(r"[^\W_]{2,40}")
_NUMBER = re.compile(r"\d+")
_ALGORITHMS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nb": "norwegian", "nl": "dutch", "pt": "portuguese", "sv": "swedish",
}  # fmt: skip

# Words that say nothing of what a report is about.
_STOP = """
    about after again all also although always am an and another any anybody anyone anything are arent as at away be
    because been before being both but by can cannot cant come could couldnt did didnt do does doesnt doing done
    dont down during each either else even ever every everybody everyone everything few for from get gets getting
    give go goes going got had has hasnt have havent having he her here hers him his how however if im in instead
    into is isnt it its itself ive just let lets like made make makes making many may me might more most much must
    my myself need needs neither never no nobody none nor not nothing now of off often on once one only onto or
    other our out over own per please put really same see seem seems shall she should shouldnt since so some
    somebody someone something still such than thank thanks that thats the their them then there theres these they
    thing things this those though through till to too took try trying under until up upon us use used using very
    want wants was wasnt we well went were werent what when whenever where which while who whoever whole whom whose
    why will with within without wont would wouldnt yet you your hello hi issue problem team today tonight yesterday
    tomorrow new old keep keeps kept say says said know happen happens happening way time times minute minutes hour
    hours work works working
"""

# What words mean together, where apart they would mean something else or nothing: a line ends with the one word.
_TOGETHER = """
    arm band, id band, id bands, wrist band = wristband
    as needed = prn
    bar code, bar codes = barcode
    blood bag, blood product, blood unit = transfusion
    blood sugar, blood sugars, finger stick = glucose
    by hand = manual
    call bell, call bells, call light, call lights, nurse call = calllight
    care plan, plan of care = careplan
    charge nurse = nurse
    clock change, clocks changed, daylight saving, daylight savings, time change = clockchange
    code status, full code = dnr
    contact precautions, contact isolation = isolation
    controlled substance, controlled substances = narcotic
    dual sign off, sign off, double check, second check = cosign
    early warning = mews
    go live = update
    hand off, hand over = handoff
    hard stop = required
    help desk, it line, it support, service desk = helpdesk
    i&o = intake
    locked up, locks up = freeze
    log in, log me in, log on, logged in, sign in, sign on, signed in, locked out = login
    kicked me out, kicked out, kicks me out, kicks us out, log out, logged me out, logged out, logs me out = logout
    signed out, signs me off, signs me out = logout
    med rec = reconciliation
    order set, order sets = orderset
    pulse ox = oxygen
    read only = locked
    show up, shows up = show
    shut down, shut off, turned off, turns off = shutdown
    take forever, takes ages, takes forever, takes too long, wait forever = slow
    task list, work list = worklist
    video call, video calls, video visit, video visits, virtual visit, virtual visits = telehealth
    vital sign, vital signs = vitals
    waiting room = lobby
    wi fi = wifi
    workstation on wheels = cart
"""

# The names of one thing in a line; the first stands for all.
_NAMES = """
    acetaminophen tylenol paracetamol
    admission admit admitted
    agency traveler float temp locum
    alert alarm warning popup notification notify notice
    allergy allergic nkda
    barcode qr
    battery charge charger unplugged plugged dead
    cabinet pyxis omnicell dispenser dispense
    cart wow cow workstation trolley
    chart ehr emr record document documentation
    chemo chemotherapy oncology
    computer pc laptop desktop
    cosign countersign verify verification witness signature sign unsigned
    critical panic
    diet dietary kitchen tray meal
    discharge avs
    discontinue dc
    downtime outage maintenance
    duplicate double twice
    early soon
    edit addend amend correct typo
    empty blank
    enter type typing
    find search lookup locate
    fingerprint bioid finger
    freeze froze frozen hang hung stuck spinning crash
    fridge refrigerator
    glucose glucometer fingerstick
    hall hallway corridor
    handoff handover sbar
    housekeeping evs
    infusion iv drip gtt
    intake output fluid
    isolation iso mrsa
    label sticker
    login password username badge access account
    manual manually
    mar emar bcma
    medication med medicine drug
    message chat text texted
    mews news deterioration
    milk ebm
    missing disappear vanish gone lost
    mother mom
    narcotic narc opioid
    neb nebulizer albuterol
    network wifi wireless internet offline
    newborn baby infant neonate
    night nights overnight midnight
    noise noisy loud static crackle beep
    nurse rn
    order cpoe orderset
    oxygen o2 spo2
    patient pt pts client
    peds pediatric child children
    pharmacy pharmacist
    phone handset mobile telephone
    physician doctor doc provider md resident hospitalist
    picture photo image
    piggyback ivpb secondary
    prescription prescribe script rx
    print printer printout
    pump alaris
    radiology ct mri xray
    read reader readable unreadable recognise recognize
    required mandatory forced force
    respiratory rt
    scan scanner gun
    show display visible appear view
    slow slowly lag delay late overdue
    small tiny font
    sound audio hear microphone mic mute
    specimen sample tube
    stat urgent
    stethoscope steth
    tablet tab pill
    telehealth telemedicine tele
    train training class educate
    transfusion blood prbc
    transport transporter
    update upgrade
    vital vitals bp
    weight lb lbs pound kg kilo
    wound ulcer
    wristband armband band bracelet
    wrong incorrect mismatch
"""


@lru_cache(maxsize=256)  # the same report is looked at several times while it is filed
def stems(words: str, language: str = "en") -> tuple[str, ...]:
    """Each stem once, in their order; words that say nothing, numbers, and what was masked are left out."""
    text = _MASKED.sub(" ", fold(words[:_READ])).translate(_APART)
    found: dict[str, None] = {}
    for word in _WORD.findall(_joined(text) if language == "en" else text):
        if word not in _EMPTY and not word.isdecimal():
            found[_stem(word, language)] = None
            if len(found) == MOST:
                break
    return tuple(found)


def sent_twice(words: str, before: str, language: str = "en") -> bool:
    """Whether the same person most likely says the same again: nearly the same words, and no other numbers."""
    numbers, numbers_before = _NUMBER.findall(words), _NUMBER.findall(before)
    if numbers and numbers_before and numbers != numbers_before:
        return False  # bed 3 and bed 4 are two reports
    now, then = set(stems(words, language)), set(stems(before, language))
    if not now or not then:
        return fold(words) == fold(before)
    return len(now & then) / math.sqrt(len(now) * len(then)) >= SAME


def _together() -> dict[str, str]:
    lines = [line.split(" = ") for line in _TOGETHER.strip().splitlines()]
    return {phrase: word for phrases, word in lines for phrase in phrases.strip().split(", ")}


_EMPTY = frozenset(_STOP.split())
_WHOLE = _together()
_PHRASES = re.compile(rf"\b(?:{'|'.join(sorted(_WHOLE, key=len, reverse=True))})\b")


def _joined(text: str) -> str:
    """`text` with the one word for each phrase that we know."""
    return _PHRASES.sub(lambda found: _WHOLE[found[0]], text)


@lru_cache(maxsize=8_192)
def _stem(word: str, language: str) -> str:
    stem = _bare(word, language)
    return _names().get(stem, stem) if language == "en" else stem


def _bare(word: str, language: str) -> str:
    """The stem alone. A stemmer works inside itself, so each word has its own: threads would mix their words up."""
    algorithm = _ALGORITHMS.get(language)
    return str(snowballstemmer.stemmer(algorithm).stemWord(word)) if algorithm else word


@cache
def _names() -> dict[str, str]:
    """The stem of each name of a thing, and that of the first of its names."""
    lines = [[_bare(name, "en") for name in line.split()] for line in _NAMES.strip().splitlines()]
    return {name: names[0] for names in lines for name in names}
