//! A server's Transport service: retry, limits, DNS, logs, Pickup (management.md section 8.1,
//! ranges of transport.md sections 3 and 4). Settings without effect are stored and shown all the
//! same. Log paths are below the data directory unless absolute; `$null` turns a log off.

use model::{Address, ByteSize, Guid, TimeSpan, Unlimited};
use std::net::IpAddr;

use crate::{
    properties::{Listing, properties},
    rule::RuleError,
    setting::MAX_INT,
    values::{DnsServer, LocalPath, ProtocolLoggingLevel, ProtocolOption},
};

/// Sizes of logs may be lifted.
type LogSize = Unlimited<ByteSize>;

const MONTH: TimeSpan = TimeSpan::days(30);
const WEEK: TimeSpan = TimeSpan::days(7);
/// The widest size of a log directory: 2^63 − 1 bytes.
const MAX_LOG: ByteSize = ByteSize::bytes(i64::MAX as u64);
const MIN_LOG: ByteSize = ByteSize::bytes(1);
const MAX_FILE: ByteSize = ByteSize::mb(4096);

const fn mb(n: u64) -> LogSize {
    Unlimited::Limited(ByteSize::mb(n))
}

fn path(text: &'static str) -> Option<LocalPath> {
    Some(LocalPath::known(text))
}

