//! As whom the server runs, and what that one may do with a file. Found out from the running server, else from who owns
//! the data directory, else from the unit or the user `relais`.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use texts::{Sentence, checks};

/// A user of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Number of the user.
    pub uid: u32,
    /// Numbers of the groups.
    pub groups: Vec<u32>,
    /// Name; the number where the machine's files have none.
    pub name: String,
}

/// What is to be done with a file or directory, as bits of a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Read it.
    Read,
    /// Write it; for a directory, make files in it.
    Write,
    /// Run it; for a directory, go through it.
    Enter,
}

/// A file's owner and rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its permission bits.
    pub mode: u32,
}

impl Rights {
    /// Of a file or directory that is there.
    pub fn of(metadata: &fs::Metadata) -> Self {
        Self { uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() & 0o7777 }
    }
}

impl Account {
    /// Who runs this program.
    pub fn current() -> Self {
        Self::of(rustix::process::geteuid().as_raw())
    }

    /// The user of this number.
    pub fn of(uid: u32) -> Self {
        let line =
            fs::read_to_string("/etc/passwd").ok().and_then(|text| user(&text, |u| u.1 == uid));
        Self::with(line.unwrap_or_else(|| (uid.to_string(), uid, uid)))
    }

    /// The user of this name, if the machine's own files know one.
    pub fn named(name: &str) -> Option<Self> {
        let text = fs::read_to_string("/etc/passwd").ok()?;
        user(&text, |user| user.0 == name).map(Self::with)
    }

    fn with((name, uid, gid): (String, u32, u32)) -> Self {
        let text = fs::read_to_string("/etc/group").unwrap_or_default();
        let mut groups = vec![gid];
        groups.extend(groups_of(&text, &name));
        Self { uid, groups, name }
    }

    /// Whether it is root.
    pub fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Whether the mode lets this account do that. Root may read and write whatever it is.
    pub fn may(&self, want: Want, rights: Rights) -> bool {
        let bit = match want {
            Want::Read => 4,
            Want::Write => 2,
            Want::Enter => 1,
        };
        if self.is_root() {
            return want != Want::Enter || rights.mode & 0o111 != 0;
        }
        let shift = if rights.uid == self.uid {
            6
        } else if self.groups.contains(&rights.gid) {
            3
        } else {
            0
        };
        (rights.mode >> shift) & bit != 0
    }

    /// Whether it can reach the file and do that with it: what stands in the way otherwise, in words. Tried where this
    /// program runs as that account; else judged by owners and modes, which says nothing of access lists.
    ///
    /// # Errors
    /// What stands in the way: the directory that cannot be entered, or the file.
    pub fn reaches(&self, path: &Path, want: Want) -> Result<(), Sentence> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let said = |at: &Path, error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => Sentence::new(checks::DOES_NOT_EXIST).with(at.display()),
            _ => Sentence::verbatim(format!("{}: {error}", at.display())),
        };
        if *self == Self::current() {
            let access = match want {
                Want::Read => rustix::fs::Access::READ_OK,
                Want::Write => rustix::fs::Access::WRITE_OK,
                Want::Enter => rustix::fs::Access::EXEC_OK,
            };
            return rustix::fs::access(&path, access).map_err(|error| said(&path, &error.into()));
        }
        let above: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_owned).collect();
        for directory in above.iter().rev() {
            let rights = Rights::of(&fs::metadata(directory).map_err(|e| said(directory, &e))?);
            if !self.may(Want::Enter, rights) {
                let closed = Sentence::new(checks::MAY_NOT_ENTER).with(&self.name);
                return Err(closed.with(directory.display()));
            }
        }
        let rights = Rights::of(&fs::metadata(&path).map_err(|error| said(&path, &error))?);
        if self.may(want, rights) {
            return Ok(());
        }
        let refused = match want {
            Want::Read => checks::MAY_NOT_READ,
            Want::Write => checks::MAY_NOT_WRITE,
            Want::Enter => checks::MAY_NOT_RUN,
        };
        let mode = format!("{:04o}", rights.mode);
        Err(Sentence::new(refused).with(&self.name).with(path.display()).with(mode))
    }
}

/// Name, number and first group of a user in the form of passwd(5).
fn user(text: &str, fits: impl Fn(&(String, u32, u32)) -> bool) -> Option<(String, u32, u32)> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let user = (name, uid, fields.next()?.parse().ok()?);
        fits(&user).then_some(user)
    })
}

/// Groups that name this user, in the form of group(5).
fn groups_of(text: &str, name: &str) -> Vec<u32> {
    let group = |line: &str| {
        let fields: Vec<&str> = line.split(':').collect();
        let members = fields.get(3)?;
        members.split(',').any(|member| member == name).then(|| fields[2].parse().ok()).flatten()
    };
    text.lines().filter_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_fits_decides() {
        let relais = Account { uid: 990, groups: vec![990, 27], name: "relais".to_owned() };
        let may = |want, uid, gid, mode| relais.may(want, Rights { uid, gid, mode });
        assert!(may(Want::Read, 990, 0, 0o600) && may(Want::Write, 990, 0, 0o600));
        assert!(may(Want::Read, 0, 990, 0o640) && !may(Want::Write, 0, 990, 0o640));
        assert!(may(Want::Read, 0, 27, 0o640));
        assert!(!may(Want::Read, 0, 0, 0o640) && may(Want::Read, 0, 0, 0o644));
        assert!(!may(Want::Read, 990, 0, 0o044), "the owner's own bits count, though others may");
        assert!(may(Want::Enter, 0, 0, 0o711) && !may(Want::Enter, 0, 0, 0o700));
        let root = Account { uid: 0, groups: vec![0], name: "root".to_owned() };
        let rights = Rights { uid: 990, gid: 990, mode: 0o600 };
        assert!(root.may(Want::Write, rights) && !root.may(Want::Enter, rights));
    }

    #[test]
    fn the_machines_files_are_read() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nbroken\nrelais:x:990:991::/:/usr/sbin/nologin\n";
        assert_eq!(user(passwd, |u| u.0 == "relais"), Some(("relais".to_owned(), 990, 991)));
        assert_eq!(user(passwd, |u| u.1 == 5), None);
        let group = "ssl-cert:x:115:postgres,relais\nadm:x:4:\nbroken:x\nother:x:5:relaisx\n";
        assert_eq!(groups_of(group, "relais"), [115]);
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let nobody = Account { uid: 4_000_000, groups: vec![4_000_000], name: "x".to_owned() };
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let file = place.path().join("ca.pem");
        let said = |want| nobody.reaches(&file, want).unwrap_err().said(texts::Language::English);
        let missing = said(Want::Read);
        assert!(missing.contains("ca.pem does not exist"), "{missing}");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = said(Want::Read);
        assert!(refused.contains("may not read") && refused.contains("0640"), "{refused}");
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let closed = said(Want::Read);
        assert!(closed.contains("may not enter"), "{closed}");
        assert_eq!(Account::current().reaches(&file, Want::Read), Ok(()));
    }
}
