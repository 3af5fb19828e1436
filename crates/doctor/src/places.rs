//! The server's directories and files: whether they are there, whose they are, and who else may read them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use texts::{Sentence, Text, checks};

use crate::{
    account::{Account, Rights, Want},
    finding::Finding,
};

/// What a file of the data directory is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory nobody else may look into.
    Directory,
    /// A file that only its owner may read: keys, passwords, mail.
    Secret,
}

/// How it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Not there.
    Missing,
    /// There.
    There(Rights),
    /// This program may not look.
    Hidden(String),
}

/// A directory or file of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub path: PathBuf,
    /// What it is to be.
    pub kind: Kind,
    /// How it is.
    pub state: State,
}

/// What the judgement needs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// As whom the server runs.
    pub account: Account,
    /// The data directory.
    pub data: Place,
    /// Where it is missing: whether it can be made, else what stands in the way.
    pub can_be_made: Result<(), Sentence>,
    /// What is in it.
    pub inside: Vec<Place>,
    /// How this program was called, to call it again as somebody else.
    pub again: String,
}

/// What a data directory holds that others must not read.
const INSIDE: [(&str, Kind); 8] = [
    ("keys", Kind::Directory),
    ("keys/data.key", Kind::Secret),
    ("keys/authority.key", Kind::Secret),
    ("directory.db", Kind::Secret),
    ("directory.db-wal", Kind::Secret),
    ("spool", Kind::Directory),
    ("spool/spool.db", Kind::Secret),
    ("lock", Kind::Secret),
];

/// Looks at the data directory.
#[must_use]
pub fn gather(data: &Path, account: Account) -> Facts {
    let inside = INSIDE.map(|(name, kind)| Place {
        path: data.join(name),
        kind,
        state: state(&data.join(name)),
    });
    Facts {
        data: Place { path: data.to_owned(), kind: Kind::Directory, state: state(data) },
        can_be_made: can_be_made(data, &account),
        inside: inside.into(),
        again: format!("sudo -u {} relais check", account.name),
        account,
    }
}