properties! {
    /// The settings of `Get-TransportService`, in the order of the reference.
    pub struct TransportService, view;
    settings {
        // Retry
        /// Attempts of the transient stage; 0: the stage is skipped.
        transient_failure_retry_count: u32 = 6, "TransientFailureRetryCount" in (0, 15);
        transient_failure_retry_interval: TimeSpan = TimeSpan::minutes(5), "TransientFailureRetryInterval"
            in (TimeSpan::seconds(1), TimeSpan::hours(12));
        outbound_connection_failure_retry_interval: TimeSpan = TimeSpan::minutes(10), "OutboundConnectionFailureRetryInterval"
            in (TimeSpan::seconds(1), TimeSpan::days(20));
        /// After a temporary reply to one message.
        message_retry_interval: TimeSpan = TimeSpan::minutes(15), "MessageRetryInterval"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        delay_notification_timeout: TimeSpan = TimeSpan::hours(4), "DelayNotificationTimeout"
            in (TimeSpan::seconds(1), TimeSpan::days(30));
        message_expiration_timeout: TimeSpan = TimeSpan::days(2), "MessageExpirationTimeout"
            in (TimeSpan::seconds(5), TimeSpan::days(90));
        queue_max_idle_time: TimeSpan = TimeSpan::minutes(3), "QueueMaxIdleTime"
            in (TimeSpan::seconds(5), TimeSpan::hours(1));
        // Limits
        max_outbound_connections: Unlimited<u32> = Unlimited::Limited(1000), "MaxOutboundConnections"
            in (1, MAX_INT);
        max_per_domain_outbound_connections: Unlimited<u32> = Unlimited::Limited(20), "MaxPerDomainOutboundConnections"
            in (1, MAX_INT);
        /// New inbound connections a minute.
        max_connection_rate_per_minute: u32 = 1200, "MaxConnectionRatePerMinute" in (1, MAX_INT);
        max_concurrent_mailbox_deliveries: u32 = 20, "MaxConcurrentMailboxDeliveries" in (1, 256);
        max_concurrent_mailbox_submissions: u32 = 20, "MaxConcurrentMailboxSubmissions" in (1, 256);
        // Intra-organization connector
        intra_org_connector_protocol_logging_level: ProtocolLoggingLevel = ProtocolLoggingLevel::None, "IntraOrgConnectorProtocolLoggingLevel";
        intra_org_connector_smtp_max_messages_per_connection: u32 = 20, "IntraOrgConnectorSmtpMaxMessagesPerConnection" in (0, MAX_INT);
        // DNS
        /// Uses the machine's own servers (`/etc/resolv.conf`).
        external_dns_adapter_enabled: bool = true, "ExternalDNSAdapterEnabled";
        external_dns_adapter_guid: Guid = Guid::nil(), "ExternalDNSAdapterGuid";
        external_dns_servers: Vec<DnsServer> = Vec::new(), "ExternalDNSServers";
        external_dns_protocol_option: ProtocolOption = ProtocolOption::Any, "ExternalDNSProtocolOption";
        external_ip_address: Option<IpAddr> = None, "ExternalIPAddress";
        /// Uses the machine's own servers (`/etc/resolv.conf`).
        internal_dns_adapter_enabled: bool = true, "InternalDNSAdapterEnabled";
        internal_dns_adapter_guid: Guid = Guid::nil(), "InternalDNSAdapterGuid";
        internal_dns_servers: Vec<DnsServer> = Vec::new(), "InternalDNSServers";
        internal_dns_protocol_option: ProtocolOption = ProtocolOption::Any, "InternalDNSProtocolOption";
        // Protocol logs
        send_protocol_log_path: Option<LocalPath> = path("logs/ProtocolLog/Hub/SmtpSend"), "SendProtocolLogPath";
        send_protocol_log_max_age: TimeSpan = MONTH, "SendProtocolLogMaxAge";
        send_protocol_log_max_directory_size: LogSize = mb(250), "SendProtocolLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        send_protocol_log_max_file_size: LogSize = mb(10), "SendProtocolLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        receive_protocol_log_path: Option<LocalPath> = path("logs/ProtocolLog/Hub/SmtpReceive"), "ReceiveProtocolLogPath";
        receive_protocol_log_max_age: TimeSpan = MONTH, "ReceiveProtocolLogMaxAge";
        receive_protocol_log_max_directory_size: LogSize = mb(250), "ReceiveProtocolLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        receive_protocol_log_max_file_size: LogSize = mb(10), "ReceiveProtocolLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        // Connectivity log
        connectivity_log_enabled: bool = true, "ConnectivityLogEnabled";
        connectivity_log_max_age: TimeSpan = MONTH, "ConnectivityLogMaxAge";
        connectivity_log_max_directory_size: LogSize = mb(1000), "ConnectivityLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        connectivity_log_max_file_size: LogSize = mb(10), "ConnectivityLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        connectivity_log_path: Option<LocalPath> = path("logs/Connectivity/Hub"), "ConnectivityLogPath";
        // Message tracking
        message_tracking_log_enabled: bool = true, "MessageTrackingLogEnabled";
        message_tracking_log_max_age: TimeSpan = MONTH, "MessageTrackingLogMaxAge";
        message_tracking_log_max_directory_size: LogSize = mb(1000), "MessageTrackingLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        message_tracking_log_max_file_size: ByteSize = ByteSize::mb(10), "MessageTrackingLogMaxFileSize" in (MIN_LOG, MAX_FILE);
        message_tracking_log_path: Option<LocalPath> = path("logs/MessageTracking"), "MessageTrackingLogPath";
        message_tracking_log_subject_logging_enabled: bool = true, "MessageTrackingLogSubjectLoggingEnabled";
        // Queue and routing table logs
        queue_log_path: Option<LocalPath> = path("logs/QueueViewer"), "QueueLogPath";
        queue_log_max_age: TimeSpan = WEEK, "QueueLogMaxAge";
        queue_log_max_directory_size: LogSize = mb(200), "QueueLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        queue_log_max_file_size: LogSize = mb(10), "QueueLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        routing_table_log_path: Option<LocalPath> = path("logs/Routing"), "RoutingTableLogPath";
        routing_table_log_max_age: TimeSpan = WEEK, "RoutingTableLogMaxAge";
        routing_table_log_max_directory_size: LogSize = mb(50), "RoutingTableLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        // DNS and agent logs
        dns_log_enabled: bool = false, "DnsLogEnabled";
        dns_log_max_age: TimeSpan = WEEK, "DnsLogMaxAge";
        dns_log_max_directory_size: LogSize = mb(100), "DnsLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        dns_log_max_file_size: LogSize = mb(10), "DnsLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        dns_log_path: Option<LocalPath> = None, "DnsLogPath";
        agent_log_enabled: bool = true, "AgentLogEnabled";
        agent_log_max_age: TimeSpan = WEEK, "AgentLogMaxAge";
        agent_log_max_directory_size: LogSize = mb(250), "AgentLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        agent_log_max_file_size: LogSize = mb(10), "AgentLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        agent_log_path: Option<LocalPath> = path("logs/AgentLog"), "AgentLogPath";
        // Logs that are stored only
        active_user_statistics_log_max_age: TimeSpan = MONTH, "ActiveUserStatisticsLogMaxAge";
        active_user_statistics_log_max_directory_size: ByteSize = ByteSize::mb(250), "ActiveUserStatisticsLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        active_user_statistics_log_max_file_size: ByteSize = ByteSize::mb(10), "ActiveUserStatisticsLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        active_user_statistics_log_path: Option<LocalPath> = None, "ActiveUserStatisticsLogPath";
        server_statistics_log_max_age: TimeSpan = MONTH, "ServerStatisticsLogMaxAge";
        server_statistics_log_max_directory_size: ByteSize = ByteSize::mb(250), "ServerStatisticsLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        server_statistics_log_max_file_size: ByteSize = ByteSize::mb(10), "ServerStatisticsLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        server_statistics_log_path: Option<LocalPath> = None, "ServerStatisticsLogPath";
        irm_log_enabled: bool = true, "IrmLogEnabled";
        irm_log_max_age: TimeSpan = MONTH, "IrmLogMaxAge";
        irm_log_max_directory_size: LogSize = mb(250), "IrmLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        irm_log_max_file_size: ByteSize = ByteSize::mb(10), "IrmLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        irm_log_path: Option<LocalPath> = None, "IrmLogPath";
        resource_log_enabled: bool = true, "ResourceLogEnabled";
        resource_log_max_age: TimeSpan = WEEK, "ResourceLogMaxAge";
        resource_log_max_directory_size: LogSize = mb(100), "ResourceLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        resource_log_max_file_size: LogSize = mb(10), "ResourceLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        resource_log_path: Option<LocalPath> = None, "ResourceLogPath";
        transport_maintenance_log_enabled: bool = true, "TransportMaintenanceLogEnabled";
        transport_maintenance_log_max_age: TimeSpan = WEEK, "TransportMaintenanceLogMaxAge";
        transport_maintenance_log_max_directory_size: LogSize = mb(100), "TransportMaintenanceLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        transport_maintenance_log_max_file_size: LogSize = mb(10), "TransportMaintenanceLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        transport_maintenance_log_path: Option<LocalPath> = None, "TransportMaintenanceLogPath";
        wlm_log_max_age: TimeSpan = WEEK, "WlmLogMaxAge";
        wlm_log_max_directory_size: LogSize = mb(250), "WlmLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        wlm_log_max_file_size: LogSize = mb(10), "WlmLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        wlm_log_path: Option<LocalPath> = None, "WlmLogPath";
        content_conversion_tracing_enabled: bool = false, "ContentConversionTracingEnabled";
        pipeline_tracing_enabled: bool = false, "PipelineTracingEnabled";
        pipeline_tracing_path: Option<LocalPath> = None, "PipelineTracingPath";
        pipeline_tracing_sender_address: Option<Address> = None, "PipelineTracingSenderAddress";
        // Pickup, Replay, Drop
        pickup_directory_max_header_size: ByteSize = ByteSize::kb(64), "PickupDirectoryMaxHeaderSize"
            in (ByteSize::bytes(32_768), ByteSize::bytes(u64::from(MAX_INT)));
        pickup_directory_max_messages_per_minute: u32 = 100, "PickupDirectoryMaxMessagesPerMinute" in (1, 20_000);
        pickup_directory_max_recipients_per_message: u32 = 100, "PickupDirectoryMaxRecipientsPerMessage" in (1, 10_000);
        /// Off until a path is given: whoever may write there may send.
        pickup_directory_path: Option<LocalPath> = None, "PickupDirectoryPath";
        /// Off until a path is given: whoever may write there may send.
        replay_directory_path: Option<LocalPath> = None, "ReplayDirectoryPath";
        root_drop_directory_path: Option<LocalPath> = None, "RootDropDirectoryPath";
        // Poison
        poison_message_detection_enabled: bool = true, "PoisonMessageDetectionEnabled";
        poison_threshold: u32 = 2, "PoisonThreshold" in (1, 10);
        // Other
        antispam_agents_enabled: bool = false, "AntispamAgentsEnabled";
        recipient_validation_cache_enabled: bool = false, "RecipientValidationCacheEnabled";
        use_downgraded_exchange_server_auth: bool = false, "UseDowngradedExchangeServerAuth";
        // Reserved: stored only
        transport_sync_accounts_poison_account_threshold: u32 = 2, "TransportSyncAccountsPoisonAccountThreshold" in (0, MAX_INT);
        transport_sync_accounts_poison_detection_enabled: bool = false, "TransportSyncAccountsPoisonDetectionEnabled";
        transport_sync_accounts_poison_item_threshold: u32 = 2, "TransportSyncAccountsPoisonItemThreshold" in (0, MAX_INT);
        transport_sync_accounts_successive_poison_item_threshold: u32 = 3, "TransportSyncAccountsSuccessivePoisonItemThreshold" in (0, MAX_INT);
        transport_sync_enabled: bool = false, "TransportSyncEnabled";
        transport_sync_exchange_enabled: bool = false, "TransportSyncExchangeEnabled";
        transport_sync_hub_health_log_enabled: bool = false, "TransportSyncHubHealthLogEnabled";
        transport_sync_hub_health_log_file_path: Option<LocalPath> = None, "TransportSyncHubHealthLogFilePath";
        transport_sync_hub_health_log_max_age: TimeSpan = MONTH, "TransportSyncHubHealthLogMaxAge";
        transport_sync_hub_health_log_max_directory_size: ByteSize = ByteSize::mb(10_240), "TransportSyncHubHealthLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        transport_sync_hub_health_log_max_file_size: ByteSize = ByteSize::mb(10), "TransportSyncHubHealthLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        transport_sync_imap_enabled: bool = false, "TransportSyncImapEnabled";
        transport_sync_log_enabled: bool = false, "TransportSyncLogEnabled";
        transport_sync_log_file_path: Option<LocalPath> = None, "TransportSyncLogFilePath";
        transport_sync_log_logging_level: Option<String> = None, "TransportSyncLogLoggingLevel";
        transport_sync_log_max_age: TimeSpan = MONTH, "TransportSyncLogMaxAge";
        transport_sync_log_max_directory_size: ByteSize = ByteSize::mb(10_240), "TransportSyncLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        transport_sync_log_max_file_size: ByteSize = ByteSize::mb(10), "TransportSyncLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        transport_sync_max_download_items_per_connection: u32 = 1000, "TransportSyncMaxDownloadItemsPerConnection" in (0, MAX_INT);
        transport_sync_max_download_size_per_connection: ByteSize = ByteSize::mb(50), "TransportSyncMaxDownloadSizePerConnection" in (MIN_LOG, MAX_LOG);
        transport_sync_max_download_size_per_item: ByteSize = ByteSize::mb(25), "TransportSyncMaxDownloadSizePerItem" in (MIN_LOG, MAX_LOG);
        transport_sync_pop_enabled: bool = false, "TransportSyncPopEnabled";
        transport_sync_remote_connection_timeout: TimeSpan = TimeSpan::seconds(100), "TransportSyncRemoteConnectionTimeout";
        windows_live_hotmail_transport_sync_enabled: bool = false, "WindowsLiveHotmailTransportSyncEnabled";
    }
}

