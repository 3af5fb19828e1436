//! A clock that can be set, for a program that nobody here wrote and for Relais: libfaketime, by a file with what is
//! added to the time. Only the time of day is false; what measures spans is not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The library, wherever Debian has it on this machine.
///
/// # Panics
/// When Debian's package faketime is not there (tests/setup).
fn library() -> PathBuf {
    let places = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let libraries = places.map(|place| place.path().join("faketime/libfaketimeMT.so.1"));
    libraries.into_iter().find(|path| path.exists()).expect("libfaketime is installed")
}

/// Has a program go by the time plus what `file` says.
pub(crate) fn attach(command: &mut Command, file: &Path) {
    command
        .env("LD_PRELOAD", library())
        .env("FAKETIME_TIMESTAMP_FILE", file)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
}

/// Sets it ahead by so many seconds, or back.
///
/// # Panics
/// When the file cannot be written.
pub(crate) fn set(file: &Path, seconds: i64) {
    let new = file.with_extension("new");
    fs::write(&new, format!("{seconds:+}\n")).expect("the clock's file");
    fs::rename(&new, file).expect("the clock's file");
}
