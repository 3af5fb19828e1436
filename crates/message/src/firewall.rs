//! The header firewall towards the outside (send-connectors.md section 2.2): organization and
//! forest `X-MS-Exchange-*` fields carry what our own servers decided, so nobody else may bring
//! them in.

use bytes::{Bytes, BytesMut};

use crate::header::{Field, HeaderBlock};

const PREFIXES: [&[u8]; 2] = [b"X-MS-Exchange-Organization-", b"X-MS-Exchange-Forest-"];

/// `content` without its `X-MS-Exchange-Organization-*` and `X-MS-Exchange-Forest-*` fields;
/// the very same bytes when it has none.
pub fn firewall_inbound(content: Bytes) -> Bytes {
    let header = HeaderBlock::parse(&content);
    if !header.fields().any(|field| is_organization_header(&field)) {
        return content;
    }
    let mut kept = BytesMut::with_capacity(content.len());
    for field in header.fields().filter(|field| !is_organization_header(field)) {
        kept.extend_from_slice(field.raw);
    }
    kept.extend_from_slice(&content[header.end()..]);
    kept.freeze()
}

/// Whether the field is one of those only our own servers may write. Looks at the raw line:
/// neither blanks before the name nor a damaged name get it through.
pub fn is_organization_header(field: &Field<'_>) -> bool {
    let line = field.raw.trim_ascii_start();
    PREFIXES.iter().any(|prefix| {
        line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_every_variant_and_nothing_else() {
        let content = Bytes::from_static(
            b" X-MS-Exchange-Organization-First: 1\r\nFrom: a@b\r\nx-ms-exchange-ORGANIZATION-scl : -1\r\n folded\r\n \t\r\n more\r\n\
              X-MS-Exchange-Forest-RulesExecuted: x\r\nX-MS-Exchange-CrossTenant-Id: kept\r\n\
              X-MS-Exchange-Organization: kept\r\nX-MS-Exchange-Organization-Auth\x01As: x\r\nSubject: s\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n",
        );
        assert_eq!(
            firewall_inbound(content),
            &b"From: a@b\r\nX-MS-Exchange-CrossTenant-Id: kept\r\nX-MS-Exchange-Organization: kept\r\nSubject: s\r\n\r\nX-MS-Exchange-Organization-SCL: body\r\n"[..]
        );
    }

    #[test]
    fn returns_the_same_bytes_when_nothing_is_found() {
        let content = Bytes::from_static(b"From: a@b\r\n\r\nX-MS-Exchange-Organization-SCL: 1\r\n");
        assert_eq!(firewall_inbound(content.clone()).as_ptr(), content.as_ptr());
    }
}