impl Default for TransportService {
    fn default() -> Self {
        Self::with_defaults()
    }
}

impl TransportService {
    /// Checks everything that concerns more than one value: TS-01 to TS-05.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        let (total, per_domain) =
            (self.max_outbound_connections, self.max_per_domain_outbound_connections);
        if let Unlimited::Limited(most) = total
            && !matches!(per_domain, Unlimited::Limited(n) if n <= most)
        {
            return Err(RuleError::new(
                "TS-01",
                "MaxPerDomainOutboundConnections",
                per_domain,
                format!(
                    "MaxPerDomainOutboundConnections {per_domain} is more than \
                     MaxOutboundConnections {total}"
                ),
                "Lower MaxPerDomainOutboundConnections or raise MaxOutboundConnections",
            ));
        }
        self.check_delay()?;
        check_dns(
            ("ExternalDNSServers", "ExternalDNSAdapterEnabled"),
            self.external_dns_adapter_enabled,
            &self.external_dns_servers,
        )?;
        check_dns(
            ("InternalDNSServers", "InternalDNSAdapterEnabled"),
            self.internal_dns_adapter_enabled,
            &self.internal_dns_servers,
        )?;
        check_logs(&self.log_sizes())?;
        self.check_drop_directories()
    }

    /// A file in the one is no message for the other.
    fn check_drop_directories(&self) -> Result<(), RuleError> {
        let Some(replay) = &self.replay_directory_path else { return Ok(()) };
        let pickup = self.pickup_directory_path.as_ref().map(LocalPath::as_path);
        if pickup != Some(replay.as_path()) {
            return Ok(());
        }
        Err(RuleError::new(
            "TS-05",
            "ReplayDirectoryPath",
            replay,
            "ReplayDirectoryPath and PickupDirectoryPath are the same directory".to_owned(),
            "Two directories, or $null for one of them",
        ))
    }

    fn check_delay(&self) -> Result<(), RuleError> {
        let stage = self
            .transient_failure_retry_interval
            .as_millis()
            .saturating_mul(u64::from(self.transient_failure_retry_count));
        if self.delay_notification_timeout.as_millis() > stage {
            return Ok(());
        }
        Err(RuleError::new(
            "TS-02",
            "DelayNotificationTimeout",
            self.delay_notification_timeout,
            format!(
                "DelayNotificationTimeout {} is not longer than the transient retries take \
                 (TransientFailureRetryCount {} × TransientFailureRetryInterval {})",
                self.delay_notification_timeout,
                self.transient_failure_retry_count,
                self.transient_failure_retry_interval
            ),
            format!("More than {}", TimeSpan::millis(stage)),
        ))
    }

    fn log_sizes(&self) -> [LogLimits; 7] {
        let limited = Unlimited::Limited;
        [
            (
                "SendProtocolLogMaxFileSize",
                self.send_protocol_log_max_file_size,
                self.send_protocol_log_max_directory_size,
            ),
            (
                "ReceiveProtocolLogMaxFileSize",
                self.receive_protocol_log_max_file_size,
                self.receive_protocol_log_max_directory_size,
            ),
            (
                "ConnectivityLogMaxFileSize",
                self.connectivity_log_max_file_size,
                self.connectivity_log_max_directory_size,
            ),
            (
                "MessageTrackingLogMaxFileSize",
                limited(self.message_tracking_log_max_file_size),
                self.message_tracking_log_max_directory_size,
            ),
            (
                "QueueLogMaxFileSize",
                self.queue_log_max_file_size,
                self.queue_log_max_directory_size,
            ),
            ("DnsLogMaxFileSize", self.dns_log_max_file_size, self.dns_log_max_directory_size),
            (
                "AgentLogMaxFileSize",
                self.agent_log_max_file_size,
                self.agent_log_max_directory_size,
            ),
        ]
    }
}

