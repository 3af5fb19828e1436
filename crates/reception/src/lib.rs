//! Receive connectors at work: sessions, admission, submission.
