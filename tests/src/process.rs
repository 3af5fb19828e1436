//! A process that ends with the test.

use std::{
    io,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

/// A child process; killed and reaped when dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts it without input.
    ///
    /// # Panics
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).spawn();
        Self(
            started.unwrap_or_else(|error| {
                panic!("{:?} does not start: {error}", command.get_program())
            }),
        )
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// SIGKILL: as in a crash.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// SIGTERM, then up to `limit` to end by itself.
    ///
    /// # Panics
    /// When it does not end.
    pub(crate) fn terminate(&mut self, limit: Duration) -> ExitStatus {
        run("kill", ["-TERM", &self.0.id().to_string()]).expect("kill");
        let started = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(
                started.elapsed() < limit,
                "the process did not stop within {limit:?} of SIGTERM"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program that needs root: as it is when we are root, else through sudo.
pub(crate) fn privileged(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["--non-interactive", program]);
    command
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    run("id", ["-u"]).is_ok_and(|output| said(&output).trim() == "0")
}

/// Runs a program to its end.
pub(crate) fn run<'a>(
    program: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> io::Result<Output> {
    Command::new(program).args(arguments).stdin(Stdio::null()).output()
}

/// What a finished program said, on both outputs.
pub(crate) fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}
