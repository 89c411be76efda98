"""Phrases of the grammar: for every kind of request templates to learn from and, after `|`, templates held out."""

from typing import Final

TEMPLATES: Final = {
    "BUG_FIX": """fix the {symptom} in {part}; {part} {fails} {when}, please fix it
{fails} {when}: find the cause and fix it
resolve the {symptom} users see in {part}; the {symptom} from {part} is back, repair it; {part} is broken {when}
correct the wrong result {part} gives {when}; stop {part} from failing {when}; there is a {symptom} in {part} {when}
patch {part} so that it no longer {fails}; users report a {symptom} {when}; debug why {part} {fails} and mend it
| customers complain that {part} {fails}; something is wrong with {part}: it {fails} {when}
get rid of the {symptom} {when}
{part} should not end in a {symptom} {when}; since the last release {part} {fails}""",
    "FEATURE": """add {ability} to {part}; implement {ability} for {part}; users want {ability} in {part}
let users have {ability} in {part}; build {ability} into {part}; create a new {element} for {ability}
support {ability} in {part}; introduce {ability} so that users can use it from {part}; make {part} offer {ability}
extend {part} with {ability}; we need a new {element} in {part} with {ability}; develop {ability}, starting with {part}
| it would be great if {part} had {ability}; please give {part} {ability}; as a user I would like {ability} in {part}
{part} has no {ability} yet, provide it; the next release shall come with {ability} for {part}""",
    "REFACTORING": """refactor {part} to {cleaner}; split {part} into smaller {pieces}
rename the {pieces} of {part} consistently
remove the duplicated code in {part}; move the {pieces} out of {part} without changing what it does
clean up {part}: {cleaner}; restructure {part} to {cleaner}; extract the {pieces} of {part} into their own module
simplify the {pieces} in {part}, behaviour must stay the same; replace the nested conditionals in {part} by {pieces}
merge the two almost equal {pieces} of {part}; tidy the {pieces} in {part}
| {part} has grown too large, break it into {pieces}; untangle the {pieces} in {part}
the {pieces} of {part} are repeated, unify them
make the code of {part} easier to read; reorganise {part} to {cleaner}""",
    "TESTING": """write {tests} for {part}; add {tests} that cover {part} {when}; increase the test coverage of {part}
cover {part} with {tests}; add missing {tests} for the edge cases of {part}
the {tests} of {part} are flaky, make them stable
mock the network in the {tests} of {part}; create {tests} that check {part} {when}; test {part} {when}
add assertions to the {tests} of {part}; set up {tests} for {part} with fixtures
write a failing test for the {symptom} in {part}
| {part} is untested, change that; nobody checks what {part} does {when}: add {tests}; we want {tests} around {part}
verify {part} automatically with {tests}; bring the coverage of {part} above 80 percent""",
    "DOCUMENTATION": """document {part}; write {docs} for {part}; update {docs} to describe {part}
explain {part} in {docs}
add docstrings to {part}; {docs} does not mention {ability}, add a section; add usage examples of {part} to {docs}
correct the typos in {docs}; describe in {docs} how {part} is configured; write a tutorial about {ability}
translate {docs} into plain English; the comments in {part} are out of date, rewrite them
draw up {docs} for new developers
| newcomers do not understand {part}, write something down; put instructions for {ability} into {docs}
{docs} is wrong about {part}; a paragraph about {ability} is missing in {docs}
give every public function of {part} a description""",
    "DEPLOYMENT": """deploy {part} to {place}; roll out the new version of {part} to {place}; release {part} {version}
ship {part} to {place}; set up a pipeline that deploys {part} to {place}; publish the container image of {part}
roll back {part} in {place} to {version}; promote the release of {part} from staging to {place}
write a Dockerfile for {part}
configure continuous delivery for {part}; push {version} of {part} live in {place}; create a Helm chart for {part}
scale {part} to three replicas in {place}; tag {version} and publish it
| bring {version} of {part} online in {place}; {part} must be running in {place} tonight; provision {place} for {part}
put {part} behind a blue green switch in {place}; install {version} on the machines of {place}""",
    "PERFORMANCE": """make {part} faster; reduce the {cost} of {part}; {part} is too slow {when}, speed it up
optimise {part} to lower its {cost}; profile {part} and remove the bottleneck; cut the {cost} of {part} in half
cache the results of {part} to save {cost}; the {cost} of {part} is too high {when}; improve the throughput of {part}
add an index so that {part} needs less {cost}; tune {part} for large inputs; avoid the repeated queries in {part}
parallelise {part} to bring down its {cost}
| {part} takes ages {when}; users wait too long for {part}; {part} eats too much {cost}
get more requests per second out of {part}
shave milliseconds off {part}; the {cost} of {part} grows with every request""",
    "SECURITY": """fix the {hole} in {part}; close the {hole} in {part}; audit {part} for a possible {hole}
sanitise the input of {part} against {hole}; rotate the leaked credentials of {part}; encrypt the {secret} in {part}
require authentication for {part}; the {secret} must not be logged by {part}; harden {part} against {hole}
restrict who may call {part}; store the {secret} of {part} safely; check permissions before {part} returns the {secret}
validate the signature of tokens in {part}; a scanner found a {hole} in {part}
| an attacker could use a {hole} in {part}; anyone can read the {secret} through {part}; lock down {part}
protect the {secret} in {part}; prevent {hole} in {part}""",
    "DEPENDENCY": """upgrade {library} to {version}; bump {library} in {part}; update all dependencies of {part}
migrate {part} from {library} to {other}; pin {library} at {version}; remove the unused dependency on {library}
replace {library} by {other} in {part}; {library} is deprecated, move {part} to {other}
resolve the version conflict of {library}
refresh the lock file after {library} {version}; downgrade {library} to {version}
make {part} work with {library} {version}
drop {library} from the requirements of {part}
| {library} {version} is out, adopt it; get {part} off {library}; we still use an old {library}, bring it up to date
vendor {library} instead of downloading it; {part} and {other} want different versions of {library}""",
    "REVIEW": """review the pull request that changes {part}; look over my changes to {part}
give feedback on the design of {part}
check the diff of {part} for mistakes; comment on the merge request about {ability}
is this patch to {part} ready to merge
approve or reject the change to {part}; review {person}'s branch for {ability}; assess the code quality of {part}
read through the commit that touches {part}; critique the proposal for {ability}
second opinion on the pull request for {part}
| please have a look at what {person} did to {part}; can I merge the branch with {ability}
what do you think of my patch for {part}
{person} wants comments on the change to {part}; go through the diff about {ability}""",
    "INVESTIGATION": """how does {part} work; explain what {part} does {when}; where is {ability} implemented
why does {part} call {library}
find out which {pieces} use {library}; analyse the logs of {part} and summarise them; which {pieces} depend on {part}
compare {library} with {other} for {part}; research options for {ability}; tell me who calls {part}
what happens in {part} {when}; estimate how much work {ability} would be; list all {pieces} of {part}
trace how a request gets to {part}
| I do not understand {part}, walk me through it; is {library} or {other} better for {ability}
look into how {part} behaves {when}
give me an overview of {part}; what would break if {part} were removed""",
    "DATA": """write a migration that adds a column to {table}; backfill {table} from {source}
import {source} into {table}
export {table} as {format}; clean the duplicates out of {table}; transform {source} into {format}
write a query that joins {table} with {table2}; change the schema of {table}; load {source} every night into {table}
aggregate {table} by month; convert {source} to {format}; build a report from {table} and {table2}
delete rows of {table} older than a year
| {table} needs a new field, migrate it; get the numbers of last month out of {table}; sync {source} with {table}
normalise the values in {table}; merge {source} into {table} without duplicates""",
}

