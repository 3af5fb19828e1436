//! `relais`: the command line. `serve` runs a server, `shell` manages one, `check` looks at what one
//! depends on, `spool` looks after the spool of one that does not run, `backup` and `restore` carry one to another machine or
//! another day, `join` makes one of an organization's, `cluster` looks after what several share, `import` brings settings of
//! another system, `sendmail`, `mailq` and `newaliases` (also by these names) are for programs on the same host, `generate`
//! writes what a package brings along. Everything else is in the rooms below; this crate only wires them.

mod acme_section;
mod back_pressure;
mod backup_command;
mod certificates;
mod check;
mod cluster_command;
mod config;
mod first_start;
mod generate;
mod host;
mod import_command;
mod join;
mod language;
mod mailboxes_section;
mod membership;
mod paths;
mod reach;
mod redundancy_metrics;
mod serve;
mod spool_command;
mod welcome;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};

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
    Leave(reach::Reach),
    /// Carry the settings of another mail system over: each is shown with what becomes of it, then the cmdlets are run.
    #[command(subcommand)]
    Import(import_command::Command),
    /// From one server to several and back, and what they share.
    #[command(subcommand)]
    Cluster(join::ClusterCommand),
    /// Make a backup of a server, while it runs or not; verify one; write the data key to a file.
    Backup(backup_command::Backup),
    /// Bring a backup back into an empty data directory, or check that it could be.
    Restore(backup_command::Restore),
    /// Check a spool, or take mail out of it, while no server has it open.
    #[command(subcommand)]
    Spool(spool_command::Command),
    /// Put a message of a program on this host on its way: what /usr/sbin/sendmail is.
    Sendmail(Box<host::Options>),
    /// Show what waits on this machine.
    Mailq(host::Mailq),
    /// Say where aliases are: there is no alias file.
    Newaliases(host::Newaliases),
    /// Write manual pages or shell completions into a directory, for a package.
    #[command(hide = true)]
    Generate(generate::Options),
}

#[derive(Debug, clap::Args)]
struct ShellOptions {
    #[command(flatten)]
    reach: reach::Reach,
    /// Run these commands and end.
    #[arg(short, value_name = "COMMANDS", conflicts_with = "script")]
    command: Option<String>,
    /// Run this script and end.
    #[arg(value_name = "SCRIPT.ps1")]
    script: Option<PathBuf>,
}

fn main() -> ExitCode {
    match parsed() {
        Err(code) => code,
        Ok(command) => run(command),
    }
}

/// The command line; where it cannot be read, what to end with.
fn parsed() -> Result<Command, ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match host::as_typed(&arguments) {
        Some(typed) => {
            Cli::try_parse_from(typed).map(|cli| cli.command).map_err(|error| host::refuse(&error))
        }
        None => Ok(Cli::parse_from(import_command::as_typed(arguments.into_iter())).command),
    }
}

fn run(command: Command) -> ExitCode {
    match command {
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
        Command::Generate(options) => match options.run(Cli::command()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("relais: {error:#}");
                ExitCode::FAILURE
            }
        },
        Command::Sendmail(options) => options.run(),
        Command::Mailq(options) => options.run(),
        Command::Newaliases(options) => options.run(),
        Command::Leave(reach) => reach.leave(),
        Command::Cluster(command) => command.run(),
        Command::Import(command) => command.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Backup(command) => command.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Restore(command) => command.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Spool(command) => command.run().unwrap_or_else(|error| {
            eprintln!("relais: {error:#}");
            ExitCode::FAILURE
        }),
        Command::Shell(options) => {
            reach::exit(options.reach.shell(options.command, options.script))
        }
    }
}
