//! Who calls: his login name and his name for people, by the machine's user database.

use std::process::Command;

use message::LocalAddress;

/// The users of this machine itself (passwd(5)).
const PASSWD: &str = "/etc/passwd";
/// Asks every database the machine has (getent(1)).
const GETENT: &str = "/usr/bin/getent";

/// Who calls.
#[derive(Debug)]
pub(super) struct Caller {
    /// His login name, as an address that gets the default domain.
    pub(super) address: LocalAddress,
    /// His name for people, where there is one.
    pub(super) name: Option<String>,
}

impl Caller {
    /// Who has called this program. Not the effective user: it has no rights of its own.
    pub(super) fn here() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let file = std::fs::read(PASSWD).unwrap_or_default();
        let user = find(&file, uid).or_else(|| find(&asked(uid), uid));
        let address = user.as_ref().and_then(|user| user.login.parse().ok());
        let name = user.and_then(|user| full_name(&user.login, &user.comment));
        // A user who is in no database, such as that of a container, has his number.
        let address = address.unwrap_or_else(|| LocalAddress::Bare(format!("uid{uid}")));
        Self { address, name }
    }
}

/// A line of the database.
#[derive(Debug, PartialEq, Eq)]
struct User {
    login: String,
    comment: String,
}

fn asked(uid: u32) -> Vec<u8> {
    let output = Command::new(GETENT).args(["passwd", &uid.to_string()]).output();
    output.map(|output| output.stdout).unwrap_or_default()
}

/// The first line of a user.
fn find(database: &[u8], uid: u32) -> Option<User> {
    let text = String::from_utf8_lossy(database);
    text.lines().find_map(|line| {
        let parts: Vec<&str> = line.split(':').collect();
        let [login, _, number, _, comment, ..] = parts[..] else { return None };
        (number.parse() == Ok(uid))
            .then(|| User { login: login.to_owned(), comment: comment.to_owned() })
    })
}

/// The first part of the comment (passwd(5)); `&` stands for the login name, with a capital.
fn full_name(login: &str, comment: &str) -> Option<String> {
    let name = comment.split(',').next().unwrap_or_default().trim();
    if name.is_empty() {
        return None;
    }
    let mut letters = login.chars();
    let capital: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    Some(name.replace('&', &capital))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_the_database_has_them() {
        assert_eq!(full_name("anna", "Anna Bell,12,,"), Some("Anna Bell".to_owned()));
        assert_eq!(full_name("anna", "& Bell"), Some("Anna Bell".to_owned()));
        assert_eq!(full_name("anna", ",,,"), None);
        assert!(!Caller::here().address.to_string().is_empty());
        let database = b"root:x:0:0:root:/root:/bin/sh\n+\nanna:x:1000:1000:Anna \xff,,,:/:/bin/sh\nb:x:1000:1::/:/\n";
        let anna = find(database, 1000).unwrap();
        assert_eq!((anna.login.as_str(), anna.comment.as_str()), ("anna", "Anna \u{fffd},,,"));
        assert_eq!(find(database, 1001), None);
    }
}
