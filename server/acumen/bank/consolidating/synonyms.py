"""Words that may stand for each other in the same place without changing what is stated."""

from acumen.bank.consolidating.lexicon import stem

_GROUPS = """
remove delete erase drop | add append insert | start begin commence launch | stop halt end terminate cease quit
restart reboot relaunch | fetch download retrieve obtain get | create make build generate produce
change modify alter edit | update refresh renew | fix repair resolve correct mend solve
use employ utilize utilise apply | check verify confirm validate | ensure guarantee assure | show display present
send transmit dispatch | save store keep persist retain hold | find locate discover | choose select pick
run execute perform invoke | call invoke | fail crash break | error failure fault | reject refuse decline deny
allow permit let enable | forbid prohibit disallow ban | need require demand | avoid prevent | wait pause
retry repeat | increase raise grow rise | decrease reduce lower diminish shrink cut | exceed surpass top
split divide separate partition | join merge combine unite | copy duplicate replicate clone
move transfer shift relocate | close shut | open unlock | buy purchase | sell vend | pay settle | ask request query
tell inform notify alert | say state mention | answer reply respond return | read parse | write record log | test try
finish complete conclude | continue proceed resume | begin initiate | happen occur arise | cause trigger lead provoke
help assist aid support | watch monitor observe track | count tally | compute calculate | measure gauge
compress shrink | speed accelerate | slow delay | big large huge great | small little tiny
quick fast rapid speedy swift | quickly fast rapidly swiftly promptly | immediately instantly once promptly
slowly gradually | important crucial vital critical essential key | necessary required mandatory needed obligatory
whole entire complete full | correct right accurate proper | wrong incorrect mistaken false faulty
broken damaged defective | empty blank | new fresh | old outdated stale | easy simple straightforward
hard difficult tough | cheap inexpensive | expensive costly dear | free gratis | often frequently regularly
rarely seldom | usually typically normally generally | always invariably | near close | far distant
user client customer | client customer | buyer customer | job task | directory folder | function method | bug defect
mistake error | picture image photo | film movie | car automobile | kid child | doctor physician | lawyer attorney
firm company business | employee worker staff | boss manager | price cost | income revenue | house home | road street
shop store | trip journey | goal aim objective target | result outcome | way method manner | part piece portion
whole entirety | kind type sort | stage phase step | issue problem | rule policy
setting option parameter configuration config | repository repo | database db | documentation docs | environment env
application app | administrator admin | authentication auth | password passcode | pipeline workflow | build compile
commit check | release version | deploy ship release rollout publish | revert undo rollback | postpone delay defer
cancel abort | expire lapse | renew extend | review inspect examine | gather collect | clean clear purge
sort order arrange | sign autograph | lock secure | protect guard shield | hide conceal | damage harm hurt
hit strike | kill slay | die perish | injure wound hurt | attack assault | arrest detain | announce declare
reveal disclose | claim assert | accuse charge blame | agree consent | promise pledge vow | win triumph | lose forfeit
meet encounter | visit call | talk speak | look glance | walk stroll | jump leap | throw toss | catch grab
cook prepare | cut slice | sit rest | bike bicycle | couch sofa | stone rock | boat ship vessel | woman lady | man guy
crowd group | forest woods | prior previous earlier | later subsequent | next following | last final | first initial
current present | recent latest | maximum max most | minimum min least | average mean | total sum overall | each every
all every | about approximately around roughly | above over | below under | with using | whenever when if
because since as | but however | also too | only just solely | must should shall | may can might could | need must
want wish desire | like enjoy | seem appear | become get | mount attach | encrypt encipher | escape quote
truncate shorten trim | pad fill | round approximate | wipe clear | rinse wash | fridge refrigerator | soft tender
hot warm | cold chilly | wet damp moist | dry arid | luggage baggage | ticket fare | flight plane
booking reservation | refund reimbursement reimburse | cancellation cancel | address location | phone telephone
mail email | letter note | message notification | reply response answer | rapidly quickly | safely securely
manually hand | automatically automated | carefully cautiously | rise exceed go climb | rotate renew
contain include hold | comprise include | skip omit | ignore disregard | prefer favor favour
"""

# Words that say little by themselves: another one in their place does not make another statement.
_LIGHT = "go mean put give take keep belong let come carry bring try help thing way matter case sure order"
LIGHT = frozenset(stem(word) for word in _LIGHT.split())


def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(part for line in _GROUPS.strip().splitlines() for part in line.split("|")):
        for word in group.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_OF = _groups()


def are_synonyms(a: str, b: str) -> bool:
    """Whether two stems are the same or share a group."""
    return a == b or not _OF.get(a, frozenset()).isdisjoint(_OF.get(b, frozenset()))