SLOTS: Final = {
    "part": """the login page, the billing service, the search endpoint, the upload handler, the session store,
the parser,
the scheduler, the notification worker, the settings screen, the cart, the payment gateway, the export job,
the API client,
the cache layer, the command line tool, the report generator, the user profile, the order form, the router,
the date picker,
the message queue consumer, the import script, the admin dashboard, the retry logic, checkout.py, UserController,
parse_config,
the websocket server, the config loader, the image resizer
| the invoice module, the feed, the geocoder, the plugin system, the tokenizer, InventoryService, sync_worker.go,
the map view,
the audit log, the rate limiter, the onboarding wizard, the chat window, the template engine, the crawler""",
    "symptom": """crash, null pointer exception, memory leak, timeout, wrong total, race condition, off by one error,
deadlock,
infinite loop, KeyError, segmentation fault, blank screen, 500 error, stack overflow
| freeze, TypeError, garbled output, double charge, stale value, index out of range, hang""",
    "fails": """crashes, returns the wrong value, throws an exception, hangs, loses data, shows an error,
returns nothing,
fails silently, sends the mail twice | freezes, gives garbage, stops responding, prints a stack trace,
forgets the selection""",
    "when": """when the input is empty, after a restart, on Windows, for large files, under load,
when two users save at once,
with unicode names, if the network is down, on leap days, for new accounts, when the token has expired, on mobile
| in daylight saving time, behind a proxy, with a slow disk, for guests, after an upgrade, on the second attempt""",
    "ability": """dark mode, export to PDF, two factor login, full text search, pagination, an undo button,
bulk editing,
email notifications, single sign on, keyboard shortcuts, file attachments, a progress bar, webhooks, filtering by date,
offline support, multi language support, saved filters, a public API, drag and drop, comments
| push notifications, an activity feed, CSV import, voice input, custom themes, guest accounts, calendar sync,
tagging, a wish list""",
    "element": """button, page, endpoint, command, option, dialog, widget, setting | menu, tab, flag, screen,
shortcut""",
    "cleaner": """use dependency injection, reduce its complexity, follow our naming conventions, remove dead code,
separate logic from I/O, use composition instead of inheritance, get rid of global state, make it less coupled
| flatten the class hierarchy, hide its internals, avoid circular imports, make its functions pure""",
    "pieces": """functions, classes, modules, methods, components, helpers, handlers, queries
| services, variables, packages, interfaces, constants""",
    "tests": """unit tests, integration tests, end to end tests, regression tests, property based tests,
a test suite, snapshot tests
| acceptance tests, smoke tests, table driven tests, contract tests""",
    "docs": """the README, the API reference, the user guide, the changelog, the installation guide, the wiki, the docs
| the handbook, the architecture page, the FAQ, the man page""",
    "place": """production, staging, the cluster, AWS, the test environment, Kubernetes, the EU region
| the edge nodes, Azure, the demo server, the canary group, all customers""",
    "version": """version 2.1, v3.0.0, release 1.4, the latest version, 5.2, version 0.9.1
| v4.7, the release candidate, version 12, 2.0 beta""",
    "cost": """latency, memory use, response time, CPU time, load time, disk usage, query time
| start-up time, tail latency, bandwidth, battery use""",
    "hole": """SQL injection, cross site scripting, path traversal, open redirect, privilege escalation,
CSRF vulnerability,
hard coded password, remote code execution
| server side request forgery, XML entity attack, session fixation, insecure deserialisation, timing attack""",
    "secret": """passwords, API keys, access tokens, personal data, credit card numbers, private keys
| session cookies, social security numbers, client certificates, health records""",
    "library": """Django, React, lodash, numpy, OpenSSL, Spring Boot, Log4j, requests, webpack, pandas,
PostgreSQL driver, Flask
| Angular, Guava, SQLAlchemy, moment.js, Rails, protobuf, tokio""",
    "other": """FastAPI, Vue, httpx, Vite, Polars, Quarkus, Redis, aiohttp | Svelte, Ktor, date-fns, Axum, Deno""",
    "person": """Anna, Tom, Priya, my colleague, the intern, Luis | Mei, the contractor, Omar, the other team""",
    "table": """the orders table, the users table, the events table, customer records, the products collection,
payments
| the shipments table, the sessions table, subscriptions, sensor readings""",
    "table2": """the invoices table, the accounts table, regions, the suppliers table | the coupons table, employees,
stores""",
    "source": """the CSV file, the legacy database, the spreadsheet, the JSON dump, the access logs, the data warehouse
| the XML feed, the mainframe extract, the S3 bucket, the survey results""",
    "format": """Parquet, CSV, JSON lines, an Excel sheet, Avro | XML, Arrow, a SQLite file, YAML""",
}

