from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DriftLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DRIFT_LEVEL_UNSPECIFIED: _ClassVar[DriftLevel]
    DRIFT_LEVEL_NONE: _ClassVar[DriftLevel]
    DRIFT_LEVEL_WATCH: _ClassVar[DriftLevel]
    DRIFT_LEVEL_ALARM: _ClassVar[DriftLevel]

class DriftTest(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DRIFT_TEST_UNSPECIFIED: _ClassVar[DriftTest]
    DRIFT_TEST_KOLMOGOROV_SMIRNOV: _ClassVar[DriftTest]
    DRIFT_TEST_POPULATION_STABILITY: _ClassVar[DriftTest]
    DRIFT_TEST_MEAN_DISCREPANCY: _ClassVar[DriftTest]
    DRIFT_TEST_OUTPUT: _ClassVar[DriftTest]
    DRIFT_TEST_LOCATION: _ClassVar[DriftTest]

class BaselineSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BASELINE_SOURCE_UNSPECIFIED: _ClassVar[BaselineSource]
    BASELINE_SOURCE_WEIGHTS: _ClassVar[BaselineSource]
    BASELINE_SOURCE_GENERATOR: _ClassVar[BaselineSource]
    BASELINE_SOURCE_INPUTS: _ClassVar[BaselineSource]
    BASELINE_SOURCE_GIVEN: _ClassVar[BaselineSource]
DRIFT_LEVEL_UNSPECIFIED: DriftLevel
DRIFT_LEVEL_NONE: DriftLevel
DRIFT_LEVEL_WATCH: DriftLevel
DRIFT_LEVEL_ALARM: DriftLevel
DRIFT_TEST_UNSPECIFIED: DriftTest
DRIFT_TEST_KOLMOGOROV_SMIRNOV: DriftTest
DRIFT_TEST_POPULATION_STABILITY: DriftTest
DRIFT_TEST_MEAN_DISCREPANCY: DriftTest
DRIFT_TEST_OUTPUT: DriftTest
DRIFT_TEST_LOCATION: DriftTest
BASELINE_SOURCE_UNSPECIFIED: BaselineSource
BASELINE_SOURCE_WEIGHTS: BaselineSource
BASELINE_SOURCE_GENERATOR: BaselineSource
BASELINE_SOURCE_INPUTS: BaselineSource
BASELINE_SOURCE_GIVEN: BaselineSource

class DriftBaseline(_message.Message):
    __slots__ = ("model", "weights_sha256", "inputs", "arrays")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    ARRAYS_FIELD_NUMBER: _ClassVar[int]
    model: str
    weights_sha256: str
    inputs: int
    arrays: bytes
    def __init__(self, model: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., inputs: _Optional[int] = ..., arrays: _Optional[bytes] = ...) -> None: ...

class ColumnDrift(_message.Message):
    __slots__ = ("name", "psi", "ks", "p", "q", "level", "above")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PSI_FIELD_NUMBER: _ClassVar[int]
    KS_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    Q_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    ABOVE_FIELD_NUMBER: _ClassVar[int]
    name: str
    psi: float
    ks: float
    p: float
    q: float
    level: DriftLevel
    above: float
    def __init__(self, name: _Optional[str] = ..., psi: _Optional[float] = ..., ks: _Optional[float] = ..., p: _Optional[float] = ..., q: _Optional[float] = ..., level: _Optional[_Union[DriftLevel, str]] = ..., above: _Optional[float] = ...) -> None: ...

class MeanDiscrepancy(_message.Message):
    __slots__ = ("value", "threshold", "level")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    value: float
    threshold: float
    level: DriftLevel
    def __init__(self, value: _Optional[float] = ..., threshold: _Optional[float] = ..., level: _Optional[_Union[DriftLevel, str]] = ...) -> None: ...

class DetectDriftResponse(_message.Message):
    __slots__ = ("model", "version", "weights_sha256", "window_inputs", "baseline_inputs", "baseline_source", "features", "output", "discrepancy", "level", "alarms", "baseline")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_SHA256_FIELD_NUMBER: _ClassVar[int]
    WINDOW_INPUTS_FIELD_NUMBER: _ClassVar[int]
    BASELINE_INPUTS_FIELD_NUMBER: _ClassVar[int]
    BASELINE_SOURCE_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    DISCREPANCY_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    ALARMS_FIELD_NUMBER: _ClassVar[int]
    BASELINE_FIELD_NUMBER: _ClassVar[int]
    model: str
    version: str
    weights_sha256: str
    window_inputs: int
    baseline_inputs: int
    baseline_source: BaselineSource
    features: _containers.RepeatedCompositeFieldContainer[ColumnDrift]
    output: ColumnDrift
    discrepancy: MeanDiscrepancy
    level: DriftLevel
    alarms: _containers.RepeatedScalarFieldContainer[DriftTest]
    baseline: DriftBaseline
    def __init__(self, model: _Optional[str] = ..., version: _Optional[str] = ..., weights_sha256: _Optional[str] = ..., window_inputs: _Optional[int] = ..., baseline_inputs: _Optional[int] = ..., baseline_source: _Optional[_Union[BaselineSource, str]] = ..., features: _Optional[_Iterable[_Union[ColumnDrift, _Mapping]]] = ..., output: _Optional[_Union[ColumnDrift, _Mapping]] = ..., discrepancy: _Optional[_Union[MeanDiscrepancy, _Mapping]] = ..., level: _Optional[_Union[DriftLevel, str]] = ..., alarms: _Optional[_Iterable[_Union[DriftTest, str]]] = ..., baseline: _Optional[_Union[DriftBaseline, _Mapping]] = ...) -> None: ...
