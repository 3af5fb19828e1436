//! Files under way, several at once: begun under a name of their own, judged, brought to their
//! end. The order of steps here is what makes a file one message (see the module above). All of
//! this blocks.

use std::{
    ffi::{OsStr, OsString},
    io,
};

use model::{Guid, MessageId, Timestamp};

use super::{
    folder::{Candidate, Folder, LARGEST, NotNow},
    letter::{self, Facts, Rules, Verdict},
    names,
};
use crate::{BadFile, DropDirectory, FileIntake};

/// Files under way at once: they share a commit of the spool.
const TOGETHER: usize = 32;
/// Bytes under way at once; one file may be larger.
const BYTES_TOGETHER: u64 = 32 << 20;

/// A file under way.
pub(super) struct Begun {
    pub(super) id: MessageId,
    pub(super) network_id: Guid,
    pub(super) name: OsString,
    pub(super) work: OsString,
    pub(super) size: u64,
    /// The user id of its owner, once it has been opened.
    pub(super) owner: u32,
}

/// How a file ended.
pub(super) enum End {
    /// To be deleted.
    Done,
    /// To be set aside.
    Bad(String),
    /// To be taken again.
    Again,
}

/// Files whose end is not known yet, and what somebody has to know.
pub(super) type Left = (Vec<OsString>, Vec<String>);

/// Brings files to their end that were begun at some time: taken ones are deleted, others wait
/// again.
pub(super) fn settle(
    kind: DropDirectory,
    folder: &Folder,
    intake: &dyn FileIntake,
    names: Vec<OsString>,
    now: Timestamp,
) -> Left {
    let (mut left, mut deleted, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let key = key(kind, &name);
        let settled = intake.is_taken(&key).and_then(|is_taken| {
            if is_taken {
                folder.delete(&name)?;
                deleted.push(key);
            } else {
                match folder.rename_to_free(&name, names::waiting(&name), now) {
                    // Somebody has taken it away.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    done => drop(done?),
                }
            }
            Ok(())
        });
        if let Err(error) = settled {
            troubles.push(format!(
                "{} cannot be brought to its end yet: {error}",
                names::printable(&name)
            ));
            left.push(name);
        }
    }
    forget(folder, intake, &deleted);
    (left, troubles)
}

/// Deletes what is done with, and sets aside what is bad.
pub(super) fn end(
    kind: DropDirectory,
    folder: &Folder,
    intake: &dyn FileIntake,
    ends: Vec<(Begun, End)>,
    now: Timestamp,
) -> Left {
    let (mut left, mut deleted, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for (begun, end) in ends {
        let done = match end {
            End::Done => folder.delete(&begun.work).map(|()| deleted.push(key(kind, &begun.work))),
            End::Bad(reason) => folder
                .set_aside(&begun.work, &reason, now)
                .map(|bad| tell_bad(kind, intake, &begun, &bad, &reason)),
            End::Again => {
                left.push(begun.work);
                continue;
            }
        };
        if let Err(error) = done {
            troubles.push(format!(
                "{} cannot be deleted or set aside: {error}",
                names::printable(&begun.work)
            ));
            left.push(begun.work);
        }
    }
    forget(folder, intake, &deleted);
    (left, troubles)
}

/// Claims and reads files. Those without a verdict were begun and are to be taken again; those
/// that are not among them stay as they are.
pub(super) fn begin(
    kind: DropDirectory,
    folder: &Folder,
    rules: &Rules,
    letters: &[Candidate],
    (ids, now): (&[MessageId], Timestamp),
) -> (Vec<(Begun, Option<Verdict>)>, Vec<String>) {
    let (mut claimed, mut troubles) = (Vec::new(), Vec::new());
    for (letter, id) in letters.iter().zip(ids) {
        let begun = Begun {
            id: *id,
            network_id: Guid::new_v4(),
            name: letter.name.clone(),
            work: names::in_work(&letter.name, *id),
            size: letter.stamp.size,
            owner: 0,
        };
        let refused = letter.oddity.map(|what| format!("{what}, no file")).or_else(|| {
            (begun.size > LARGEST).then(|| {
                format!("it has {} bytes; the largest that is read has {LARGEST}", begun.size)
            })
        });
        if let Some(reason) = refused {
            // Set aside under the name it has.
            let begun = Begun { work: begun.name.clone(), ..begun };
            claimed.push((begun, Err(Some(Verdict::Bad(reason)))));
            continue;
        }
        match folder.claim(letter, &begun.work) {
            Ok(file) => claimed.push((Begun { owner: file.owner(), ..begun }, Ok(file))),
            Err(NotNow::Busy) => {}
            Err(NotNow::Trouble(text)) => troubles.push(text),
        }
    }
    // The names in work are what is remembered: they have to be there after a power cut too.
    let synced = folder.sync();
    if let Err(error) = &synced {
        troubles.push(format!("names cannot be made durable: {error}"));
    }
    let judged = claimed.into_iter().map(|(begun, file)| {
        let verdict = match file {
            Err(verdict) => verdict,
            Ok(_) if synced.is_err() => None,
            Ok(file) => match folder.read(file, &begun.work) {
                Ok(bytes) => {
                    let Begun { id, network_id, owner, .. } = begun;
                    let facts = Facts { id, network_id, owner, now };
                    Some(letter::judge(kind, bytes, rules, &facts))
                }
                Err(NotNow::Busy) => None,
                Err(NotNow::Trouble(text)) => {
                    troubles.push(text);
                    None
                }
            },
        };
        (begun, verdict)
    });
    let judged = judged.collect();
    (judged, troubles)
}

/// One line in the log and one event for a file that was set aside.
fn tell_bad(
    kind: DropDirectory,
    intake: &dyn FileIntake,
    begun: &Begun,
    bad: &OsStr,
    reason: &str,
) {
    let file = names::printable(&begun.name);
    tracing::error!(directory = %kind, file, set_aside = names::printable(bad), reason, "bad mail: the file is set aside");
    let size = begun.size;
    intake.set_aside(&BadFile { id: begun.id, directory: kind, file: &file, size, reason });
}

/// What is deleted for good need not be remembered. Where that cannot be made sure, it stays
/// remembered.
fn forget(folder: &Folder, intake: &dyn FileIntake, deleted: &[String]) {
    if !deleted.is_empty() && folder.sync().is_ok() {
        intake.forget_taken(deleted);
    }
}

/// What a file in work is remembered by.
pub(super) fn key(kind: DropDirectory, work: &OsStr) -> String {
    format!("{kind}/{}", names::printable(work))
}

/// How many of the first files are taken together.
pub(super) fn together(letters: &[Candidate], most: usize) -> usize {
    let mut bytes = 0;
    let fits = |letter: &&Candidate| {
        bytes += letter.stamp.size;
        bytes <= BYTES_TOGETHER
    };
    letters.iter().take(most.min(TOGETHER)).take_while(fits).count().max(1)
}
