//! How a running server is reached by commands of this program: the options that `relais shell` has, and what runs
//! cmdlets there.

use std::{path::PathBuf, process::ExitCode};

use shell::ShellOptions;

/// How a running server is reached.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Reach {
    /// Address of the server, such as https://mail.contoso.com (or RELAIS_SERVER).
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Who signs in (or RELAIS_USER); the password comes from RELAIS_PASSWORD or is asked for.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// SHA-256 fingerprint of the server's certificate authority (or RELAIS_FINGERPRINT).
    #[arg(long, value_name = "HEX")]
    fingerprint: Option<String>,
    /// Data directory of a server on this machine, whose certificate authority is trusted.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Reach {
    /// Runs commands, a script, or where there is neither an interactive line; the shell's exit status.
    pub(crate) fn shell(self, command: Option<String>, script: Option<PathBuf>) -> i32 {
        shell::run(ShellOptions {
            server: self.server,
            user: self.user,
            command,
            script,
            fingerprint: self.fingerprint,
            data_dir: self.data,
        })
    }

    /// Has the server do `command`; the exit status of the shell.
    pub(crate) fn say(self, command: String) -> ExitCode {
        exit(self.shell(Some(command), None))
    }

    /// `relais leave`.
    pub(crate) fn leave(self) -> ExitCode {
        self.say("Remove-Server -Leave -Confirm:$false".to_owned())
    }
}

/// What the program ends with after the shell.
pub(crate) fn exit(status: i32) -> ExitCode {
    ExitCode::from(u8::try_from(status).unwrap_or(1))
}
