"""The catalogue: every model there is, and the only place that names them all."""

from acumen.models.reference.series import ENTRY as REFERENCE

CATALOGUE = (REFERENCE,)