fn state(path: &Path) -> State {
    match fs::metadata(path) {
        Ok(found) => State::There(Rights::of(&found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
        Err(error) => State::Hidden(error.to_string()),
    }
}

/// In the nearest directory above that is there.
fn can_be_made(data: &Path, account: &Account) -> Result<(), Sentence> {
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let above = data.ancestors().skip(1).find(|path| path.exists());
    above.map_or(Ok(()), |above| account.reaches(above, Want::Write))
}

/// Findings about the data directory and what is in it.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let path = facts.data.path.display();
    match &facts.data.state {
        State::Missing => vec![missing(facts)],
        State::Hidden(why) => {
            let text = Sentence::new(checks::PLACE_HIDDEN).with(path).with(why);
            vec![Finding::notice(checks::DATA_DIRECTORY, text).remedy(as_owner(facts))]
        }
        State::There(rights) => {
            let mut findings: Vec<Finding> =
                judge_place(facts, checks::DATA_DIRECTORY, &facts.data, *rights)
                    .into_iter()
                    .collect();
            for place in &facts.inside {
                if let State::There(rights) = place.state {
                    let subject = match place.kind {
                        Kind::Secret => checks::FILE,
                        Kind::Directory => checks::DIRECTORY_PLACE,
                    };
                    findings.extend(judge_place(facts, subject, place, rights));
                }
            }
            findings.extend(hidden(facts));
            if findings.is_empty() {
                let text = Sentence::new(checks::PLACE_CLOSED).with(path).with(&facts.account.name);
                findings.push(Finding::good(checks::DATA_DIRECTORY, text));
            }
            findings
        }
    }
}

fn as_owner(facts: &Facts) -> Sentence {
    Sentence::new(checks::AS_ROOT_OR_OWNER).with(&facts.again)
}

fn missing(facts: &Facts) -> Finding {
    let (path, name) = (facts.data.path.display(), &facts.account.name);
    match &facts.can_be_made {
        Ok(()) => {
            Finding::good(checks::DATA_DIRECTORY, Sentence::new(checks::PLACE_NOT_YET).with(path))
        }
        Err(why) => {
            let text =
                Sentence::new(checks::PLACE_CANNOT_BE_MADE).with(&path).with_part(why.clone());
            let make = format!("install -d -m 0700 -o {name} {path}");
            Finding::bad(checks::DATA_DIRECTORY, text).remedy(Sentence::verbatim(make))
        }
    }
}

/// Its owner has to be who the server runs as, and nobody else may have a right.
fn judge_place(facts: &Facts, subject: Text, place: &Place, rights: Rights) -> Option<Finding> {
    let (path, account) = (place.path.display(), &facts.account);
    let mode = format!("{:04o}", rights.mode);
    if rights.uid != account.uid && !account.is_root() {
        let text = Sentence::new(checks::PLACE_OF_ANOTHER)
            .with(path)
            .with(Account::of(rights.uid).name)
            .with(&account.name);
        let give = format!("chown -R {}: {}", account.name, facts.data.path.display());
        return Some(Finding::bad(subject, text).remedy(Sentence::verbatim(give)));
    }
    let needed = if place.kind == Kind::Directory { 0o700 } else { 0o600 };
    let remedy = Sentence::verbatim(format!("chmod {needed:04o} {path}"));
    let of = |text| Sentence::new(text).with(&path).with(&mode);
    if rights.mode & needed != needed && !account.is_root() {
        return Some(Finding::bad(subject, of(checks::PLACE_SHUT)).remedy(remedy));
    }
    if rights.mode & 0o077 == 0 {
        return None;
    }
    let is_key = place.path.extension().is_some_and(|extension| extension == "key");
    if is_key {
        return Some(Finding::bad(subject, of(checks::KEY_OPEN)).remedy(remedy));
    }
    let is_told = !needs_no_shield(facts, place);
    is_told.then(|| Finding::notice(subject, of(checks::PLACE_OPEN)).remedy(remedy))
}

/// Files behind a closed data directory are read by nobody else, whatever their mode.
fn needs_no_shield(facts: &Facts, place: &Place) -> bool {
    let is_closed = matches!(facts.data.state, State::There(rights) if rights.mode & 0o077 == 0);
    is_closed && place.path != facts.data.path
}

fn hidden(facts: &Facts) -> Option<Finding> {
    let text = facts.inside.iter().find_map(|place| match &place.state {
        State::Hidden(why) => {
            Some(Sentence::new(checks::INSIDE_HIDDEN).with(place.path.display()).with(why))
        }
        _ => None,
    })?;
    Some(Finding::notice(checks::DATA_DIRECTORY, text).remedy(as_owner(facts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::finding::assert_in_both;
    use texts::Language::English;

    /// What is found, in both languages.
    fn judge(facts: &Facts) -> Vec<Finding> {
        let found = super::judge(facts);
        assert_in_both(&found);
        found
    }

    fn there(path: &str, kind: Kind, uid: u32, mode: u32) -> Place {
        Place { path: path.into(), kind, state: State::There(Rights { uid, gid: uid, mode }) }
    }

    fn facts(data: Place, inside: Vec<Place>) -> Facts {
        let account = Account { uid: 990, groups: vec![990], name: "relais".to_owned() };
        let again = "sudo -u relais relais check".to_owned();
        Facts { account, data, can_be_made: Ok(()), inside, again }
    }

    #[test]
    fn owners_and_modes_are_judged() {
        use Kind::{Directory, Secret};
        use Verdict::{Bad, Good, Notice};
        let data = |uid, mode| there("/d", Directory, uid, mode);
        let key = |uid, mode| vec![there("/d/keys/data.key", Secret, uid, mode)];
        let file = |mode| vec![there("/d/directory.db", Secret, 990, mode)];
        let cases = [
            (data(990, 0o700), key(990, 0o600), Good, "nobody else", ""),
            (data(0, 0o700), vec![], Bad, "belongs to root", "chown -R relais: /d"),
            (data(990, 0o500), vec![], Bad, "may not read and write", "chmod 0700 /d"),
            (data(990, 0o755), vec![], Notice, "others have rights", "chmod 0700 /d"),
            (
                data(990, 0o700),
                key(990, 0o640),
                Bad,
                "does not start",
                "chmod 0600 /d/keys/data.key",
            ),
            (data(990, 0o700), key(0, 0o600), Bad, "belongs to root", "chown"),
            (data(990, 0o700), file(0o644), Good, "", ""),
        ];
        for (data, inside, verdict, said, remedy) in cases {
            let found = judge(&facts(data, inside));
            assert_eq!(found[0].verdict, verdict, "{found:?}");
            assert!(found[0].text(English).contains(said), "{found:?}");
            assert!(found[0].advice(English).contains(remedy), "{found:?}");
        }
        let open = judge(&facts(data(990, 0o711), file(0o644)));
        assert_eq!(open.len(), 2, "an open file in an open directory: {open:?}");
    }

    #[test]
    fn what_is_not_there_or_not_to_be_seen_is_said() {
        let place = |state| Place { path: "/d".into(), kind: Kind::Directory, state };
        let mut nowhere = facts(place(State::Missing), Vec::new());
        assert_eq!(judge(&nowhere)[0].verdict, Verdict::Good);
        nowhere.can_be_made = Err(Sentence::new(checks::MAY_NOT_ENTER).with("relais").with("/"));
        let found = &judge(&nowhere)[0];
        assert!(
            found.verdict == Verdict::Bad && found.advice(English).contains("-o relais /d"),
            "{found:?}"
        );
        let found = &judge(&facts(place(State::Hidden("no".to_owned())), Vec::new()))[0];
        assert!(
            found.verdict == Verdict::Notice && found.advice(English).contains("sudo -u relais")
        );
        let hidden = vec![place(State::Hidden("no".to_owned()))];
        let found = judge(&facts(there("/d", Kind::Directory, 990, 0o700), hidden));
        assert!(found[0].text(English).contains("cannot be looked at"), "{found:?}");
    }

    #[test]
    fn a_directory_is_read() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let (data, account) = (place.path().join("data"), Account::current());
        let facts = gather(&data, account.clone());
        assert_eq!((facts.data.state, facts.can_be_made), (State::Missing, Ok(())));
        fs::create_dir_all(data.join("keys")).unwrap();
        fs::write(data.join("keys/data.key"), "x").unwrap();
        fs::set_permissions(data.join("keys/data.key"), fs::Permissions::from_mode(0o644)).unwrap();
        let found = judge(&gather(&data, account));
        assert!(
            found
                .iter()
                .any(|one| one.verdict == Verdict::Bad && one.text(English).contains("data.key"))
        );
    }
}
