"""The catalogue: every model there is, and the only place that names them all."""

from acumen.models.coordination.balance import ENTRY as BALANCE
from acumen.models.coordination.consensus import ENTRY as CONSENSUS
from acumen.models.performance.cache import ENTRY as CACHE
from acumen.models.reference.series import ENTRY as REFERENCE

CATALOGUE = (BALANCE, CACHE, CONSENSUS, REFERENCE)
