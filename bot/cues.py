"""The words by which identifiers are recognised, English so far: a table of phrases and a table of single words."""

import re

# A blank in a phrase may be typed as " ", ".", "-", "_", "/", "'" or not at all.
CUES = {
    "record": "mrn|mrns|m r n|mr no|mr number|mr#|med rec|med record|medical rec|medical record|medical records|acct|"
    "account|a/c no|hospital no|hospital number|hospital id|hosp no|hosp number|unit number|pt id|pt no|pt number|"
    "patient id|patient no|patient number|patient identifier|record no|record number|record#|chart no|chart number|"
    "chart#|empi|wristband no|wristband number|wristband id|band number|member id|subscriber id|medicaid|insurance|"
    "insurance policy|insurance plan|ins policy|chi number|nhi",
    "perhaps a record": "pt|pts|patient|patients|chart|record|mr",
    "ssn": "ssn|ss#|soc#|soc no|ss no|ss number|social|social security|social sec|soc sec",
    "last four": "last 4|last four|ends in|ends with|ending|ending in|ending with",
    "nhs": "nhs",
    "medicare": "medicare|mbi|hicn",
    "fax": "fax|faxed|faxes|faxing|refax|refaxed",
    "phone": "phone|phones|ph|tel|telephone|cell|cellphone|mobile|mob|landline|call|called|calls|calling|callback|"
    "ring|rang|text|texted|texts|contact|reach|reached|reachable|voicemail|home|work",
    "birth": "dob|d o b|date of birth|birth date|birthdate|birthday|bday|b day|birth year|year of birth|yob",
    "born": "born",
    "born on": "on|in",
    "encounter": "encounter|enc|csn|fin|har|visit|contact serial|admission no|admission number|admission id|adm no|"
    "episode no|episode number|episode id",
    "lives": "lives at|living at|resides at|residing at|staying at|home address|mailing address|address|addr",
    "zip": "zip|zip code|zipcode|postcode|post code|postal code",
    "box": "po box|p o box",
    "number": "no|nos|nr|num|number|numbers|id|ids|code",
    "is": "is|was|are|were",
    "whose": "the|her|his|a|an",
    "says": "reads|says|said|shows|as|of|on|in|at|to|the|her|his|him|back|for|now",
    "and": "and|or|vs|versus|into|to|with|not|but|instead of|should be",
    "day": "st|nd|rd|th",
    "month": "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|"
    "jun|jul|aug|sept|sep|oct|nov|dec",
    # A number after one of these belongs to a thing or a place of the hospital.
    "thing": "ticket|incident|inc|ritm|req|chg|case|serial|s/n|sn|lot|batch|ndc|asset|tag|device|model|part|ref|"
    "order|reference|accession|specimen|sample|udi|gtin|upc|kb|error|firmware|version|build|invoice|badge|employee|"
    "staff|policy|rx|pump|scanner|printer|cart|protocol|room|rm|bed|bay|bassinet|floor|ward|level|drawer|slot|bin|"
    "locker",
    "inside": "x|ext|extension",
    "inside line": "x|ext|extn|extension|pager|pagers|page|bleep|beeper|dect|vocera|ascom|phone|call|dial|fax",
    "measure": "mg|mcg|ml|g|kg|units|unit|iu|meq|mmol|times|x|hours|hrs|h|min|ms|steps|per",
    # A date or a number after one of these is not the patient's.
    "other date": "since|until|till|after|before|from|during|admitted|seen|today|yesterday|changed|updated|went|go",
    "surely a street": "street|avenue|ave|boulevard|blvd|road|rd|lane|parkway|pkwy|highway|hwy",
    "perhaps a street": "st|drive|dr|court|ct|place|pl|way|close|terrace|ter|crescent|cres|circle|cir|square|sq|"
    "gardens|grove|mews|row|trail|trl|loop|hill|walk|rise|green|park",
    "flat": "apt|apartment|unit|suite|ste|flat|no",
    "title": "mr|mrs|mx|mister",
    "perhaps a title": "miss|ms",
    # A patient's name follows these, or that of somebody close.
    "patient": "pt|pts|patient|patients|patinet|pateint|paitent|resident|residents|pt name|pts name|pt s name|"
    "patient name|patient s name|name of patient|name is|name:|last name|first name|full name|surname|legal name|"
    "preferred name|maiden name|named|pt called|patient called|lady called|man called|woman called|gentleman called|"
    "boy called|girl called|baby|baby boy|baby girl|babyboy|babygirl|bb|bg|newborn|infant|neonate|twin|twins|"
    "twins of|triplets of|mother of|mom of|mum of|father of|dad of|parent of|parents of|son of|daughter of|wife of|"
    "husband of|spouse of|family of|child of|children of|brother of|sister of|friend of",
    "relative": "mother|mom|mum|father|dad|parent|parents|son|daughter|dtr|wife|husband|hubby|spouse|partner|brother|"
    "aunt|uncle|grandson|granddaughter|grandmother|grandfather|grandma|grandpa|niece|nephew|cousin|sibling|"
    "stepmother|stepfather|stepmom|stepdad|caregiver|guardian|family|next of kin|nok|emergency contact|family contact",
    "household": "family|household|twins|baby",
    "sex": "male|female|man|woman|lady|gentleman|boy|girl|child|kid",
    "join": "and|or",
    "with a dot": "pt|pts",
    "several": "pts|patients|residents|twins|parents|family|children of",
    "age": "yo|y o|y|yr|yrs|yr old|year|years|mo|mos|month|months|wk|wks|week|weeks|day|days|d|dol|m|f",
    "belongs": "wristband|armband|band|bracelet|chart|label|labels|med|meds|dose|doses|order|orders|lab|labs|result|"
    "results|note|notes|tray|record|specimen|sample|tube|blood|insulin|file|profile|allergies|diet|weight",
    "to whom": "of|for|from|to|says|reads|shows|with|on",
    "staff": "dr|drs|doctor|prof|rn|nurse|np|pa|md|do|lpn|cna|rt|rph|pharmd|pharmacist|tech|midwife|phd|bsn|msn|dnp|"
    "crna",
}  # fmt: skip

