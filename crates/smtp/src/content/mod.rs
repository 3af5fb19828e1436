//! Message content on its way in and out (RFC 5321 section 4.5.2, RFC 3030).
//!
//! In: [`DataDecoder`] ends at exactly CRLF.CRLF and takes dot-stuffing away, [`Content`]
//! accumulates what it (or BDAT) brings, once, within limits, and finds what must be refused:
//! bare CR or LF above all, on which SMTP smuggling rests. Out: [`write_data`] never emits a bare
//! CR or LF. Ordinary lines ([`plain`]) are looked at and copied many at a time, others whole, none byte by byte.

mod accumulate;
mod decode;
mod encode;
mod plain;
mod scan;
#[cfg(test)]
mod tests;

pub use accumulate::{Content, ContentLimits, Defect, MAX_LINE};
pub use decode::DataDecoder;
pub use encode::write_data;
