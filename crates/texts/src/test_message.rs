//! What a test message says when its sender gives it no text of his own.

use crate::language::{Language, Text};

/// Its subject.
pub fn test_subject(language: Language) -> &'static str {
    Text { en: "Test message", fr: "Message d’essai" }.get(language)
}

/// Its text: who sent it, with which server, and that nothing is to be done.
pub fn test_body(language: Language, user: &str, server: &str) -> String {
    match language {
        Language::English => format!(
            "This is a test. {user} sent it with the mail server {server} to find out whether mail \
             to you arrives.\n\nYou do not need to do anything.\n"
        ),
        Language::French => format!(
            "Ceci est un essai. {user} l’a envoyé avec le serveur de messagerie {server} pour \
             savoir si le courrier vous parvient.\n\nVous n’avez rien à faire.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_and_where() {
        for language in [Language::English, Language::French] {
            let body = test_body(language, "Jean", "MBX01");
            assert!(body.contains("Jean") && body.contains("MBX01"), "{body}");
            assert!(!test_subject(language).is_empty());
        }
        assert_ne!(test_subject(Language::English), test_subject(Language::French));
    }
}
