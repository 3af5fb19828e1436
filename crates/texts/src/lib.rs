//! English and French: what people are told.
//!
//! Texts are data: a [`Text`] has both languages side by side, and nobody else writes sentences
//! for users. Written for people who did not choose this server and do not know what SMTP is;
//! where a sentence names a fault it also says what the reader can do.

mod causes;
pub mod checks;
pub mod imports;
mod language;
mod notice;
mod phrases;
pub mod publishing;
mod refusals;
mod sentence;
mod test_message;
mod tls_failures;

pub use causes::{Cause, failure_cause, waiting_cause};
pub use language::{Language, Text, date};
pub use notice::{Label, Notice};
pub use refusals::french;
pub use sentence::Sentence;
pub use test_message::{test_body, test_subject};
pub use tls_failures::tls_failure;
