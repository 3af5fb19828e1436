//! The types of property values. Each is made by a parser that refuses nonsense and shown as the
//! text the references document; serde uses the same text.

mod address_space;
pub(crate) mod certificate;
mod component;
mod credential;
mod dkim;
mod egress;
pub(crate) mod enumeration;
mod enumerations;
mod flags;
mod ldap;
mod network;
mod smart_host;
mod text;

pub use address_space::{AddressSpace, Cost};
pub use certificate::{CertificateMaterial, CertificateServices, TlsCipherSuites, TlsVersion};
pub use component::{Component, RequestedState, Requester, ServiceState};
pub use credential::{Credential, PasswordRecord, ScramRecord};
pub use dkim::{
    DkimAlgorithms, DkimCanonicalization, DkimKey, DkimKeys, DkimRotation, DkimSelector,
};
pub use egress::Egress;
pub use enumerations::{
    AllowedOofType, ByteEncoder, ContentType, DomainType, DsnConversionMode,
    ExtendedProtectionPolicy, ExtendedRight, HeaderPromotionMode, LdapSchema, MessageRateSource,
    OAuthGrantType, ProtocolLoggingLevel, ProtocolOption, SendRight, ShadowMessagePreference,
    ShiftJisCodePage, SizeMode, SmartHostAuthMechanism, TlsAuthLevel, TransportRole, Usage,
};
pub use flags::{AuthMechanisms, ErrorPolicies, PermissionGroups};
pub use ldap::{External, LdapServer};
pub use network::{Binding, DnsServer, IpRange};
pub use smart_host::SmartHost;
pub use text::{CertificateName, Culture, LocalPath};
