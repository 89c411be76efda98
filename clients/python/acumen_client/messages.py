"""Every message and enumeration of the contract, under one name."""

from acumen_client.gen.models.v1.cognitive_pb2 import *  # noqa: F403
from acumen_client.gen.models.v1.coordination_pb2 import *  # noqa: F403
from acumen_client.gen.models.v1.performance_pb2 import *  # noqa: F403
from acumen_client.gen.models.v1.tensor_pb2 import *  # noqa: F403
from acumen_client.gen.models.v1.text_pb2 import *  # noqa: F403
from acumen_client.gen.v1.decision_pb2 import *  # noqa: F403
from acumen_client.gen.v1.drift_pb2 import *  # noqa: F403
from acumen_client.gen.v1.ensemble_pb2 import *  # noqa: F403
from acumen_client.gen.v1.errors_pb2 import *  # noqa: F403
from acumen_client.gen.v1.model_pb2 import *  # noqa: F403
from acumen_client.gen.v1.neural_pb2 import *  # noqa: F403
from acumen_client.gen.v1.pattern_pb2 import *  # noqa: F403
from acumen_client.gen.v1.reasoning_bank_pb2 import *  # noqa: F403
from acumen_client.gen.v1.registry_pb2 import *  # noqa: F403
from acumen_client.gen.v1.snapshot_pb2 import *  # noqa: F403
from acumen_client.gen.v1.training_example_pb2 import *  # noqa: F403
from acumen_client.gen.v1.training_job_pb2 import *  # noqa: F403
from acumen_client.gen.v1.training_pb2 import *  # noqa: F403
from acumen_client.gen.v1.trajectory_pb2 import *  # noqa: F403
from acumen_client.gen.v1.verdict_pb2 import *  # noqa: F403
