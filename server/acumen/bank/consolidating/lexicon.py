"""The closed classes of English words that turn a statement into another one."""

from functools import lru_cache

from acumen.text.stem import stem as _porter

CACHED_WORDS = 1 << 16  # distinct words kept with their stems


_IRREGULAR = """
child children | man men | woman women | person people | mouse mice | foot feet
tooth teeth | goose geese | index indices | matrix matrices | vertex vertices
knife knives | leaf leaves | half halves | self selves | analysis analyses
run ran | write wrote written | read | send sent
keep kept | take took taken | give gave given | make made | find found
add adding added | hold held | lose lost | build built | buy bought | bring brought | catch caught | choose chose chosen
break broke broken | speak spoke spoken | drive drove driven
rise rose risen | fall fell fallen | grow grew grown
know knew known | show shown | throw threw thrown | draw drew drawn | eat ate eaten | see seen | go went gone goes
begin began begun | drink drank drunk | sing sang sung | swim swam swum
come came | become became | pay paid | say said
tell told | sell sold | teach taught | meet met | feed fed | lead led | sleep slept | feel felt | mean meant
spend spent | lend lent | shoot shot | sit sat | win won | get got gotten | forget forgot forgotten | hide hid hidden
bite bitten | steal stole stolen | wear wore worn | freeze froze frozen | shut | stick stuck | strike struck
swear sworn | ride rode ridden | fly flew flown flies | understand understood | stand stood | fight fought | seek sought
"""
_FORMS = [group.split() for row in _IRREGULAR.strip().splitlines() for group in row.split("|")]
IRREGULAR = {form: forms[0] for forms in _FORMS for form in forms[1:]}


@lru_cache(CACHED_WORDS)
def stem(word: str) -> str:
    """Return the stem of a lower-case word; a word with other letters than a to z is its own stem."""
    word = IRREGULAR.get(word, word)
    return _porter(word) if word.isascii() and word.isalpha() else word


def _listed(words: str) -> list[str]:
    return words.split()


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATORS = _words(
    "not never no without unless avoid avoids avoided avoiding cannot nothing nobody none nowhere neither refrain "
    "refrains refraining forbid forbids forbidden prohibit prohibits prohibited except excluding lack lacks lacking "
    "dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt mustnt neednt hasnt havent hadnt "
    "minus non n't"
)
# "do not forget to lock" says "lock": these take back the negation before them.
TAKEN_BACK = _words("forget forgets hesitate fail fails miss neglect only")
# "A rather than B" says "not B".
REPLACED = frozenset({("instead", "of"), ("rather", "than")})

FUNCTION_WORDS = _words(
    "a an the this that these those it its he she they them their his her we our us you your i my me is are was "
    "were be been being am do does did done have has had having will would shall should must may might can could "
    "ought of in on at by for with from to into onto as and or but if then than so such there here which who whom "
    "whose what when where while how why also too very just please about up out off over under again once any both "
    "each either s t re ve ll d m let lets need needs via per upon within through during because since until till "
    "before after whenever always make makes sure ensure get gets"
)
# Function words that say which part a neighbour plays; kept where the order of words is compared.
ROLES = _words("from to into onto before after by over under than of for with until against behind in on at via")
JOINTS = _words("and or")
DETERMINERS = _words("a an the this that these those its their your our his her my you we they i it")
BEFORE_ORDINALS = DETERMINERS | {"every"}
AUXILIARIES = _words("do doe did have ha had be is ar wa were been am")  # as stems
BE = _words("is are was were be been being gets got")

_UNITS = """
ms millisecond milliseconds msec | s sec secs second seconds | minute minutes min mins | h hr hrs hour hours
day days | week weeks | month months | year years | us microsecond microseconds | ns nanosecond nanoseconds
% percent pct | kb kilobyte kilobytes | mb megabyte megabytes | gb gigabyte gigabytes | tb terabyte terabytes
kib | mib | gib | tib | byte bytes b | bit bits | px pixel pixels | hz | khz | mhz | ghz | $ dollar dollars usd
eur euro euros | kg kilogram kilograms | km kilometer kilometers kilometre kilometres | cm | mm
meter meters metre metres
c celsius | f fahrenheit | kw | kwh | mph | rpm | qps rps | v volt volts | w watt watts
"""
UNITS = {
    word: group.split()[0]
    for line in _UNITS.strip().splitlines()
    for group in line.split("|")
    for word in group.split()
}
SHORT_UNITS = {"m": "minute", "d": "day", "w": "week", "y": "year", "k": "k"}  # only where they touch the number

