"""The models. Each is imported when it is first asked for: all of them take half a second."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .access_action import AccessAction
    from .access_event import AccessEvent
    from .access_event_detail import AccessEventDetail
    from .access_event_page import AccessEventPage
    from .archive_transfer import ArchiveTransfer
    from .archive_transfer_page import ArchiveTransferPage
    from .audit_entry import AuditEntry
    from .break_glass import BreakGlass
    from .buffer_stats import BufferStats
    from .bulk_receipt import BulkReceipt
    from .chai_inpar import ChaiInpar
    from .chai_observation import ChaiObservation
    from .chai_tile import ChaiTile
    from .chai_tuning import ChaiTuning
    from .checksum_algorithm import ChecksumAlgorithm
    from .component import Component
    from .conditions import Conditions
    from .constant_elevation import ConstantElevation
    from .constant_elevation_change import ConstantElevationChange
    from .coordinates import Coordinates
    from .copy import Copy
    from .copy_kind import CopyKind
    from .copy_list import CopyList
    from .copy_page import CopyPage
    from .copy_status import CopyStatus
    from .credential_kind import CredentialKind
    from .data_site import DataSite
    from .data_site_list import DataSiteList
    from .demo_role import DemoRole
    from .demo_token import DemoToken
    from .demo_token_create import DemoTokenCreate
    from .device_code import DeviceCode
    from .device_pending import DevicePending
    from .device_session import DeviceSession
    from .device_session_token_type import DeviceSessionTokenType
    from .device_sign_in import DeviceSignIn
    from .edit_receipt import EditReceipt
    from .executed_obs_unit import ExecutedObsUnit
    from .executed_obs_unit_detail import ExecutedObsUnitDetail
    from .executed_obs_unit_finish import ExecutedObsUnitFinish
    from .executed_obs_unit_page import ExecutedObsUnitPage
    from .executed_obs_unit_start import ExecutedObsUnitStart
    from .failure import Failure
    from .final_status import FinalStatus
    from .fixed_source import FixedSource
    from .fixed_source_change import FixedSourceChange
    from .get_document_response_200 import GetDocumentResponse200
    from .health import Health
    from .health_background_processor import HealthBackgroundProcessor
    from .health_buffer import HealthBuffer
    from .health_executor import HealthExecutor
    from .health_identity import HealthIdentity
    from .health_main import HealthMain
    from .health_replica import HealthReplica
    from .health_schema import HealthSchema
    from .health_status import HealthStatus
    from .heatmap_column import HeatmapColumn
    from .heatmap_page import HeatmapPage
    from .heatmap_row import HeatmapRow
    from .initial_status import InitialStatus
    from .instrument import Instrument
    from .instrument_module import InstrumentModule
    from .instrument_module_configuration import InstrumentModuleConfiguration
    from .instrument_module_configuration_create import (
        InstrumentModuleConfigurationCreate,
    )
    from .instrument_module_configuration_page import InstrumentModuleConfigurationPage
    from .instrument_module_configuration_update import (
        InstrumentModuleConfigurationUpdate,
    )
    from .instrument_module_page import InstrumentModulePage
    from .instrument_page import InstrumentPage
    from .instrument_update import InstrumentUpdate
    from .introspect import Introspect
    from .introspection import Introspection
    from .issued_token import IssuedToken
    from .list_sources_sort import ListSourcesSort
    from .list_transfer_raw_packages_sort import ListTransferRawPackagesSort
    from .live_closing import LiveClosing
    from .live_closing_code import LiveClosingCode
    from .live_closing_type import LiveClosingType
    from .live_event import LiveEvent
    from .live_event_health import LiveEventHealth
    from .live_events import LiveEvents
    from .live_events_type import LiveEventsType
    from .live_heartbeat import LiveHeartbeat
    from .live_heartbeat_type import LiveHeartbeatType
    from .live_snapshot import LiveSnapshot
    from .live_snapshot_data import LiveSnapshotData
    from .live_snapshot_type import LiveSnapshotType
    from .live_ticket import LiveTicket
    from .live_topic import LiveTopic
    from .location import Location
    from .location_list import LocationList
    from .location_type import LocationType
    from .me import Me
    from .next_passes import NextPasses
    from .obs_mode import ObsMode
    from .obs_mode_page import ObsModePage
    from .obs_unit import ObsUnit
    from .obs_unit_create import ObsUnitCreate
    from .obs_unit_detail import ObsUnitDetail
    from .obs_unit_listed import ObsUnitListed
    from .obs_unit_page import ObsUnitPage
    from .obs_unit_sort import ObsUnitSort
    from .obs_unit_source import ObsUnitSource
    from .obs_unit_update import ObsUnitUpdate
    from .observation_configuration import ObservationConfiguration
    from .observation_configuration_create import ObservationConfigurationCreate
    from .observation_configuration_page import ObservationConfigurationPage
    from .observation_configuration_update import ObservationConfigurationUpdate
    from .observation_status import ObservationStatus
    from .observatory import Observatory
    from .observing_program import ObservingProgram
    from .observing_program_create import ObservingProgramCreate
    from .observing_program_page import ObservingProgramPage
    from .observing_program_sort import ObservingProgramSort
    from .observing_program_update import ObservingProgramUpdate
    from .order import Order
    from .package_metadata import PackageMetadata
    from .package_metadata_document import PackageMetadataDocument
    from .package_metadata_put import PackageMetadataPut
    from .package_state import PackageState
    from .package_status import PackageStatus
    from .parked_change import ParkedChange
    from .parked_change_fields import ParkedChangeFields
    from .pipeline_package import PipelinePackage
    from .pipeline_package_page import PipelinePackagePage
    from .pipeline_stage import PipelineStage
    from .pipeline_stage_name import PipelineStageName
    from .plan_parameters import PlanParameters
    from .preferences import Preferences
    from .preferences_coordinates import PreferencesCoordinates
    from .preferences_layout import PreferencesLayout
    from .preferences_notifications import PreferencesNotifications
    from .preferences_theme import PreferencesTheme
    from .problem import Problem
    from .problem_field import ProblemField
    from .problem_meaning import ProblemMeaning
    from .problem_slug import ProblemSlug
    from .program_progress import ProgramProgress
    from .progress import Progress
    from .raw_data_file import RawDataFile
    from .raw_data_file_create import RawDataFileCreate
    from .raw_data_package import RawDataPackage
    from .raw_data_package_create import RawDataPackageCreate
    from .raw_data_package_detail import RawDataPackageDetail
    from .raw_data_package_finalize import RawDataPackageFinalize
    from .record_ref import RecordRef
    from .references import References
    from .resolved_source import ResolvedSource
    from .resolved_source_resolver import ResolvedSourceResolver
    from .retry_all import RetryAll
    from .retry_all_result import RetryAllResult
    from .role import Role
    from .role_list import RoleList
    from .role_name import RoleName
    from .route import Route
    from .route_list import RouteList
    from .route_type import RouteType
    from .route_update import RouteUpdate
    from .safe_to_delete import SafeToDelete
    from .safe_to_delete_reasons_item import SafeToDeleteReasonsItem
    from .scope_info import ScopeInfo
    from .scope_list import ScopeList
    from .session import Session
    from .session_info import SessionInfo
    from .session_list import SessionList
    from .session_token_type import SessionTokenType
    from .sideband import Sideband
    from .site_info import SiteInfo
    from .site_type import SiteType
    from .sky_accuracy import SkyAccuracy
    from .sky_event import SkyEvent
    from .sky_event_kind import SkyEventKind
    from .sky_limits import SkyLimits
    from .sky_now import SkyNow
    from .sky_reason import SkyReason
    from .sky_track import SkyTrack
    from .sky_window import SkyWindow
    from .solar_system_class import SolarSystemClass
    from .solar_system_source import SolarSystemSource
    from .solar_system_source_change import SolarSystemSourceChange
    from .source import Source
    from .source_chip import SourceChip
    from .source_create import SourceCreate
    from .source_details import SourceDetails
    from .source_kind import SourceKind
    from .source_page import SourcePage
    from .source_query import SourceQuery
    from .source_unit import SourceUnit
    from .source_update import SourceUpdate
    from .staged_package import StagedPackage
    from .staging_job import StagingJob
    from .staging_job_create import StagingJobCreate
    from .staging_job_detail import StagingJobDetail
    from .staging_job_page import StagingJobPage
    from .staging_status import StagingStatus
    from .step import Step
    from .step_params import StepParams
    from .storage_type import StorageType
    from .sub_observing_program import SubObservingProgram
    from .sub_observing_program_create import SubObservingProgramCreate
    from .sub_observing_program_page import SubObservingProgramPage
    from .sub_observing_program_update import SubObservingProgramUpdate
    from .sync_state import SyncState
    from .telescope import Telescope
    from .token import Token
    from .token_create import TokenCreate
    from .token_page import TokenPage
    from .token_rotate import TokenRotate
    from .transaction import Transaction
    from .transaction_discard import TransactionDiscard
    from .transaction_edit import TransactionEdit
    from .transaction_page import TransactionPage
    from .transaction_state import TransactionState
    from .transfer import Transfer
    from .transfer_failures import TransferFailures
    from .transfer_log import TransferLog
    from .transfer_log_page import TransferLogPage
    from .transfer_overview import TransferOverview
    from .transfer_package import TransferPackage
    from .transfer_package_detail import TransferPackageDetail
    from .transfer_package_page import TransferPackagePage
    from .transfer_page import TransferPage
    from .transfer_reset import TransferReset
    from .transfer_reset_part import TransferResetPart
    from .transfer_status import TransferStatus
    from .unit_progress import UnitProgress
    from .user import User
    from .user_create import UserCreate
    from .user_page import UserPage
    from .user_update import UserUpdate
    from .verdict import Verdict
    from .verdict_status import VerdictStatus
    from .visibility import Visibility
    from .visibility_job import VisibilityJob
    from .visibility_job_list import VisibilityJobList
    from .visibility_job_state import VisibilityJobState
    from .visibility_plan import VisibilityPlan
    from .wait_state import WaitState
    from .write_receipt import WriteReceipt

_MODULES = {
    "AccessAction": ".access_action",
    "AccessEvent": ".access_event",
    "AccessEventDetail": ".access_event_detail",
    "AccessEventPage": ".access_event_page",
    "ArchiveTransfer": ".archive_transfer",
    "ArchiveTransferPage": ".archive_transfer_page",
    "AuditEntry": ".audit_entry",
    "BreakGlass": ".break_glass",
    "BufferStats": ".buffer_stats",
    "BulkReceipt": ".bulk_receipt",
    "ChaiInpar": ".chai_inpar",
    "ChaiObservation": ".chai_observation",
    "ChaiTile": ".chai_tile",
    "ChaiTuning": ".chai_tuning",
    "ChecksumAlgorithm": ".checksum_algorithm",
    "Component": ".component",
    "Conditions": ".conditions",
    "ConstantElevation": ".constant_elevation",
    "ConstantElevationChange": ".constant_elevation_change",
    "Coordinates": ".coordinates",
    "Copy": ".copy",
    "CopyKind": ".copy_kind",
    "CopyList": ".copy_list",
    "CopyPage": ".copy_page",
    "CopyStatus": ".copy_status",
    "CredentialKind": ".credential_kind",
    "DataSite": ".data_site",
    "DataSiteList": ".data_site_list",
    "DemoRole": ".demo_role",
    "DemoToken": ".demo_token",
    "DemoTokenCreate": ".demo_token_create",
    "DeviceCode": ".device_code",
    "DevicePending": ".device_pending",
    "DeviceSession": ".device_session",
    "DeviceSessionTokenType": ".device_session_token_type",
    "DeviceSignIn": ".device_sign_in",
    "EditReceipt": ".edit_receipt",
    "ExecutedObsUnit": ".executed_obs_unit",
    "ExecutedObsUnitDetail": ".executed_obs_unit_detail",
    "ExecutedObsUnitFinish": ".executed_obs_unit_finish",
    "ExecutedObsUnitPage": ".executed_obs_unit_page",
    "ExecutedObsUnitStart": ".executed_obs_unit_start",
    "Failure": ".failure",
    "FinalStatus": ".final_status",
    "FixedSource": ".fixed_source",
    "FixedSourceChange": ".fixed_source_change",
    "GetDocumentResponse200": ".get_document_response_200",
    "Health": ".health",
    "HealthBackgroundProcessor": ".health_background_processor",
    "HealthBuffer": ".health_buffer",
    "HealthExecutor": ".health_executor",
    "HealthIdentity": ".health_identity",
    "HealthMain": ".health_main",
    "HealthReplica": ".health_replica",
    "HealthSchema": ".health_schema",
    "HealthStatus": ".health_status",
    "HeatmapColumn": ".heatmap_column",
    "HeatmapPage": ".heatmap_page",
    "HeatmapRow": ".heatmap_row",
    "InitialStatus": ".initial_status",
    "Instrument": ".instrument",
    "InstrumentModule": ".instrument_module",
    "InstrumentModuleConfiguration": ".instrument_module_configuration",
    "InstrumentModuleConfigurationCreate": ".instrument_module_configuration_create",
    "InstrumentModuleConfigurationPage": ".instrument_module_configuration_page",
    "InstrumentModuleConfigurationUpdate": ".instrument_module_configuration_update",
    "InstrumentModulePage": ".instrument_module_page",
    "InstrumentPage": ".instrument_page",
    "InstrumentUpdate": ".instrument_update",
    "Introspect": ".introspect",
    "Introspection": ".introspection",
    "IssuedToken": ".issued_token",
    "ListSourcesSort": ".list_sources_sort",
    "ListTransferRawPackagesSort": ".list_transfer_raw_packages_sort",
    "LiveClosing": ".live_closing",
    "LiveClosingCode": ".live_closing_code",
    "LiveClosingType": ".live_closing_type",
    "LiveEvent": ".live_event",
    "LiveEventHealth": ".live_event_health",
    "LiveEvents": ".live_events",
    "LiveEventsType": ".live_events_type",
    "LiveHeartbeat": ".live_heartbeat",
    "LiveHeartbeatType": ".live_heartbeat_type",
    "LiveSnapshot": ".live_snapshot",
    "LiveSnapshotData": ".live_snapshot_data",
    "LiveSnapshotType": ".live_snapshot_type",
    "LiveTicket": ".live_ticket",
    "LiveTopic": ".live_topic",
    "Location": ".location",
    "LocationList": ".location_list",
    "LocationType": ".location_type",
    "Me": ".me",
    "NextPasses": ".next_passes",
    "ObsMode": ".obs_mode",
    "ObsModePage": ".obs_mode_page",
    "ObsUnit": ".obs_unit",
    "ObsUnitCreate": ".obs_unit_create",
    "ObsUnitDetail": ".obs_unit_detail",
    "ObsUnitListed": ".obs_unit_listed",
    "ObsUnitPage": ".obs_unit_page",
    "ObsUnitSort": ".obs_unit_sort",
    "ObsUnitSource": ".obs_unit_source",
    "ObsUnitUpdate": ".obs_unit_update",
    "ObservationConfiguration": ".observation_configuration",
    "ObservationConfigurationCreate": ".observation_configuration_create",
    "ObservationConfigurationPage": ".observation_configuration_page",
    "ObservationConfigurationUpdate": ".observation_configuration_update",
    "ObservationStatus": ".observation_status",
    "Observatory": ".observatory",
    "ObservingProgram": ".observing_program",
    "ObservingProgramCreate": ".observing_program_create",
    "ObservingProgramPage": ".observing_program_page",
    "ObservingProgramSort": ".observing_program_sort",
    "ObservingProgramUpdate": ".observing_program_update",
    "Order": ".order",
    "PackageMetadata": ".package_metadata",
    "PackageMetadataDocument": ".package_metadata_document",
    "PackageMetadataPut": ".package_metadata_put",
    "PackageState": ".package_state",
    "PackageStatus": ".package_status",
    "ParkedChange": ".parked_change",
    "ParkedChangeFields": ".parked_change_fields",
    "PipelinePackage": ".pipeline_package",
    "PipelinePackagePage": ".pipeline_package_page",
    "PipelineStage": ".pipeline_stage",
    "PipelineStageName": ".pipeline_stage_name",
    "PlanParameters": ".plan_parameters",
    "Preferences": ".preferences",
    "PreferencesCoordinates": ".preferences_coordinates",
    "PreferencesLayout": ".preferences_layout",
    "PreferencesNotifications": ".preferences_notifications",
    "PreferencesTheme": ".preferences_theme",
    "Problem": ".problem",
    "ProblemField": ".problem_field",
    "ProblemMeaning": ".problem_meaning",
    "ProblemSlug": ".problem_slug",
    "ProgramProgress": ".program_progress",
    "Progress": ".progress",
    "RawDataFile": ".raw_data_file",
    "RawDataFileCreate": ".raw_data_file_create",
    "RawDataPackage": ".raw_data_package",
    "RawDataPackageCreate": ".raw_data_package_create",
    "RawDataPackageDetail": ".raw_data_package_detail",
    "RawDataPackageFinalize": ".raw_data_package_finalize",
    "RecordRef": ".record_ref",
    "References": ".references",
    "ResolvedSource": ".resolved_source",
    "ResolvedSourceResolver": ".resolved_source_resolver",
    "RetryAll": ".retry_all",
    "RetryAllResult": ".retry_all_result",
    "Role": ".role",
    "RoleList": ".role_list",
    "RoleName": ".role_name",
    "Route": ".route",
    "RouteList": ".route_list",
    "RouteType": ".route_type",
    "RouteUpdate": ".route_update",
    "SafeToDelete": ".safe_to_delete",
    "SafeToDeleteReasonsItem": ".safe_to_delete_reasons_item",
    "ScopeInfo": ".scope_info",
    "ScopeList": ".scope_list",
    "Session": ".session",
    "SessionInfo": ".session_info",
    "SessionList": ".session_list",
    "SessionTokenType": ".session_token_type",
    "Sideband": ".sideband",
    "SiteInfo": ".site_info",
    "SiteType": ".site_type",
    "SkyAccuracy": ".sky_accuracy",
    "SkyEvent": ".sky_event",
    "SkyEventKind": ".sky_event_kind",
    "SkyLimits": ".sky_limits",
    "SkyNow": ".sky_now",
    "SkyReason": ".sky_reason",
    "SkyTrack": ".sky_track",
    "SkyWindow": ".sky_window",
    "SolarSystemClass": ".solar_system_class",
    "SolarSystemSource": ".solar_system_source",
    "SolarSystemSourceChange": ".solar_system_source_change",
    "Source": ".source",
    "SourceChip": ".source_chip",
    "SourceCreate": ".source_create",
    "SourceDetails": ".source_details",
    "SourceKind": ".source_kind",
    "SourcePage": ".source_page",
    "SourceQuery": ".source_query",
    "SourceUnit": ".source_unit",
    "SourceUpdate": ".source_update",
    "StagedPackage": ".staged_package",
    "StagingJob": ".staging_job",
    "StagingJobCreate": ".staging_job_create",
    "StagingJobDetail": ".staging_job_detail",
    "StagingJobPage": ".staging_job_page",
    "StagingStatus": ".staging_status",
    "Step": ".step",
    "StepParams": ".step_params",
    "StorageType": ".storage_type",
    "SubObservingProgram": ".sub_observing_program",
    "SubObservingProgramCreate": ".sub_observing_program_create",
    "SubObservingProgramPage": ".sub_observing_program_page",
    "SubObservingProgramUpdate": ".sub_observing_program_update",
    "SyncState": ".sync_state",
    "Telescope": ".telescope",
    "Token": ".token",
    "TokenCreate": ".token_create",
    "TokenPage": ".token_page",
    "TokenRotate": ".token_rotate",
    "Transaction": ".transaction",
    "TransactionDiscard": ".transaction_discard",
    "TransactionEdit": ".transaction_edit",
    "TransactionPage": ".transaction_page",
    "TransactionState": ".transaction_state",
    "Transfer": ".transfer",
    "TransferFailures": ".transfer_failures",
    "TransferLog": ".transfer_log",
    "TransferLogPage": ".transfer_log_page",
    "TransferOverview": ".transfer_overview",
    "TransferPackage": ".transfer_package",
    "TransferPackageDetail": ".transfer_package_detail",
    "TransferPackagePage": ".transfer_package_page",
    "TransferPage": ".transfer_page",
    "TransferReset": ".transfer_reset",
    "TransferResetPart": ".transfer_reset_part",
    "TransferStatus": ".transfer_status",
    "UnitProgress": ".unit_progress",
    "User": ".user",
    "UserCreate": ".user_create",
    "UserPage": ".user_page",
    "UserUpdate": ".user_update",
    "Verdict": ".verdict",
    "VerdictStatus": ".verdict_status",
    "Visibility": ".visibility",
    "VisibilityJob": ".visibility_job",
    "VisibilityJobList": ".visibility_job_list",
    "VisibilityJobState": ".visibility_job_state",
    "VisibilityPlan": ".visibility_plan",
    "WaitState": ".wait_state",
    "WriteReceipt": ".write_receipt",
}

__all__ = (
    "AccessAction",
    "AccessEvent",
    "AccessEventDetail",
    "AccessEventPage",
    "ArchiveTransfer",
    "ArchiveTransferPage",
    "AuditEntry",
    "BreakGlass",
    "BufferStats",
    "BulkReceipt",
    "ChaiInpar",
    "ChaiObservation",
    "ChaiTile",
    "ChaiTuning",
    "ChecksumAlgorithm",
    "Component",
    "Conditions",
    "ConstantElevation",
    "ConstantElevationChange",
    "Coordinates",
    "Copy",
    "CopyKind",
    "CopyList",
    "CopyPage",
    "CopyStatus",
    "CredentialKind",
    "DataSite",
    "DataSiteList",
    "DemoRole",
    "DemoToken",
    "DemoTokenCreate",
    "DeviceCode",
    "DevicePending",
    "DeviceSession",
    "DeviceSessionTokenType",
    "DeviceSignIn",
    "EditReceipt",
    "ExecutedObsUnit",
    "ExecutedObsUnitDetail",
    "ExecutedObsUnitFinish",
    "ExecutedObsUnitPage",
    "ExecutedObsUnitStart",
    "Failure",
    "FinalStatus",
    "FixedSource",
    "FixedSourceChange",
    "GetDocumentResponse200",
    "Health",
    "HealthBackgroundProcessor",
    "HealthBuffer",
    "HealthExecutor",
    "HealthIdentity",
    "HealthMain",
    "HealthReplica",
    "HealthSchema",
    "HealthStatus",
    "HeatmapColumn",
    "HeatmapPage",
    "HeatmapRow",
    "InitialStatus",
    "Instrument",
    "InstrumentModule",
    "InstrumentModuleConfiguration",
    "InstrumentModuleConfigurationCreate",
    "InstrumentModuleConfigurationPage",
    "InstrumentModuleConfigurationUpdate",
    "InstrumentModulePage",
    "InstrumentPage",
    "InstrumentUpdate",
    "Introspect",
    "Introspection",
    "IssuedToken",
    "ListSourcesSort",
    "ListTransferRawPackagesSort",
    "LiveClosing",
    "LiveClosingCode",
    "LiveClosingType",
    "LiveEvent",
    "LiveEventHealth",
    "LiveEvents",
    "LiveEventsType",
    "LiveHeartbeat",
    "LiveHeartbeatType",
    "LiveSnapshot",
    "LiveSnapshotData",
    "LiveSnapshotType",
    "LiveTicket",
    "LiveTopic",
    "Location",
    "LocationList",
    "LocationType",
    "Me",
    "NextPasses",
    "ObservationConfiguration",
    "ObservationConfigurationCreate",
    "ObservationConfigurationPage",
    "ObservationConfigurationUpdate",
    "ObservationStatus",
    "Observatory",
    "ObservingProgram",
    "ObservingProgramCreate",
    "ObservingProgramPage",
    "ObservingProgramSort",
    "ObservingProgramUpdate",
    "ObsMode",
    "ObsModePage",
    "ObsUnit",
    "ObsUnitCreate",
    "ObsUnitDetail",
    "ObsUnitListed",
    "ObsUnitPage",
    "ObsUnitSort",
    "ObsUnitSource",
    "ObsUnitUpdate",
    "Order",
    "PackageMetadata",
    "PackageMetadataDocument",
    "PackageMetadataPut",
    "PackageState",
    "PackageStatus",
    "ParkedChange",
    "ParkedChangeFields",
    "PipelinePackage",
    "PipelinePackagePage",
    "PipelineStage",
    "PipelineStageName",
    "PlanParameters",
    "Preferences",
    "PreferencesCoordinates",
    "PreferencesLayout",
    "PreferencesNotifications",
    "PreferencesTheme",
    "Problem",
    "ProblemField",
    "ProblemMeaning",
    "ProblemSlug",
    "ProgramProgress",
    "Progress",
    "RawDataFile",
    "RawDataFileCreate",
    "RawDataPackage",
    "RawDataPackageCreate",
    "RawDataPackageDetail",
    "RawDataPackageFinalize",
    "RecordRef",
    "References",
    "ResolvedSource",
    "ResolvedSourceResolver",
    "RetryAll",
    "RetryAllResult",
    "Role",
    "RoleList",
    "RoleName",
    "Route",
    "RouteList",
    "RouteType",
    "RouteUpdate",
    "SafeToDelete",
    "SafeToDeleteReasonsItem",
    "ScopeInfo",
    "ScopeList",
    "Session",
    "SessionInfo",
    "SessionList",
    "SessionTokenType",
    "Sideband",
    "SiteInfo",
    "SiteType",
    "SkyAccuracy",
    "SkyEvent",
    "SkyEventKind",
    "SkyLimits",
    "SkyNow",
    "SkyReason",
    "SkyTrack",
    "SkyWindow",
    "SolarSystemClass",
    "SolarSystemSource",
    "SolarSystemSourceChange",
    "Source",
    "SourceChip",
    "SourceCreate",
    "SourceDetails",
    "SourceKind",
    "SourcePage",
    "SourceQuery",
    "SourceUnit",
    "SourceUpdate",
    "StagedPackage",
    "StagingJob",
    "StagingJobCreate",
    "StagingJobDetail",
    "StagingJobPage",
    "StagingStatus",
    "Step",
    "StepParams",
    "StorageType",
    "SubObservingProgram",
    "SubObservingProgramCreate",
    "SubObservingProgramPage",
    "SubObservingProgramUpdate",
    "SyncState",
    "Telescope",
    "Token",
    "TokenCreate",
    "TokenPage",
    "TokenRotate",
    "Transaction",
    "TransactionDiscard",
    "TransactionEdit",
    "TransactionPage",
    "TransactionState",
    "Transfer",
    "TransferFailures",
    "TransferLog",
    "TransferLogPage",
    "TransferOverview",
    "TransferPackage",
    "TransferPackageDetail",
    "TransferPackagePage",
    "TransferPage",
    "TransferReset",
    "TransferResetPart",
    "TransferStatus",
    "UnitProgress",
    "User",
    "UserCreate",
    "UserPage",
    "UserUpdate",
    "Verdict",
    "VerdictStatus",
    "Visibility",
    "VisibilityJob",
    "VisibilityJobList",
    "VisibilityJobState",
    "VisibilityPlan",
    "WaitState",
    "WriteReceipt",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
