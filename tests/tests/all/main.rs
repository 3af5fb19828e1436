//! End to end: the program against real peers. Which rows of the reference have no test here, and
//! why, is listed in `EXCEPTIONS.md` beside this crate's manifest.

mod back_pressure;
mod connector_selection;
mod destinations;
mod drop_directories;
mod front_end;
mod limits;
mod line_ends;
mod management;
mod message_tracking;
mod no_loss;
mod notifications;
mod open_relay;
mod peers;
mod permissions;
mod power_cut;
mod queue_cmdlets;
mod queued_mail;
mod recovery;
mod rules_in_the_shell;
mod sandbox_internet;
mod send_connector_properties;
mod session_logs;
mod smart_host_sign_in;
mod smart_hosts;
mod spool_command;
mod submission;
mod tour;
mod typed_commands;
mod upgrades;
mod walkthrough;
mod web_api;
mod world;
