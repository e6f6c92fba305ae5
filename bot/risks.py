"""Whether a way to go on touches a patient's identity, a dose, scanning or another safeguard, and so could harm (pure).

Rather once too often than once too rarely: what is found here is read by a safety officer before anybody goes by it.
"""

import re
from functools import cache

from bot.stems import stems
from bot.typed import fold

# A device that is mentioned without being used in another way: another scanner in place of a broken one harms nobody.
_DEVICE = re.compile(
    r"\bscann?ers?\b|\bscan guns?\b|\bmed(?:ication)? carts?\b|\blabel (?:rolls?|printers?)\b|\blabell?ers?\b"
)

# Each of these alone is enough, with whatever a ward also calls it.
_WORDS = """
    scan rescan unscanned barcode wristband label override bypass mrn dob
    dose dosing dosage overdose bolus titrate dilute concentration milligram microgram milliliter mcg
    rate syringe vial ampoule bag weight weigh library
    insulin heparin warfarin potassium narcotic chemo transfusion infusion gravity allergy bcma mar
    drug medicine medication capsule antibiotic drip blood specimen armband bracelet vitals sats telemetry
    alarm alert snooze witness cosign prescribe
"""

_NEAR = r"(?:\W+\w+){0,4}?\W+"
_FAR = r"(?:\W+\w+){0,7}?\W+"


def _both(one: str, other: str) -> str:
    """The two not far from each other, whichever comes first."""
    return rf"\b{one}\b{_FAR}{other}\b|\b{other}\b{_FAR}{one}\b"


