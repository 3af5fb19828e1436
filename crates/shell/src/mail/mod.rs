//! `Send-MailMessage`: a message is made and submitted by SMTP.

mod compose;
mod submit;

pub(crate) use compose::compose;
pub(crate) use submit::{Submission, submit};

#[cfg(test)]
mod tests;
