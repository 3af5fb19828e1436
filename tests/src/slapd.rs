//! OpenLDAP's server with what an organization keeps in Active Directory: its attributes and classes under their own
//! numbers, people, groups and contacts. It can be killed and started again.

use std::{
    fs,
    io::Write,
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Authority,
    loopback::address,
    process::{Process, said},
    wait::{SOON, until},
};

const BASE: &str = "dc=contoso,dc=com";
const READER: &str = "cn=reader,dc=contoso,dc=com";
const ROOT: &str = "cn=root,dc=contoso,dc=com";
/// Of whoever reads, and of whoever fills it.
const PASSWORD: &str = "a Secret of the Reader 1";

/// A running slapd.
pub struct Slapd {
    at: SocketAddr,
    host: String,
    is_ldaps: bool,
    directory: TempDir,
    authority: Authority,
    process: Option<Process>,
}

impl Slapd {
    /// Starts one at a loopback address, under TLS from the first byte, with these entries (LDIF).
    ///
    /// # Panics
    /// When Debian's packages slapd and ldap-utils are not there (tests/setup), or it does not start.
    pub fn start(entries: &str) -> Self {
        let at = address();
        Self::begin(SocketAddr::from((at, 6360)), at.to_string(), format!("IP:{at}"), true, entries)
    }

    /// The same where it is asked for by this machine's name, so that encryption begins with StartTLS.
    ///
    /// # Panics
    /// As [`Slapd::start`].
    pub fn start_by_name(entries: &str) -> Self {
        let name = fs::read_to_string("/proc/sys/kernel/hostname").expect("the host's name");
        let name = name.trim().to_lowercase();
        let found = (name.as_str(), 0).to_socket_addrs().ok().and_then(|mut found| found.next());
        let at: IpAddr = found.unwrap_or_else(|| panic!("{name} has no address")).ip();
        let free = TcpListener::bind((at, 0)).and_then(|free| free.local_addr()).expect("a port");
        let names = format!("DNS:{name}");
        Self::begin(free, name, names, false, entries)
    }

    fn begin(at: SocketAddr, host: String, names: String, is_ldaps: bool, entries: &str) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let authority = Authority::new("Of the directory");
        let mut slapd = Self { at, host, is_ldaps, directory, authority, process: None };
        let issued = slapd.authority.issue(&names);
        let (key, chain) = issued.files();
        fs::create_dir(slapd.file("data")).expect("data");
        fs::write(slapd.file("ad.schema"), SCHEMA).expect("schema");
        let settings = format!(
            "include /etc/ldap/schema/core.schema\n\
             include /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\n\
             include {schema}\n\
             pidfile {place}/pid\n\
             modulepath /usr/lib/ldap\n\
             moduleload back_mdb\n\
             TLSCertificateFile {chain}\n\
             TLSCertificateKeyFile {key}\n\
             database mdb\n\
             suffix {BASE}\n\
             rootdn {ROOT}\n\
             rootpw \"{PASSWORD}\"\n\
             directory {place}/data\n\
             dbnosync\n\
             limits dn.exact={READER} size.soft=10 size.hard=10 size.pr=500 size.prtotal=unlimited\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by dn.exact={READER} read by * none\n",
            schema = slapd.file("ad.schema").display(),
            place = slapd.directory.path().display(),
            chain = chain.display(),
            key = key.display(),
        );
        fs::write(slapd.file("slapd.conf"), settings).expect("slapd.conf");
        slapd.revive();
        slapd.change(&format!("{ORGANIZATION}\n{entries}"));
        slapd
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn revive(&mut self) {
        let scheme = if self.is_ldaps { "ldaps" } else { "ldap" };
        let mut command = Command::new("/usr/sbin/slapd");
        let settings = self.file("slapd.conf");
        command.args(["-d", "0", "-h", &format!("{scheme}://{}", self.at), "-f"]).arg(settings);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(Process::start(&mut command));
        until("slapd answers", SOON, || TcpStream::connect(self.at).is_ok().then_some(()));
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Changes what it holds: LDIF; entries without `changetype` are added.
    ///
    /// # Panics
    /// When it refuses.
    pub fn change(&self, ldif: &str) {
        let file = self.file("change.ldif");
        fs::File::create(&file).and_then(|mut f| f.write_all(ldif.as_bytes())).expect("LDIF");
        let mut command = Command::new("ldapmodify");
        command.args(["-a", "-x", "-H", &self.url(), "-D", ROOT, "-w", PASSWORD, "-f"]).arg(file);
        if !self.is_ldaps {
            command.arg("-ZZ");
        }
        command.env("LDAPTLS_CACERT", self.authority.certificate());
        let output = command.output().expect("ldapmodify");
        assert!(output.status.success(), "{}", said(&output));
    }

    /// Its address, as `Servers` takes it.
    pub fn url(&self) -> String {
        let scheme = if self.is_ldaps { "ldaps" } else { "ldap" };
        format!("{scheme}://{}:{}", self.host, self.at.port())
    }

    /// The file with the authority behind its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.authority.certificate()
    }

    /// Who reads it and his password, as an API client gives them.
    pub fn credential(&self) -> serde_json::Value {
        serde_json::json!({ "UserName": READER, "Password": PASSWORD })
    }

    /// Below what everybody is.
    pub fn base(&self) -> &'static str {
        BASE
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

const ORGANIZATION: &str = r"
dn: dc=contoso,dc=com
objectClass: dcObject
objectClass: organization
o: Contoso
dc: contoso

dn: cn=reader,dc=contoso,dc=com
objectClass: person
cn: reader
sn: reader
userPassword: a Secret of the Reader 1
";

/// What Active Directory has and the usual schemas lack, as its documentation describes it.
const SCHEMA: &str = r"
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{16} SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.2.840.113556.1.4.352 NAME 'targetAddress'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP organizationalPerson STRUCTURAL
  MAY ( mail $ displayName $ proxyAddresses $ targetAddress $ sAMAccountName $ userPrincipalName $ objectGUID ) )
objectclass ( 1.2.840.113556.1.3.30 NAME 'computer' SUP user STRUCTURAL )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL
  MUST cn MAY ( mail $ displayName $ proxyAddresses $ sAMAccountName $ objectGUID $ member ) )
objectclass ( 1.2.840.113556.1.5.15 NAME 'contact' SUP top STRUCTURAL
  MUST cn MAY ( mail $ displayName $ proxyAddresses $ targetAddress $ objectGUID ) )
";