_WHOSE = r"(?:another|other|different|wrong|next|previous|same|someone elses?|somebody elses?|test|dummy|fake)"
_ACCESS = (
    r"(?:badges?|log ?ins?|sign(?:ed|s)? in|sign ?ons?|passwords?|pass ?codes?|pins?|codes?|accounts?|credentials?"
    r"|id cards?)"
)
_SHARED = (
    r"(?:borrow\w*|shar(?:e|ed|ing)|lend\w*|lent|colleagues?|co ?workers?|someone\w*|somebody\w*|another|others?|elses?"
    r"|neighbou?rs?|charge nurses?|supervisors?|managers?|preceptors?|my|mine|hers|yours|your own|common|generic|group"
    r"|guest)"
)
_MEDICINE = r"(?:meds?|medicines?|medications?|drugs?|doses?|tablets? of|pills?|antibiotics?|drips?|fluids|ivs?)"
_WITHOUT = (
    r"(?:skip\w*|without|avoid\w*|omit\w*|ignor\w*|leave out|instead of|before|no need (?:for|to)|dont|do not|not)"
)
_CHECKS = (
    r"(?:scanner|scanners|gun|verif\w+|double check\w*|second check\w*|independent check\w*|witness\w*|co ?sign\w*"
    r"|(?:two|second|other) (?:nurse|person|pair)s?|pharmac\w+|identif\w+|safety check\w*)"
)
_ALARMS = r"(?:alarms?|alerts?|warnings?|telemetry|pop ?ups?(?! blocker)|hard stops?)"
_QUIETED = (
    r"(?:ignor\w+|dismiss\w*|silenc\w+|mut(?:e|es|ed|ing)|disabl\w+|disconnect\w*|unplug\w*|plug|off|down|lower\w*|wider?"
    r"|limits?|volumes?|quiet\w*|acknowledg\w+|click\w*|close|past)"
)
_LOUD = r"(?:pumps?|sounds? of|monitors?|ventilators?|oximeters?)"
_VITALS = (
    r"(?:vitals?|vital signs?|obs|observations?|temps?|temperatures?|fevers?|pulses?|heart rates?|pressures?|bps?|sats?"
    r"|saturations?|oxygen|sugars?|glucose|weights?|pain scores?|intake|outputs?)"
)
_ASIDE = (
    r"(?:paper|by hand|hands?|gloves?|sleeves?|sticky|notes?|notebooks?|post ?its?|sheets?|worksheets?|towels?|board"
    r"|whiteboards?|clipboards?|memory|later|afterwards?|after|end|tomorrow|tonight|yesterdays?|last|previous|copy|copied|guess\w*)"
)
_STALE = r"(?:old|last|previous|yesterdays?|printed|paper|memory|whiteboard|downtime|handwritten|by hand)"
_PHRASES = (
    # what was measured, and where it is written
    _both(_VITALS, _ASIDE),
    r"\bfrom memory\b|\b(?:from|off) the (?:white)?board\b|\bcop(?:y|ied|ying) forward\b",
    r"\b(?:writ\w+|wrote|jot\w*|note[ds]?|scribbl\w*)\b" + _FAR + r"(?:hands?|gloves?|sleeves?|arm|towels?)\b",
    r"\b(?:chart|document|record|sign|enter)\w*\b" + _FAR + r"(?:later|afterwards?|tomorrow|the end|at once)\b",
    r"\b(?:not|dont|never|without) (?:chart|document)\w*\b|\bchart\w*\b" + _NEAR + r"when\b",
    r"\b(?:chart|tick)\w*\b" + _NEAR + r"(?:as|that)\b|\bdocument\w* (?:it |them )?as (?:if|though|done|given)\b",
    # identity
    rf"{_WHOSE} (?:patient|pt|client|resident|bed|baby|mother|chart|record)s?\b",
    r"(?:patient|pt|client|baby|mother)s? (?:name|id|identity|number|birth\w*|account)",
    r"\b(?:date of birth|birth ?dates?|birthdays?|record numbers?|room numbers?|bed numbers?|two identifiers?)\b",
    r"\bverif\w*\b(?:\W+\w+){0,3}?\W+name\b|\bread\w*\b(?:\W+\w+){0,3}?\W+(?:aloud|out loud)\b",
    r"\bidentif(?:y|ied|ies|ying|ier|iers|ication)\b",
    r"\b(?:ask|call|say)\w*" + _NEAR + r"name\b",
    rf"\b{_ACCESS}{_NEAR}{_SHARED}\b|\b{_SHARED}{_NEAR}{_ACCESS}\b|\b{_SHARED}\W+{_ACCESS}\b",
    rf"\blet\w*\b{_NEAR}(?:use|work|sign|chart)\w*{_NEAR}(?:{_ACCESS}|name)\b",
    r"\bunder (?:your|my|his|her|their|\w+s) names?\b",
    r"\b(?:chart|sign|work|document)\w* (?:under|for) (?:you|me|him|her|us|them|two)\b",
    r"\b(?:stay|leav|keep|remain)\w*\b(?:\W+\w+){0,4}?\W+(?:(?:logged|signed) (?:in|on)|unlocked)\b",
    r"\b(?:not|dont|never|without) (?:log|sign)\w* (?:out|off)\b",
    r"\bemergency (?:access|accounts?|log ?ins?)\b|\bbreak(?:ing)? (?:the )?glass\b",
    r"\bgo(?:ing)? by\b|\bwho (?:they|he|she) (?:are|is)\b|\bnames? on\b",
    r"\b(?:by|at) (?:the|their) faces?\b|\bwhich (?:twin|baby|patient|one it)\b",
    rf"\bbands?\b{_FAR}(?:bed|station|chart|pole|desk|rail|wall|drawer)\b|\b(?:cut|clip|take)\w*{_NEAR}bands?\b",
    rf"\b(?:merg|admit|regist|pick|choos|select)\w*\b{_NEAR}(?:charts?|records?|patients?|pts?|as)\b",
    r"\border\w*\b" + _NEAR + r"(?:under|as|free text\w*)\b|\bfree text\w*" + _NEAR + r"orders?\b",
    # doses
    r"\d\s?(?:mg|mcg|ug|g|ml|cc|l|iu|meq|mmol|units?|tabs?|tablets?|puffs?|drops?|gtts?)\b",
    r"\b(?:half|twice|double|triple|extra|two|smaller|larger|higher|lower)\b" + _NEAR + _MEDICINE + r"\b",
    r"\b(?:half|double) (?:a|the|an) \w+|\bround\w* (?:up|down)\b|\bgiv\w+\W+(?:it|them|that)\b",
    (
        rf"\b(?:giv\w+|gave|administer\w*|inject\w*|infus\w*|push\w*|hang\w*|hung|crush\w*|split\w*|draw\w* up|pull\w*"
        rf"|take|taking|run)\b{_NEAR}{_MEDICINE}\b"
    ),
    rf"\b(?:giv\w+|administer\w*|push\w*|hang\w*)\W+{_MEDICINE}\b",
    r"\b(?:pump|drip|iv|syringe|pca)s?\b(?:\W+\w+){0,6}?\W+(?:rate|rates|program\w*|manual\w*|librar\w+|limits?|basic)\b",
    r"\b(?:rate|rates|program\w*|librar\w+|limits?)\b(?:\W+\w+){0,6}?\W+(?:pump|drip|iv|syringe|pca|infusion)s?\b",
    r"\b(?:calculat\w+|conver(?:t|ts|ting|sion))\b",
    r"\b(?:paper|handwritten|verbal|phone|telephone|spoken|old) (?:e?mars?|med\w*|drug\w*|orders?|prescriptions?)\b",
    rf"\b(?:chart|document|record|sign|write|note|mark)\w*{_NEAR}(?:{_MEDICINE}|(?:as )?given|as done)\b",
    r"\b(?:giv\w+|gave)\b" + _NEAR + r"(?:now|early|first|yesterday|last|what|ordered)\b",
    _both(r"(?:drugs?|med|meds|medicines?|medications?|tablets|pills)", _STALE),
    r"\b(?:old|last|previous|yesterdays?) orders?\b",
    r"\b(?:floor stock|emergency (?:drawer|stock|box|kit))\b|\b(?:mix|crush|dissolv|reconstitut)\w*\b",
    r"\bhalf now\b|\bby eye\b|\bwithout\W+(?:the |a )?pumps?\b",
    _both(_ALARMS, _QUIETED),
    rf"\b(?:mut(?:e|es|ed|ing)|silenc\w+|quiet\w*|volumes?)\b{_NEAR}{_LOUD}\b|\b{_LOUD}\W+(?:on|to) (?:mute|silent)\b",
    r"\bsilenc\w+ (?:it|them)\b|\bbeeping\b|\b(?:tap|press|click|hit)\w* (?:dismiss|ignore|continue)\b",
    r"\b(?:yes|ok|okay|next)\b" + _NEAR + r"(?:everything|all|until)\b|\bget past\b|\blets? you (?:through|past)\b",
    r"\bany (?:number|reason|value|weight)s?\b",
    # checks by two
    r"\b(?:the|a|an|our|your|independent) double checks?\b",
    _both(r"(?:second|witness\w*|checkers?)", r"(?:(?:co ?)?sign\w*|check\w*|nurses?)"),
    r"\b(?:sign\w*|check\w*)" + _NEAR + r"(?:for )?both\b|\bboth\b" + _NEAR + r"(?:signed|checked)\b",
    # scanning
    rf"\b{_WITHOUT}{_NEAR}{_CHECKS}\b|\b{_WITHOUT}\W+{_CHECKS}\b",
    r"\b(?:enter|type|key|put)\w*\b" + _NEAR + r"(?:by hand|manual\w*|numbers?|codes?|ndc)\b",
    r"\b(?:manual\w*|by hand)" + _NEAR + r"(?:enter|entr|typ|key)\w*",
    r"\bmanual (?:entry|entries|mode|override)\b",
    r"\b(?:photo|picture|copy|tape|taped|sheet|list|page|book)s? (?:of|with) (?:the |all )?(?:codes?|bands?|qr)\b",
)
_PIECE = 20
_WORD = re.compile(r"\w+")
_APOSTROPHE = re.compile(r"['’`]")
_TOUCHES = re.compile("|".join(f"(?:{each})" for each in _PHRASES))


def risky(words: str, language: str = "en") -> bool:
    """Whether somebody has to check it first. In a language for which there is no list, everything is checked."""
    if language != "en":
        return bool(words.strip())
    text = _WORD.findall(_APOSTROPHE.sub("", fold(words)))
    if _TOUCHES.search(" ".join(text)):
        return True
    # A few words at a time, each piece reaching a little into the next: of a long text only the first stems are found.
    pieces = (" ".join(text[at : at + _PIECE + 3]) for at in range(0, len(text), _PIECE))
    return any(not _cues().isdisjoint(stems(_DEVICE.sub("device", piece), language)) for piece in pieces)


@cache
def _cues() -> frozenset[str]:
    return frozenset(stem for line in _WORDS.splitlines() for stem in stems(line))