/// The name of a file size, the size, the size of the directory.
pub(crate) type LogLimits = (&'static str, LogSize, LogSize);

/// No file of a log may be larger than its directory: TS-04.
pub(crate) fn check_logs(logs: &[LogLimits]) -> Result<(), RuleError> {
    for (name, file, directory) in logs {
        let Unlimited::Limited(most) = directory else { continue };
        if !matches!(file, Unlimited::Limited(size) if size <= most) {
            return Err(RuleError::new(
                "TS-04",
                name,
                file,
                format!("{name} {file} is more than the directory may hold, {directory}"),
                "Lower the file size or raise the directory size",
            ));
        }
    }
    Ok(())
}

/// Servers of one's own exclude those of the machine: TS-03.
pub(crate) fn check_dns(
    (servers_name, adapter_name): (&'static str, &str),
    adapter_enabled: bool,
    servers: &[DnsServer],
) -> Result<(), RuleError> {
    if adapter_enabled && let Some(first) = servers.first() {
        return Err(RuleError::new(
            "TS-03",
            servers_name,
            first,
            format!("{servers_name} is not used while {adapter_name} is $true"),
            format!("Set {adapter_name} to $false, or leave {servers_name} empty"),
        ));
    }
    Ok(())
}

fn view(_: &TransportService, listing: Listing) -> Listing {
    listing
}
