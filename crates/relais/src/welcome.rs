//! What a server says on standard output when it is ready.

use std::net::SocketAddr;

use model::ObjectName;

use crate::first_start::{First, Made};

/// Says who may sign in. At once, before anything else can go wrong: the passwords are shown
/// this one time only.
pub(crate) fn print_credentials(first: &First) {
    println!("Made at this first start, shown only now:");
    println!();
    println!(
        "  Sign in as   {}",
        credentials("Administrator", &first.administrator, "RELAIS_ADMIN_PASSWORD")
    );
    if let Some(user) = &first.sandbox_user {
        println!(
            "  Mail user    {}",
            credentials(user.address.as_str(), user, "RELAIS_SANDBOX_PASSWORD")
        );
    }
    println!();
}

/// What the reader needs to begin.
pub(crate) struct Welcome<'a> {
    pub(crate) server: &'a ObjectName,
    pub(crate) admin: SocketAddr,
    pub(crate) fingerprint: String,
    pub(crate) sandbox: bool,
}

impl Welcome<'_> {
    /// Prints it; the last line says that the server is ready.
    pub(crate) fn print(&self) {
        let url = format!("https://{}", self.admin);
        println!("Relais {} on server {}", env!("CARGO_PKG_VERSION"), self.server);
        println!();
        println!("  Management   {url}");
        println!("  Fingerprint  {} (certificate authority, SHA-256)", self.fingerprint);
        if self.sandbox {
            self.print_tour(&url);
        }
        println!();
        println!("ready");
    }

    /// The three commands that do the job.
    fn print_tour(&self, url: &str) {
        println!();
        println!("No mail leaves the organization yet. In a second terminal:");
        println!();
        println!(
            "  relais shell -c 'Send-MailMessage -From jean@contoso.com -To someone@example.net -Subject Bonjour -Body Bonjour'"
        );
        println!(
            "  relais shell -c 'New-SendConnector -Name \"Vers Internet\" -Internet -AddressSpaces \"*\" -SourceTransportServers {}'",
            self.server
        );
        println!("  curl -sk {url}/sandbox/api/messages");
    }
}

fn credentials(name: &str, made: &Made, variable: &str) -> String {
    if made.given {
        format!("{name} with the password of {variable}")
    } else {
        format!("{name} with password {}", made.password)
    }
}
