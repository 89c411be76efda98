"""Facts in three wordings each: five facts of one domain a set, written for this project.

The wordings of a fact must be merged, the facts of a set must stay apart. `DEVELOPMENT` chose thresholds and word
classes; `HELD_OUT` was written at the same time and looked at afterwards.
"""

from typing import Final

Facts = tuple[tuple[str, str, str], ...]

DEVELOPMENT: Final[dict[str, Facts]] = {
    "deployment": (
        (
            "Run the database migrations before you deploy the new version.",
            "Before deploying the new version, run the database migrations.",
            "Database migrations have to be run before the new version is deployed.",
        ),
        (
            "Never deploy on a Friday afternoon.",
            "Do not deploy on Friday afternoons.",
            "Avoid deploying on a Friday afternoon.",
        ),
        (
            "Roll back immediately when the error rate rises above 5 percent.",
            "If the error rate goes above 5%, roll back immediately.",
            "An error rate above 5 percent means an immediate rollback.",
        ),
        (
            "Keep secrets in the vault, not in environment files.",
            "Secrets belong in the vault and not in environment files.",
            "Store secrets in the vault; do not put them into environment files.",
        ),
        (
            "Tag every container image with the commit hash.",
            "Every container image should carry the commit hash as its tag.",
            "Use the commit hash as the tag of each container image.",
        ),
    ),
    "rate limits": (
        (
            "When the API answers 429, wait and retry with exponential backoff.",
            "Use exponential backoff to retry when the API returns 429.",
            "On a 429 answer from the API, retry with exponential backoff.",
        ),
        (
            "Cache search results for ten minutes to save requests.",
            "Save requests by caching search results for 10 minutes.",
            "Search results should be cached for ten minutes so that requests are saved.",
        ),
        (
            "Batch the writes so that fewer requests are sent.",
            "Send fewer requests by batching the writes.",
            "Writes should be batched to send fewer requests.",
        ),
        (
            "The upload endpoint rejects files larger than 20 MB.",
            "Files larger than 20 MB are rejected by the upload endpoint.",
            "The upload endpoint refuses files that are larger than 20 MB.",
        ),
        (
            "Refresh the access token one minute before it expires.",
            "The access token should be refreshed one minute before expiry.",
            "One minute before the access token expires, refresh it.",
        ),
    ),
    "cooking": (
        (
            "Let the dough rest for an hour before baking.",
            "Before baking, the dough should rest for an hour.",
            "The dough needs an hour of rest before it is baked.",
        ),
        (
            "Salt the water generously when you cook pasta.",
            "Pasta should be cooked in generously salted water.",
            "When cooking pasta, salt the water generously.",
        ),
        (
            "Do not wash mushrooms; wipe them with a cloth.",
            "Mushrooms should be wiped with a cloth, not washed.",
            "Wipe mushrooms with a cloth instead of washing them.",
        ),
        (
            "Sharpen the kitchen knives every month.",
            "Kitchen knives should be sharpened every month.",
            "Every month, sharpen the knives in the kitchen.",
        ),
        (
            "Taste the soup before you add more salt.",
            "Before adding more salt, taste the soup.",
            "Always taste the soup before adding more salt.",
        ),
    ),
    "support": (
        (
            "Ask the customer for the order number before opening a refund.",
            "Before a refund is opened, ask the customer for the order number.",
            "Always ask for the customer's order number before you open a refund.",
        ),
        (
            "Basic economy tickets cannot be changed after booking.",
            "After booking, basic economy tickets can't be changed.",
            "You cannot change basic economy tickets after booking.",
        ),
        (
            "Escalate to a human agent when the customer mentions legal action.",
            "If the customer mentions legal action, escalate to a human agent.",
            "A customer who mentions legal action should be escalated to a human agent.",
        ),
        (
            "Gold members may bring three free bags.",
            "Three free bags are allowed for gold members.",
            "Gold members are allowed 3 free bags.",
        ),
        (
            "Confirm the shipping address with the customer before sending a replacement.",
            "Before you send a replacement, confirm the shipping address with the customer.",
            "The shipping address must be confirmed with the customer before a replacement is sent.",
        ),
    ),
}

