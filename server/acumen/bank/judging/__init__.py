"""JUDGE: score a response, a pair of responses or a whole trajectory from the evidence in them."""

from acumen.bank.judging.criteria import ALIASES, CRITERIA
from acumen.bank.judging.pair import judge_pair
from acumen.bank.judging.response import judge
from acumen.bank.judging.summary import Summary, summarise
from acumen.bank.judging.trajectory import judge_trajectory

__all__ = ["ALIASES", "CRITERIA", "Summary", "judge", "judge_pair", "judge_trajectory", "summarise"]
