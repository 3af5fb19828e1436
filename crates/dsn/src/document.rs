//! A small document for people, as plain text and as HTML. What goes in is text; markup is
//! made only here.

use texts::Language;

/// A piece of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// What it is all about.
    Headline(String),
    /// The title of a section.
    Title(String),
    /// Sentences.
    Paragraph(String),
    /// Somebody's address.
    Who(String),
    /// A label and what it names.
    Fact(&'static str, String),
    /// Lines as they are.
    Verbatim(String),
}

/// Plain text with CRLF line ends.
pub(crate) fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut before: Option<&Block> = None;
    for block in blocks {
        let close = matches!(
            (before, block),
            (Some(Block::Fact(..) | Block::Who(_)), Block::Fact(..))
                | (Some(Block::Who(_)), Block::Paragraph(_) | Block::Who(_))
        );
        if before.is_some() && !close {
            out.push('\n');
        }
        match block {
            Block::Headline(text) | Block::Title(text) | Block::Paragraph(text) => {
                out.push_str(text);
            }
            Block::Who(address) => out.push_str(address),
            Block::Fact(label, value) => out.push_str(&format!("{label} {value}")),
            Block::Verbatim(text) => out.push_str(text),
        }
        out.push('\n');
        before = Some(block);
    }
    out.replace('\n', "\r\n")
}

/// A whole HTML document with CRLF line ends.
pub(crate) fn html(blocks: &[Block], language: Language) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family: 'Segoe UI', Arial, sans-serif; max-width: 46em\">\n",
        language.tag()
    );
    for block in blocks {
        match block {
            Block::Headline(text) => out.push_str(&element("h1 style=\"font-size: 1.4em\"", text)),
            Block::Title(text) => out.push_str(&element("h2 style=\"font-size: 1.1em\"", text)),
            Block::Paragraph(text) => out.push_str(&element("p", text)),
            Block::Who(address) => {
                out.push_str(&format!("<p><strong>{}</strong></p>\n", escaped(address)));
            }
            Block::Fact(label, value) => {
                let (label, value) = (escaped(label), escaped(value));
                out.push_str(&format!("<p><em>{label}</em> {value}</p>\n"));
            }
            Block::Verbatim(text) => {
                out.push_str(&element("pre style=\"white-space: pre-wrap\"", text));
            }
        }
    }
    out.push_str("</body>\n</html>\n");
    out.replace('\n', "\r\n")
}

fn element(tag: &str, text: &str) -> String {
    let name = tag.split(' ').next().unwrap_or(tag);
    format!("<{tag}>{}</{name}>\n", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_text_and_markup() {
        let blocks = [
            Block::Headline("Head".into()),
            Block::Who("a@b".into()),
            Block::Paragraph("Why <b>.".into()),
            Block::Fact("Label:", "1 & 2".into()),
            Block::Fact("Other:", "x".into()),
            Block::Verbatim("A: b\nC: d".into()),
        ];
        assert_eq!(
            plain(&blocks),
            "Head\r\n\r\na@b\r\nWhy <b>.\r\n\r\nLabel: 1 & 2\r\nOther: x\r\n\r\nA: b\r\nC: d\r\n"
        );
        let page = html(&blocks, Language::French);
        assert!(page.contains("<html lang=\"fr\">"));
        assert!(page.contains("<p>Why &lt;b&gt;.</p>"));
        assert!(page.contains("<h1 style=\"font-size: 1.4em\">Head</h1>"));
        assert!(page.contains("<p><em>Label:</em> 1 &amp; 2</p>"));
    }
}