WORDS = {
    # Parts of a name that may be written small.
    "particle": "de del la las los van von der den ter ten di da dos das du le al el bin ibn san santa st",
    # What alone makes no street: "4 West" is a ward.
    "side": "north south east west main",
    # Names that are known without a capital; none that is also a word of the ward.
    "given": """
        aaron abigail adam ahmed aisha alexander alexis ali alice amanda amy ana andrea andrew angela anil ann anna
        anthony antonio arthur ashley barbara benjamin betty beverly brandon brenda brian brittany carl carlos
        carmen carol carolyn catherine charles charlotte cheryl christina christine christopher cynthia daniel
        danielle david deborah debra denise dennis diana diane dmitri donald donna doris dorothy edward elena
        elizabeth emily emma eric ethan evelyn fatima frances francisco gary george gloria gregory hannah harold
        hassan heather helen henry hussein ibrahim isabella ivan jacob jacqueline james janet janice jason jean
        jeffrey jennifer jeremy jerry jessica joan john jonathan jorge jose joseph joshua joyce juan judith judy
        julia julie justin karen katherine kathleen kathryn kayla kelly kenneth kevin khadija kimberly kyle larry
        laura lauren linda lisa lori luis madison manuel margaret maria marie marilyn martha mary matthew megan
        melissa michael michelle miguel ming mohamed mohammed muhammad nancy natalie natasha nathan nicholas nicole
        olga olivia omar pamela patricia patrick paul pedro peter priya rachel raj ravi raymond rebecca richard
        robert roger ronald rosa ruth ryan samantha samuel sandra sara sarah scott sharon shirley sophia stephanie
        stephen steven sunita susan teresa theresa thomas timothy tyler victoria virginia walter wei william yusuf""",
    "family": """
        adams aguilar ahmed alexander ali allen alvarez anderson bailey baker barnes begum bennett brooks bryant
        butler campbell carter castillo castro chan chavez chen clark cohen coleman collins cooper cox crawford cruz
        davis diaz dixon edwards ellis evans fernandez ferrari fischer flores freeman garcia gibson gomez gonzales
        gonzalez gordon graham griffin gupta gutierrez guzman hall hamilton harris harrison hassan hayes henderson
        henry hernandez herrera hicks holmes howard huang hughes hussain ivanov jackson james jenkins jimenez
        johnson jones jordan kaur kelly kennedy khan kim kowalski kumar levy lewis lin liu lopez marshall martin
        martinez mason mcdonald medina mendez mendoza mensah meyer miller mitchell moore morales moreno morgan
        morris mueller munoz murphy murray myers nakamura nelson nguyen novak okafor olson ortiz owens palmer parker
        patel patterson perez perry peterson phillips popov powell ramirez ramos reed reyes reynolds richardson
        rivera roberts robertson robinson rodriguez rogers romero ross rossi ruiz russell russo sanchez sanders
        santos sato schmidt schneider scott shah sharma shaw silva simmons simpson singh smith snyder stevens
        stewart sullivan suzuki tanaka taylor thomas thompson torres tran tucker turner vargas vasquez wagner
        wallace wang watson webb weber wells williams wilson wong wright wu yang zhang zhao""",
    # What is no name even with a capital after "Mr".
    "never": """
        mr mrs ms miss mx mister dr drs doctor prof rn nurse baby pt pts patient teams office word excel access
        contin outlook project and or""",
    # What follows a cue, with a capital or without, and is no name.
    "no name": """
        a abg about above access account acct acuity addison address adhd admission admissions admits admitted adult
        adults advil afib after afternoon again against agitated air alaris alarm alarms albuterol aldrete alert
        alive all allergies allergy allscripts almost already als also always alzheimer alzheimers am ambu ambulated
        ambulating an ancef and android angio angiogram angry another anxious any anyone apgar app april aptt arabic
        ards are armband arrived arrives arriving asap ask asked asks asleep aspirin assessed assessment asthma at
        ate athena ativan attending august aunt awake babies babinski baby bag bags bair band bands banner bar
        barcode barcodes bard bathed baxter bay bays bcma be became become becomes bed beds been before being bell
        bells below benadryl better between bid billing bipap bleeding blood blue bluetooth bmp bnp board boards
        both boy boys bp braden brain breathing bristol brother broviac bulletin but button by cabg cad call called
        calling calls calm cam came can canceled cancelled cancer cannot cant canto cardiology care cart carts
        catheter cbc ccu cefazolin central cerner champion change changed changes charge chart charting charts check
        checked checking checks cheyne-stokes chf child children chinese christmas chrome citrix ciwa ckd class
        clinic cmp cna code coding come comes coming complained complaining complains conditional confused connect
        consent consented consents consult consultant consults contact contacts contin copd could couldnt coumadin
        covid covid-19 cpap cpoe cpr crashing critical crohn crohns csn ct cta cushing cva cxr dad data daughter day
        days dead december declined declines delay delirium dementia demographics denied denies desk dexcom diabetes
        dialysis did didnt died diet dietary dilantin dilaudid director discharge discharged disease dka dni dnr do
        dob dobhoff doctor doctors does doesnt done doppler dose doses dosing down downtime dr drain dressed
        drinking drs during dvt each early east easter eating ecg echo ed edge educated education eeg ehr eight ekg
        eliquis email emails emar emergency emr endoscopy english entry epic er error errors esrd eval evaluation
        evening every everybody everyone exacerbation excel experience expired extubated failure fall falls family
        father fax february fed feeling feels fell felt female fentanyl few field fields fin find finds first five
        flacc flare floor floors flow flowsheet flu foley for form forms found four fowler fowlers friday friendly
        from further gabapentin ganz gave gcs gentleman gerd get gets getting girl girls give given gives giving
        glasgow glucose go go-live goes going golive gone got graves groshong guillain-barre guy gyn had haiku
        haldol hall hallway handoff handover happy har has hasnt have havent having hct he header height hello help
        helpdesk hemovac heparin her here hgb hhs hi hickman hie hill-rom hillrom him hipaa his history hodgkin
        hodgkins holter homans home honeywell hospital hospitalist house how hoyer hr htn hugger humalog huntington
        husband hypertension i icu id identification ids if ill imaging imprivata in index infant infants infection
        info information inr instructions insulin intake intern into intubated ipad iphone is isnt isolation issue
        issues it its iv ivs jackson-pratt january july june just kardex keep keeps keppra kept ketorolac kid kids
        kitchen known kussmaul lab label labels laboratory labs lady lantus lasix last late later leaves leaving
        left let level levophed levothyroxine lift light line lines linked lisinopril list lists lobby location
        login looked looks lookup lopressor loses lost lot lovenox lpn lvn lying mad made magnesium main make makes
        male man manager many mar march masimo matched maternity matron may maybe mcburney md me med medicated
        medication medications medicine meditech meds medtronic merged message messages metformin metoprolol mi micu
        midwife might mild miss missed misses missing mister mixed moderate mom mommy monday monitor monitored
        monitoring monitors more morning morphine morse most mother motrin move moved movement moves mr mra mri mrn
        mrns mrs mrsa ms mum must mx my mychart name names narcan ndc need needed needing needs neonate neonates
        network neurology never new newborn newborns next ng ngt nhs nicu night nine niv no nobody nor norco north
        norton not note noted notes november novolog now np npo nstemi number numbers nurse nursery nurses nursing
        ob obs observed october of off office often ok okay old omnicell on once oncology one only or oracle order
        orders orderset other our out outlook output over own oxycodone oxygen pa pacu paged pain parent parents
        parkinson parkinsons password patient patients pe pediatrics peg people pepcid percocet person pharmacist
        pharmacists pharmacy pharmd philips phone phones physician physicians picc picu pilot placement plavix
        please pm pneumonia po portal positioned potassium precautions prednisone pressure printer printers prn prns
        problem problems prof professor profile propofol protonix provider providers psych pt pts ptsd ptt pump
        pumps put puts pyxis q qhs qid question questions quinton radiology ramsay ran rapid rass raynaud received
        receives receiving record records recovery refused refuses refusing registration regurgitation rehab
        relations relative relatives report reported reports repositioned resident residents resting restraint
        restraints returned returns rhythm richmond right rinne risk rm rn rns rocephin romberg room rooms rounding
        rounds rover rph rr rsv rt run runs safari safe safety said salem same saturday saw say saying says sbar
        scan scanned scanner scanners scanning scans schedule scorecard screen screened screens search second
        sedated see seen sees send sends sengstaken sent sepsis september seroquel server service services set sets
        seven several severe shall she shift shifts should show showed showing shown shows sick sicu sign signed
        signs sister sitter sitting six skin slack sle sleeping sn snellen so software solumedrol some somebody
        someone son soon south spanish spine ssn stable staff stage standing start started starts stat stated states
        station status stemi sticker stickers still stool stop stopped stops stroke stryker stuck student such sugar
        summary sunday surgeon surgery survey swan swan-ganz swapped syndrome synthroid system tab tabs take taken
        takes taking tavr teaching team teams tech technician techs tele telemetry tell tells temp template ten
        tenckhoff tested texted than thank thanks that the their them then therapist therapy there these they third
        this those three through thursday tia ticket tid title titles to today toileted told tomorrow tonight too
        took toradol tourette tpn trace trach tracker tracking tramadol transfer transferred transfers transport
        tray trays treated trendelenburg triage tried tries try trying tube tubes tuesday turned turns twice twin
        twins two tylenol type ua uncle under unit units unknown unstable up update upgrade upset urgent urine us
        use used user users uses using uti vaccinated vanco vancomycin vbg vent ventilator version very view views
        visitor visitors vital vitals vocera voiding vomiting vre wait waited waiting waits walked walking want
        wanted wants ward wards warfarin warning was wasnt waterlow wbc we weaned wednesday weight went were west
        what when where which while who why wife wifi will window windows wishes with woman wong-baker wont word
        worse worsening would wound wow wows wristband wristbands wrong x-ray xarelto xray yankauer yes yesterday
        you your zebra zero zofran zoom zosyn zyprexa""",
}


def any_of(*cues: str) -> str:
    """A regular expression for any phrase of these cues, the longest first; what they start with is asked for once."""
    phrases = sorted((phrase for cue in cues for phrase in CUES[cue].split("|")), key=len, reverse=True)
    starts = "".join(sorted({phrase[0] for phrase in phrases}))
    spelt = "|".join(r"[ ./_'-]{0,2}".join(map(re.escape, phrase.split())) for phrase in phrases)
    return rf"(?=[{starts}])(?:{spelt})(?![a-z])"


def word(*cues: str) -> str:
    """The same at the start of a word; a number may follow at once."""
    return rf"(?<![a-z\d]){any_of(*cues)}"


def words(kind: str) -> frozenset[str]:
    return frozenset(WORDS[kind].split())