BEFORE: Final = """please, could you, can you, we need to, I want you to, hi, next task:, urgent:, , , , , , , ,
| kindly, would you mind, your job:, as discussed, , , , , """
AFTER: Final = """thanks, it blocks the release, before Friday, this is for the new customer, keep it small,
in the backend, , , , , , , , ,
| no hurry, the boss asked for it, same as last time, see the ticket, , , , , """

NONE: Final = """what is the weather in {town}; book a table for {number} in {town}; play some {music}
how old is {star}
remind me to buy {food} tomorrow; how do I cook {food}; set an alarm for {number} o'clock; tell me a joke about {food}
call a taxi to {town}; how far is it to {town}; who won the match in {town}; what does {food} cost in {town}
recommend a film with {star}; I feel tired today; good morning, how are you; translate {food} into French
write a birthday poem for {star}; which {music} is popular in {town}; is {food} healthy; plan a weekend in {town}
| is it going to rain in {town} tonight; what shall I wear to the party; reserve a room in {town} for {number} nights
how many calories are in {food}; my back hurts; tell me about the history of {town}; sing {music} for me
when was {star} born"""

NONE_SLOTS: Final = {
    "town": "Paris, Chicago, Madrid, Tokyo, Leeds, Cairo | Oslo, Lima, Perth, Naples",
    "number": "two, four, seven, eight | three, five, nine",
    "music": "jazz, rock songs, piano music, folk music | hip hop, opera, lullabies",
    "star": "Tom Hanks, the queen, Beyonce, Picasso | Meryl Streep, Messi, Mozart",
    "food": "lasagna, milk, apples, chicken soup, bread | noodles, cheese, mangoes, pancakes",
}
