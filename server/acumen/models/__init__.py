"""The catalogue: every model there is, and the only place that names them all."""

from acumen.models.cognitive.adaptive import ENTRY as ADAPTIVE
from acumen.models.cognitive.convergent import ENTRY as CONVERGENT
from acumen.models.coordination.balance import ENTRY as BALANCE
from acumen.models.coordination.consensus import ENTRY as CONSENSUS
from acumen.models.coordination.swarm import ENTRY as COORDINATION
from acumen.models.performance.cache import ENTRY as CACHE
from acumen.models.performance.throttle import ENTRY as THROTTLE
from acumen.models.reference.series import ENTRY as REFERENCE
from acumen.models.specialised.text import ENTRY as TEXT

CATALOGUE = (ADAPTIVE, BALANCE, CACHE, CONSENSUS, CONVERGENT, COORDINATION, REFERENCE, TEXT, THROTTLE)