HELD_OUT: Final[dict[str, Facts]] = {
    "testing": (
        (
            "Mock the network in unit tests so that they run offline.",
            "Unit tests should mock the network in order to run offline.",
            "So that unit tests run offline, mock the network in them.",
        ),
        (
            "Flaky tests should be quarantined and fixed within a week.",
            "Quarantine flaky tests and fix them within one week.",
            "A flaky test is put into quarantine and fixed within a week.",
        ),
        (
            "Seed the random generator so that failures can be reproduced.",
            "To reproduce failures, seed the random generator.",
            "Failures can be reproduced when the random generator is seeded.",
        ),
        (
            "Do not assert on log messages.",
            "Log messages should not be asserted on.",
            "Never write assertions on log messages.",
        ),
        (
            "Write a failing test first, then fix the bug.",
            "First write a test that fails, and then fix the bug.",
            "Fix a bug only after writing a failing test for it.",
        ),
    ),
    "databases": (
        (
            "Add an index on the foreign key columns to speed up joins.",
            "Joins get faster when foreign key columns have an index.",
            "Index the foreign key columns so that joins are faster.",
        ),
        (
            "Long transactions block vacuum and bloat the table.",
            "The table bloats because long transactions block vacuum.",
            "Vacuum is blocked by long transactions, which bloats the table.",
        ),
        (
            "Use a connection pool with 20 connections for each service.",
            "Each service should use a connection pool of 20 connections.",
            "Give every service a pool of twenty connections.",
        ),
        (
            "Take a backup before dropping a column.",
            "Before you drop a column, take a backup.",
            "A backup must be taken before a column is dropped.",
        ),
        (
            "Read replicas lag behind the primary by up to two seconds.",
            "The lag of read replicas behind the primary is up to 2 seconds.",
            "Read replicas can be up to two seconds behind the primary.",
        ),
    ),
    "travel": (
        (
            "Passengers must check in at least 45 minutes before departure.",
            "Check-in closes for passengers 45 minutes before departure.",
            "At least 45 minutes before departure, passengers have to be checked in.",
        ),
        (
            "Hotel bookings can be cancelled free of charge until the day before arrival.",
            "Until the day before arrival, hotel bookings can be cancelled for free.",
            "You can cancel a hotel booking free of charge until the day before you arrive.",
        ),
        (
            "Lost luggage should be reported at the airport desk.",
            "Report lost luggage at the desk in the airport.",
            "If your luggage is lost, report it at the airport desk.",
        ),
        (
            "Travel insurance does not cover extreme sports.",
            "Extreme sports are not covered by travel insurance.",
            "Travel insurance will not cover extreme sports.",
        ),
        (
            "Children under two years fly free on their parent's lap.",
            "A child under two years flies for free on a parent's lap.",
            "On the lap of a parent, children under 2 years fly free.",
        ),
    ),
    "security": (
        (
            "Rotate the signing keys every 90 days.",
            "Signing keys should be rotated every 90 days.",
            "Every ninety days the signing keys must be rotated.",
        ),
        (
            "Validate the user's input on the server, not just in the browser.",
            "User input has to be validated on the server and not just in the browser.",
            "Do not just validate user input in the browser; validate it on the server.",
        ),
        (
            "Log failed login attempts with the address of the client.",
            "Failed attempts to log in should be logged with the client's address.",
            "The client's address should be logged for failed login attempts.",
        ),
        (
            "Disable password login on the production hosts.",
            "Password login should be disabled on production hosts.",
            "On the hosts in production, disable login by password.",
        ),
        (
            "Store passwords only as salted hashes.",
            "Passwords should be stored only as salted hashes.",
            "Only salted hashes of passwords should be stored.",
        ),
    ),
}
