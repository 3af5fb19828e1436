//! Writes the rows of sessions into the protocol and connectivity logs of both services, each
//! with a folder, limits and a switch of its own in the directory (management.md sections 8.1 and
//! 8.2). Settings count at once; a log without a path is off, which is said once. Where the disk
//! takes nothing, rows of sessions are lost rather than mail held up, and their number is told.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use directory::{Directory, LocalPath, Server};
use model::{
    ByteSize, Clock, ObjectName, TimeSpan, Unlimited,
    session_log::{ConnectivityRow, ProtocolRow, Service, SessionLog, Side},
};

use parking_lot::Mutex;

use crate::{
    files::{DirectoryCap, LogFiles, LogFormat, LogSettings},
    session_rows::{self, CONNECTIVITY_FIELDS, PROTOCOL_FIELDS},
};

/// The six logs of a server's sessions. Cheap to clone.
#[derive(Clone)]
pub struct SessionLogFiles(Arc<Inner>);

struct Inner {
    send: [Log; 2],
    receive: [Log; 2],
    connectivity: [Log; 2],
    directory: Directory,
    server: ObjectName,
    /// Where paths begin that are not absolute.
    data: PathBuf,
    clock: Arc<dyn Clock>,
}

/// One log.
struct Log {
    files: LogFiles,
    /// The settings that count.
    present: Mutex<LogSettings>,
    /// That it has no path has been said.
    said_off: AtomicBool,
}

/// What the directory says of one log.
struct Wanted<'a> {
    /// The property that holds the path.
    property: &'static str,
    enabled: bool,
    path: Option<&'a LocalPath>,
    max_age: TimeSpan,
    max_directory_size: Unlimited<ByteSize>,
    max_file_size: Unlimited<ByteSize>,
}

impl SessionLogFiles {
    /// The logs of `server`, as the directory has them now. Paths that are not absolute begin at
    /// `data`; `cap` is shared with other logs.
    ///
    /// # Errors
    /// When a log's thread cannot be started.
    pub fn start(
        directory: Directory,
        server: ObjectName,
        data: PathBuf,
        cap: Option<&Arc<DirectoryCap>>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let log = |prefix, log_type, fields| {
            let format = LogFormat { prefix, log_type, fields, durable: false };
            let files =
                LogFiles::start(format, LogSettings::OFF, cap.cloned(), Arc::clone(&clock))?;
            Ok::<_, io::Error>(Log {
                files,
                present: Mutex::new(LogSettings::OFF),
                said_off: AtomicBool::new(false),
            })
        };
        let send = || log("SEND", "SMTP Send Protocol Log", PROTOCOL_FIELDS);
        let receive = || log("RECV", "SMTP Receive Protocol Log", PROTOCOL_FIELDS);
        let connectivity = || log("CONNECTLOG", "Transport Connectivity Log", CONNECTIVITY_FIELDS);
        let logs = Self(Arc::new(Inner {
            send: [send()?, send()?],
            receive: [receive()?, receive()?],
            connectivity: [connectivity()?, connectivity()?],
            directory,
            server,
            data,
            clock,
        }));
        logs.0.configure();
        Ok(logs)
    }

    /// Follows the directory for as long as it is there.
    pub async fn follow(self) {
        let mut changed = self.0.directory.subscribe();
        loop {
            self.0.configure();
            if changed.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Inner {
    /// Makes the directory's settings count.
    fn configure(&self) {
        let snapshot = self.directory.snapshot();
        let Some(server) = snapshot.server(self.server.as_str()) else { return };
        for service in [Service::Hub, Service::FrontEnd] {
            let [send, receive, connectivity] = wanted(server, service);
            self.set(of(&self.send, service), &send);
            self.set(of(&self.receive, service), &receive);
            self.set(of(&self.connectivity, service), &connectivity);
        }
    }

    fn set(&self, log: &Log, wanted: &Wanted<'_>) {
        let lacks_path = wanted.enabled && wanted.path.is_none();
        if lacks_path && !log.said_off.swap(true, Ordering::Relaxed) {
            tracing::error!("{} is empty: this log is off", wanted.property);
        } else if !lacks_path {
            log.said_off.store(false, Ordering::Relaxed);
        }
        let path = wanted.path.filter(|_| wanted.enabled);
        let settings = LogSettings {
            folder: path.map(|path| self.data.join(path.as_path())),
            max_file_size: wanted.max_file_size,
            max_directory_size: wanted.max_directory_size,
            max_age: wanted.max_age,
        };
        let mut present = log.present.lock();
        if *present != settings {
            log.files.configure(settings.clone());
            *present = settings;
        }
    }
}

impl Log {
    fn write(&self, clock: &dyn Clock, row: impl FnOnce(&mut crate::files::Row<'_>)) {
        self.files.write_or_lose(clock.now(), row);
    }
}

impl SessionLog for SessionLogFiles {
    fn protocol(&self, row: &ProtocolRow<'_>) {
        let logs = match row.side {
            Side::Send => &self.0.send,
            Side::Receive => &self.0.receive,
        };
        of(logs, row.service).write(self.0.clock.as_ref(), |out| session_rows::protocol(out, row));
    }

    fn connectivity(&self, row: &ConnectivityRow<'_>) {
        of(&self.0.connectivity, row.service)
            .write(self.0.clock.as_ref(), |out| session_rows::connectivity(out, row));
    }

    fn wants_connectivity(&self, service: Service) -> bool {
        of(&self.0.connectivity, service).files.is_on()
    }
}

/// The service's log of the two.
fn of(logs: &[Log; 2], service: Service) -> &Log {
    let [hub, front_end] = logs;
    match service {
        Service::Hub => hub,
        Service::FrontEnd => front_end,
    }
}

/// The settings of a service's logs: sending, receiving, connectivity.
fn wanted(server: &Server, service: Service) -> [Wanted<'_>; 3] {
    // Two types of settings with the same names.
    macro_rules! wanted {
        ($service:expr) => {{
            let service = $service;
            [
                Wanted {
                    property: "SendProtocolLogPath",
                    enabled: true,
                    path: service.send_protocol_log_path.as_ref(),
                    max_age: service.send_protocol_log_max_age,
                    max_directory_size: service.send_protocol_log_max_directory_size,
                    max_file_size: service.send_protocol_log_max_file_size,
                },
                Wanted {
                    property: "ReceiveProtocolLogPath",
                    enabled: true,
                    path: service.receive_protocol_log_path.as_ref(),
                    max_age: service.receive_protocol_log_max_age,
                    max_directory_size: service.receive_protocol_log_max_directory_size,
                    max_file_size: service.receive_protocol_log_max_file_size,
                },
                Wanted {
                    property: "ConnectivityLogPath",
                    enabled: service.connectivity_log_enabled,
                    path: service.connectivity_log_path.as_ref(),
                    max_age: service.connectivity_log_max_age,
                    max_directory_size: service.connectivity_log_max_directory_size,
                    max_file_size: service.connectivity_log_max_file_size,
                },
            ]
        }};
    }
    match service {
        Service::Hub => wanted!(&server.transport),
        Service::FrontEnd => wanted!(&server.frontend),
    }
}
