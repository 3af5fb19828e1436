use std::collections::HashSet;

use super::*;
use crate::{Label, Notice};

fn all_texts() -> Vec<Text> {
    let mut texts = vec![WAIT, CHECK_AND_WAIT];
    let causes = FAILURES.iter().chain(WAITING).map(|(_, cause)| cause);
    let by_subject = FAILURE_SUBJECTS.iter().chain(WAITING_SUBJECTS).map(|(_, cause)| cause);
    for cause in causes.chain(by_subject).chain([&UNKNOWN_FAILURE, &UNKNOWN_WAITING]) {
        texts.extend([cause.what, cause.advice]);
    }
    for notice in [Notice::Failed, Notice::Delayed, Notice::Delivered, Notice::Relayed] {
        texts.extend([notice.headline(), notice.explanation()]);
    }
    texts
}

#[test]
fn the_exact_code_comes_before_its_subject() {
    let failed = |c, s, d| failure_cause(EnhancedCode::new(c, s, d));
    assert_eq!(failed(5, 1, 1), &NO_SUCH_MAILBOX);
    assert_eq!(failed(5, 1, 999), &FAILURE_SUBJECTS[0].1);
    assert_eq!(failed(5, 0, 0), &UNKNOWN_FAILURE);
    assert_eq!(failed(4, 2, 2), &MAILBOX_FULL);
    assert_eq!(failed(4, 4, 7), &EXPIRED);
    assert_eq!(waiting_cause(EnhancedCode::new(4, 4, 1)), &UNREACHABLE);
    assert_eq!(waiting_cause(EnhancedCode::new(4, 0, 0)), &UNKNOWN_WAITING);
}

#[test]
fn the_catalogue_names_each_code_once() {
    for list in [FAILURES, WAITING] {
        let codes: HashSet<_> = list.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), list.len());
    }
}

#[test]
fn sentences_are_whole() {
    for text in all_texts() {
        for sentence in [text.en, text.fr] {
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
            assert!(!sentence.contains("  "), "{sentence}");
        }
        assert_ne!(text.en, text.fr);
    }
}

#[test]
fn typography_is_right() {
    let labels = [Label::Subject, Label::MoreRecipients, Label::OriginalHeaders];
    for text in all_texts().into_iter().chain(labels.map(Label::text)) {
        assert!(!text.en.contains('\'') && !text.fr.contains('\''), "{}", text.fr);
        for mark in [":", ";", "?", "!"] {
            assert!(!text.fr.contains(&format!(" {mark}")), "{}", text.fr);
            for (at, _) in text.fr.match_indices(mark) {
                assert!(text.fr[..at].ends_with('\u{a0}'), "{}", text.fr);
            }
        }
    }
}
