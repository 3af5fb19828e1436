//! Who wants reports about a domain: the TXT record at `_smtp._tls.DOMAIN` (RFC 8460 section 3).

use model::Address;
use thiserror::Error;

/// The label below which the record is.
const VERSION: &str = "v=TLSRPTv1";
/// Most addresses that are told.
const MOST: usize = 10;
/// Longest address, in bytes.
const LONGEST: usize = 2_000;

/// Where reports go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportingAddress {
    /// By mail.
    Mail(Address),
    /// To this URL; it begins with `https://`.
    Https(String),
}

/// Why there is nobody to tell.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// No record begins as one.
    #[error("there is no TLSRPTv1 record")]
    None,
    /// Several do: then none counts.
    #[error("there are several TLSRPTv1 records")]
    Several,
    /// The only one names nobody who could be told.
    #[error("the TLSRPTv1 record names no address that can be used")]
    NoAddress,
}

/// The addresses that TXT records name, at most ten. Unknown fields, and addresses that cannot be used, are left
/// out.
///
/// # Errors
/// When nobody is named.
pub fn reporting_addresses(texts: &[String]) -> Result<Vec<ReportingAddress>, RecordError> {
    let mut records = texts.iter().filter(|text| is_record(text));
    let record = match (records.next(), records.next()) {
        (None, _) => return Err(RecordError::None),
        (Some(_), Some(_)) => return Err(RecordError::Several),
        (Some(record), None) => record,
    };
    let fields = record.split(';').skip(1).filter_map(|field| field.trim().split_once('='));
    let list = fields.filter(|(name, _)| name.trim() == "rua").map(|(_, list)| list).next();
    let addresses: Vec<ReportingAddress> =
        list.unwrap_or_default().split(',').filter_map(address).take(MOST).collect();
    if addresses.is_empty() { Err(RecordError::NoAddress) } else { Ok(addresses) }
}

fn is_record(text: &str) -> bool {
    text.strip_prefix(VERSION)
        .is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with(';'))
}

fn address(text: &str) -> Option<ReportingAddress> {
    let text = text.trim();
    let scheme_is = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        None
    } else if scheme_is("mailto:") {
        let address = decoded(&text["mailto:".len()..])?;
        address.parse().ok().map(ReportingAddress::Mail)
    } else if scheme_is("https://") {
        Some(ReportingAddress::Https(decoded_separators(text)))
    } else {
        None
    }
}

/// A percent-encoded address without what may follow `?` in a mailto URL.
fn decoded(text: &str) -> Option<String> {
    let text = text.split('?').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&pair).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A list cannot hold `!`, `,` and `;` as they are (section 3); a URL keeps all other escapes.
fn decoded_separators(text: &str) -> String {
    [("%21", "!"), ("%2C", ","), ("%2c", ","), ("%3B", ";"), ("%3b", ";")]
        .iter()
        .fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(texts: &[&str]) -> Result<Vec<ReportingAddress>, RecordError> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        reporting_addresses(&texts)
    }

    fn mail(text: &str) -> ReportingAddress {
        ReportingAddress::Mail(text.parse().unwrap())
    }

    #[test]
    fn one_record_names_addresses() {
        let both = "v=TLSRPTv1; rua=mailto:tls@example.com,https://r.example/v1%2Cx?a=b";
        let url = ReportingAddress::Https("https://r.example/v1,x?a=b".to_owned());
        assert_eq!(of(&["x", both]), Ok(vec![mail("tls@example.com"), url]));
        assert_eq!(
            of(&["v=TLSRPTv1;rua=mailto:a%2Bb@example.com?subject=x;new=1;"]),
            Ok(vec![mail("a+b@example.com")])
        );
        assert_eq!(of(&[]), Err(RecordError::None));
        assert_eq!(of(&["v=TLSRPTv12; rua=mailto:a@b.example"]), Err(RecordError::None));
        assert_eq!(of(&[both, both]), Err(RecordError::Several));
        for nobody in [
            "v=TLSRPTv1",
            "v=TLSRPTv1; rua=",
            "v=TLSRPTv1; rua=http://a.example,ftp:x,mailto:a%zz",
            "v=TLSRPTv1; ruf=mailto:a@b.example",
        ] {
            assert_eq!(of(&[nobody]), Err(RecordError::NoAddress), "{nobody}");
        }
        let many = format!("v=TLSRPTv1; rua={}", vec!["mailto:a@b.example"; 50].join(","));
        assert_eq!(of(&[&many]).map(|all| all.len()), Ok(MOST));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = of(&[&format!("v=TLSRPTv1; rua={text}"), &text]);
            let _ = of(&[&text]);
        }
    }
}
