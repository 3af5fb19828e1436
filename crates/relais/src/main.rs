//! `relais`: the command line. `serve` runs a server, `shell` manages one, `check` looks at what one
//! depends on, `spool` looks after the spool of one that does not run, `join` makes one of an organization's,
//! `cluster` looks after what several share. Everything else is in the rooms below; this crate only wires them.

mod acme_section;
mod back_pressure;
mod certificates;
mod check;
mod cluster_command;
mod config;
mod first_start;
mod join;
mod membership;
mod redundancy_metrics;
mod serve;
mod spool_command;
mod welcome;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Carries an organization's mail to the Internet.
#[derive(Debug, Parser)]
#[command(name = "relais", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a server.
    Serve(serve::Options),
    /// Manage a server: an interactive line, a command with -c, or a script file.
    Shell(ShellOptions),
    /// Check what a server here depends on, and say what to type where something is wrong.
    Check(check::Options),
    /// Make the data directory of a server that is new to its organization.
    Join(join::Join),
    /// Have a running server leave its organization: the others get its messages, and it ends.
    Leave(join::Reach),
    /// From one server to several and back, and what they share.
    #[command(subcommand)]
    Cluster(join::ClusterCommand),
    /// Check a spool, or take mail out of it, while no server has it open.
    #[command(subcommand)]
    Spool(spool_command::Command),
}

#[derive(Debug, clap::Args)]
struct ShellOptions {
    /// Address of the server, such as https://mail.contoso.com (or RELAIS_SERVER).
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Who signs in (or RELAIS_USER); the password comes from RELAIS_PASSWORD or is asked for.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Run these commands and end.
    #[arg(short, value_name = "COMMANDS", conflicts_with = "script")]
    command: Option<String>,
    /// SHA-256 fingerprint of the server's certificate authority (or RELAIS_FINGERPRINT).
    #[arg(long, value_name = "HEX")]
    fingerprint: Option<String>,
    /// Data directory of a server on this machine, whose certificate authority is trusted.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Run this script and end.
    #[arg(value_name = "SCRIPT.ps1")]
    script: Option<PathBuf>,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(options) => match serve::run(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("relais: {error:#}");
                ExitCode::FAILURE
            }
        },
        Command::Check(options) => options.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Join(options) => match options.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("relais: {error:#}");
                ExitCode::FAILURE
            }
        },
        Command::Leave(reach) => reach.leave(),
        Command::Cluster(command) => command.run(),
        Command::Spool(command) => command.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Shell(options) => {
            let status = shell::run(shell::ShellOptions {
                server: options.server,
                user: options.user,
                command: options.command,
                script: options.script,
                fingerprint: options.fingerprint,
                data_dir: options.data,
            });
            ExitCode::from(u8::try_from(status).unwrap_or(1))
        }
    }
}
