//! The list of a backup's files, `SHA256SUMS`: a checksum and a path a line, as `sha256sum` writes and checks
//! them. It is written and read line by line, however many files there are.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Component, Path},
};

use crate::{BackupError, sum::Sum};

/// The list's file.
pub(crate) const LIST: &str = "SHA256SUMS";
/// The longest path in a backup, in bytes.
const LONGEST: usize = 4096;
/// Hexadecimal digits of a checksum.
const DIGITS: usize = 64;

/// The list while it is written.
pub(crate) struct Writer {
    file: BufWriter<File>,
    sum: Sum,
    files: u64,
    bytes: u64,
}

/// What a list amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// The checksum of the list itself.
    pub(crate) sum: String,
}

impl Writer {
    pub(crate) fn new(file: File) -> Self {
        Self { file: BufWriter::new(file), sum: Sum::new(), files: 0, bytes: 0 }
    }

    /// Adds a file of so many bytes.
    pub(crate) fn add(&mut self, path: &str, sum: &str, bytes: u64) -> std::io::Result<()> {
        let line = format!("{sum}  {path}\n");
        self.sum.add(line.as_bytes());
        self.files += 1;
        self.bytes += bytes;
        self.file.write_all(line.as_bytes())
    }

    /// Ends and syncs it.
    pub(crate) fn end(self) -> std::io::Result<Total> {
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(Total { files: self.files, bytes: self.bytes, sum: self.sum.text() })
    }
}

/// Shows each line of the list in the backup at `root`: path and checksum. Returns the number of lines and the
/// checksum of the list.
pub(crate) fn read(
    root: &Path,
    visit: &mut dyn FnMut(&str, &str) -> Result<(), BackupError>,
) -> Result<(u64, String), BackupError> {
    let path = root.join(LIST);
    let file = crate::files::open_in(root, LIST)?;
    let (mut reader, mut sum, mut lines) = (BufReader::new(file), Sum::new(), 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = (LONGEST + DIGITS + 4) as u64;
        let read = (&mut reader).take(most).read_until(b'\n', &mut line);
        if read.map_err(BackupError::at(&path))? == 0 {
            return Ok((lines, sum.text()));
        }
        sum.add(&line);
        lines += 1;
        let (digits, name) = split(&line).ok_or_else(|| {
            BackupError::bad(root, format!("line {lines} of {LIST} is not a checksum and a path"))
        })?;
        if let Err(problem) = check_path(name) {
            let reason = format!("line {lines} of {LIST} names {name:?}, which {problem}");
            return Err(BackupError::bad(root, reason));
        }
        visit(name, digits)?;
    }
}

fn split(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (digits, name) = text.split_once("  ")?;
    let is_sum = digits.len() == DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_sum.then_some((digits, name))
}

/// Whether a backup may have a file there: below `data` or `config`, by plain names only.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    if path.len() > LONGEST {
        return Err("is too long");
    }
    if path.contains('\\') || path.chars().any(char::is_control) {
        return Err("has characters that a backup's paths cannot have");
    }
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    // Components skip what is empty, and a dot.
    let whole = path.split('/').all(|part| !part.is_empty() && part != ".");
    if !plain || !whole {
        return Err("leads out of the backup");
    }
    match path.split_once('/') {
        Some(("data" | "config", _)) => Ok(()),
        _ => Err("is in neither data/ nor config/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_within() {
        for good in
            ["data/directory.db", "config/relais.toml", "data/mailboxes/a b/cur/1:2,S", "data/.x"]
        {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "data",
            "data/",
            "/etc/passwd",
            "data/../../etc/passwd",
            "../data/x",
            "data/./x",
            "data//x",
            "manifest.json",
            "other/x",
            "data/a\nb",
            "data/a\\b",
            "data/a\u{7f}",
        ] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
        assert!(check_path(&format!("data/{}", "x".repeat(LONGEST))).is_err());
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let place = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(File::create(place.path().join(LIST)).unwrap());
        let sum = Sum::of(b"abc");
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        writer.add("data/a", &sum, 3).unwrap();
        writer.add("config/b c", &sum, 3).unwrap();
        let total = writer.end().unwrap();
        assert_eq!((total.files, total.bytes), (2, 6));
        let mut seen = Vec::new();
        let read = read(place.path(), &mut |path, digits| {
            seen.push((path.to_owned(), digits.to_owned()));
            Ok(())
        });
        assert_eq!(read.unwrap(), (2, total.sum));
        assert_eq!(seen, [("data/a".to_owned(), sum.clone()), ("config/b c".to_owned(), sum)]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let sum = "0".repeat(64);
        for bad in [
            "nonsense\n".to_owned(),
            format!("{sum} data/x\n"),
            format!("{sum}  data/x"),
            format!("{}  data/x\n", "G".repeat(64)),
            format!("{sum}  ../x\n"),
            format!("{sum}  data/{}\n", "x".repeat(9000)),
            format!("{sum}  data/\u{0}\n"),
        ] {
            std::fs::write(place.path().join(LIST), &bad).unwrap();
            assert!(read(place.path(), &mut |_, _| Ok(())).is_err(), "{bad:?}");
        }
        std::fs::write(place.path().join(LIST), b"\xff\xfe\n").unwrap();
        assert!(read(place.path(), &mut |_, _| Ok(())).is_err());
    }
}
