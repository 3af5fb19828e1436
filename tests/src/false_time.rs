//! A clock that can be set, for a program that nobody here wrote and for Relais: libfaketime, by a file with what is
//! added to the time. Only the time of day is false; what measures spans is not.

use std::{
    fs,
    path::{Path, PathBuf},
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

/// The program `env` with what has another one, its next argument, go by the time plus what `file` says. Whatever
/// starts it, as another user it may be, does not go by it.
pub(crate) fn environment(file: &Path) -> Vec<String> {
    let pairs = [
        ("LD_PRELOAD", library().display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    let pairs = pairs.map(|(name, value)| format!("{name}={value}"));
    std::iter::once("env".to_owned()).chain(pairs).collect()
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