CARDINALS = {
    word: value
    for value, word in enumerate(
        _listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
} | {word: 10 * (2 + i) for i, word in enumerate(_listed("twenty thirty forty fifty sixty seventy eighty ninety"))}
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
ORDINALS = {
    word: f"{value}th"
    for value, word in enumerate(_listed("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"), 3)
}
MULTIPLES = {
    "twice": "2x",
    "double": "2x",
    "doubled": "2x",
    "thrice": "3x",
    "triple": "3x",
    "half": "1/2",
    "halve": "1/2",
}
MULTIPLES |= {"quarter": "1/4", "quadruple": "4x"}
ONE = frozenset({"one", "a", "an"})  # in front of a unit
# Said or left out without a change of meaning, unless the other text has another number in their place.
LOOSE_NUMBERS = {"one": "1", "single": "1", "once": "1x", "first": "1th", "both": "2"}

# Classes of words that exclude each other: two texts differ when each has a class of a row that the other has not.
_CONTRASTS = """
enable activate | disable deactivate
increase raise grow rise gain boost up climb jump | decrease reduce lower shrink fall drop lose down decline cut
maximum max maximize most maximal highest biggest largest | minimum min minimize least minimal lowest smallest
more greater larger higher longer | less fewer smaller lower shorter
above exceed exceeding over | below under beneath
start begin launch boot | stop end halt terminate shutdown
open | close closed shut
add append insert attach | remove delete drop detach erase
include | exclude omit skip
allow permit accept grant enable | deny reject refuse forbid block revoke prohibit disable
success succeed pass passed | failure fail failed error
true | false
yes | no
on | off
left | right
top upper | bottom lower
north | south | east | west
last final latest newest | first earliest oldest initial
early earlier sooner | late later
old older outdated | new newer fresh
fast faster quick quickly rapid | slow slower slowly
read reading | write writing written
input incoming inbound | output outgoing outbound
client | server
send push upload publish | receive pull download fetch subscribe
import | export
encode encrypt compress pack serialize | decode decrypt decompress unpack deserialize
lock acquire | unlock release
mount | unmount
login signin | logout signout
buy | sell
accept | decline
ascending asc | descending desc
horizontal | vertical
local | remote
public | private
internal inner | external outer
parent ancestor | child children descendant
source origin | destination target
sync synchronous | async asynchronous
static | dynamic
manual manually | automatic automatically
temporary temporarily | permanent permanently
strong | weak
hot warm | cold cool
hard difficult | easy simple
high | low
long | short
wide | narrow
deep | shallow
full | empty
heavy | light
good better best | bad worse worst
safe | unsafe dangerous
positive | negative
odd | even
present | absent
same identical equal | different distinct unequal
win won | lose lost
alive live | dead
hire | fire
arrive | depart leave
male man men boy | female woman women girl
morning | afternoon | evening | night
today | tomorrow | yesterday
monday | tuesday | wednesday | thursday | friday | saturday | sunday
january | february | april | june | july | august | september | october | november | december
spring | summer | autumn | winter
red | green | blue | yellow | orange | purple | pink | brown | black | white | gray grey
production prod | staging | development | sandbox
synchronized | unsynchronized
upgrade | downgrade
optimistic | pessimistic
primary master leader | secondary replica follower
whitelist allowlist | blacklist blocklist denylist
plaintext | ciphertext
expand | collapse
show display | hide
cheap cheaper | expensive
sunny | rainy
useful | useless
careful | careless
stateful | stateless
forward | backward
prefix | suffix
row | column
request | response
breakfast | lunch | dinner
daily | weekly | monthly | yearly annually | hourly
"""
QUANTIFIERS = (
    "all every each always entire whole | only solely exclusively | "
    "some sometimes several few occasionally partly partially | rarely seldom hardly barely"
)
MODALS = "must should shall need require mandatory ought obligatory | may might can could optional optionally"


def _classes(rows: str) -> dict[str, tuple[tuple[int, int], ...]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for row, line in enumerate(rows.strip().splitlines()):
        for number, words in enumerate(line.split("|")):
            for key in sorted({stem(word) for word in words.split()}):
                found.setdefault(key, []).append((row, number))
    return {word: tuple(classes) for word, classes in found.items()}


CONTRASTS = _classes(_CONTRASTS)
QUANTITIES = _classes(QUANTIFIERS)
OBLIGATIONS = _classes(MODALS)
PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "de", "mis", "anti")
