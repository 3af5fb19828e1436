//! A server's Front End Transport service: DNS, logs, rates (management.md section 8.2).

use std::net::IpAddr;

use model::{ByteSize, Guid, TimeSpan, Unlimited};

use crate::{
    properties::{Listing, properties},
    rule::RuleError,
    setting::MAX_INT,
    transport_service::{check_dns, check_logs},
    values::{DnsServer, Egress, LocalPath, ProtocolLoggingLevel, ProtocolOption},
};

type LogSize = Unlimited<ByteSize>;

const MONTH: TimeSpan = TimeSpan::days(30);
const WEEK: TimeSpan = TimeSpan::days(7);
const MIN_LOG: ByteSize = ByteSize::bytes(1);
/// The widest size of a log directory: 2^63 − 1 bytes.
const MAX_LOG: ByteSize = ByteSize::bytes(i64::MAX as u64);

const fn mb(n: u64) -> LogSize {
    Unlimited::Limited(ByteSize::mb(n))
}

fn path(text: &'static str) -> Option<LocalPath> {
    Some(LocalPath::known(text))
}

properties! {
    /// The settings of `Get-FrontendTransportService`.
    pub struct FrontendTransportService, view;
    settings {
        /// Ours. Where outbound proxying sends from; empty: as the machine routes, under the
        /// server's own name.
        egress_addresses: Vec<Egress> = Vec::new(), "EgressAddresses";
        transient_failure_retry_count: u32 = 6, "TransientFailureRetryCount" in (0, 15);
        transient_failure_retry_interval: TimeSpan = TimeSpan::minutes(5), "TransientFailureRetryInterval"
            in (TimeSpan::seconds(1), TimeSpan::hours(12));
        /// New inbound connections a minute.
        max_connection_rate_per_minute: u32 = 1200, "MaxConnectionRatePerMinute" in (1, MAX_INT);
        intra_org_connector_protocol_logging_level: ProtocolLoggingLevel = ProtocolLoggingLevel::Verbose, "IntraOrgConnectorProtocolLoggingLevel";
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
        send_protocol_log_path: Option<LocalPath> = path("logs/ProtocolLog/FrontEnd/SmtpSend"), "SendProtocolLogPath";
        send_protocol_log_max_age: TimeSpan = MONTH, "SendProtocolLogMaxAge";
        send_protocol_log_max_directory_size: LogSize = mb(250), "SendProtocolLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        send_protocol_log_max_file_size: LogSize = mb(10), "SendProtocolLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        receive_protocol_log_path: Option<LocalPath> = path("logs/ProtocolLog/FrontEnd/SmtpReceive"), "ReceiveProtocolLogPath";
        receive_protocol_log_max_age: TimeSpan = MONTH, "ReceiveProtocolLogMaxAge";
        receive_protocol_log_max_directory_size: LogSize = mb(250), "ReceiveProtocolLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        receive_protocol_log_max_file_size: LogSize = mb(10), "ReceiveProtocolLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        connectivity_log_enabled: bool = true, "ConnectivityLogEnabled";
        connectivity_log_max_age: TimeSpan = MONTH, "ConnectivityLogMaxAge";
        connectivity_log_max_directory_size: LogSize = mb(1000), "ConnectivityLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        connectivity_log_max_file_size: LogSize = mb(10), "ConnectivityLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        connectivity_log_path: Option<LocalPath> = path("logs/Connectivity/FrontEnd"), "ConnectivityLogPath";
        dns_log_enabled: bool = false, "DnsLogEnabled";
        dns_log_max_age: TimeSpan = WEEK, "DnsLogMaxAge";
        dns_log_max_directory_size: LogSize = mb(100), "DnsLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        dns_log_max_file_size: LogSize = mb(10), "DnsLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        dns_log_path: Option<LocalPath> = None, "DnsLogPath";
        agent_log_enabled: bool = true, "AgentLogEnabled";
        agent_log_max_age: TimeSpan = WEEK, "AgentLogMaxAge";
        agent_log_max_directory_size: LogSize = mb(250), "AgentLogMaxDirectorySize" in (MIN_LOG, MAX_LOG);
        agent_log_max_file_size: LogSize = mb(10), "AgentLogMaxFileSize" in (MIN_LOG, MAX_LOG);
        agent_log_path: Option<LocalPath> = None, "AgentLogPath";
        antispam_agents_enabled: bool = false, "AntispamAgentsEnabled";
    }
}

impl Default for FrontendTransportService {
    fn default() -> Self {
        Self::with_defaults()
    }
}

impl FrontendTransportService {
    /// Checks everything that concerns more than one value: TS-03 and TS-04.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
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
        check_logs(&[
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
            ("DnsLogMaxFileSize", self.dns_log_max_file_size, self.dns_log_max_directory_size),
            (
                "AgentLogMaxFileSize",
                self.agent_log_max_file_size,
                self.agent_log_max_directory_size,
            ),
        ])
    }
}

fn view(_: &FrontendTransportService, listing: Listing) -> Listing {
    listing
}
