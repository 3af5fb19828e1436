//! `Export-Clixml`: objects as XML. Bounded in depth and number; secrets (`SS`) are never read.

use std::collections::HashMap;

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{Exported, MAX_CONNECTORS, MAX_PROPERTIES, Property, Value};
use crate::ImportError;

/// Deepest nesting of elements.
const MAX_DEPTH: usize = 48;
/// Most values in a file.
const MAX_VALUES: usize = 400_000;

/// One element, as far as it matters here.
#[derive(Debug, Clone, Default)]
struct Node {
    /// Name of the element: `Obj`, `S`, `LST` …
    tag: String,
    /// The property it is the value of.
    name: Option<String>,
    /// Number by which others refer to it.
    reference: Option<String>,
    line: usize,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, tag: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.tag == tag)
    }
}

/// The objects of a file.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Exported>, ImportError> {
    let root = Parser::new(file, text).parse()?;
    if root.tag != "Objs" {
        let problem = format!(
            "The outermost element is <{}>, not <Objs> as Export-Clixml writes it.",
            root.tag.chars().take(40).collect::<String>()
        );
        return Err(ImportError::new(file, root.line, problem));
    }
    let mut references = HashMap::new();
    remember(&root, &mut references);
    let mut objects = Vec::new();
    gather(&root, &mut objects);
    if objects.len() > MAX_CONNECTORS {
        let problem = format!("There are more than {MAX_CONNECTORS} objects in it.");
        return Err(ImportError::new(file, root.line, problem));
    }
    let mut connectors = Vec::new();
    for object in objects {
        let connector = exported(file, object, &references);
        if connector.properties.len() > MAX_PROPERTIES {
            let problem = format!("An object has more than {MAX_PROPERTIES} properties.");
            return Err(ImportError::new(file, object.line, problem));
        }
        if connector.get("AddressSpaces").is_none() && connector.get("Name").is_none() {
            let problem =
                "This object is no Send connector: it has neither Name nor AddressSpaces.";
            return Err(ImportError::new(file, object.line, problem));
        }
        connectors.push(connector);
    }
    Ok(connectors)
}

/// The outer objects; a list of objects that was exported as one is opened.
fn gather<'a>(node: &'a Node, out: &mut Vec<&'a Node>) {
    for child in node.children.iter().filter(|child| child.tag == "Obj") {
        match child.child("LST").or_else(|| child.child("IE")) {
            Some(list) => gather(list, out),
            None => out.push(child),
        }
    }
}

fn remember<'a>(node: &'a Node, references: &mut HashMap<&'a str, &'a Node>) {
    if let (Some(number), "Obj") = (&node.reference, node.tag.as_str()) {
        references.insert(number, node);
    }
    for child in &node.children {
        remember(child, references);
    }
}

fn exported(file: &str, object: &Node, references: &HashMap<&str, &Node>) -> Exported {
    let bags = object.children.iter().filter(|child| matches!(child.tag.as_str(), "Props" | "MS"));
    let properties = bags
        .flat_map(|bag| &bag.children)
        .filter_map(|node| {
            let name = node.name.clone()?;
            Some(Property { name, value: value(node, references), line: node.line })
        })
        .collect();
    Exported { file: file.to_owned(), line: object.line, properties }
}

fn value(node: &Node, references: &HashMap<&str, &Node>) -> Value {
    let node = resolved(node, references);
    match node.tag.as_str() {
        "Nil" => Value::Empty,
        "Obj" => of_object(node, references),
        "SS" => Value::Credential(None),
        "TS" => Value::Text(time_span(&node.text).unwrap_or_else(|| node.text.clone())),
        _ if node.text.is_empty() => Value::Empty,
        _ => Value::Text(node.text.clone()),
    }
}

fn resolved<'a>(node: &'a Node, references: &HashMap<&str, &'a Node>) -> &'a Node {
    match &node.reference {
        Some(number) if node.tag == "Ref" => {
            references.get(number.as_str()).copied().unwrap_or(node)
        }
        _ => node,
    }
}

fn of_object(node: &Node, references: &HashMap<&str, &Node>) -> Value {
    let lists = ["LST", "IE", "STK", "QUE"];
    if let Some(list) = lists.iter().find_map(|tag| node.child(tag)) {
        let items = list.children.iter().filter_map(|item| item_text(item, references)).collect();
        return Value::List { items, cut: false };
    }
    let properties = node.child("Props").or_else(|| node.child("MS"));
    let user = properties.and_then(|bag| {
        bag.children.iter().find(|child| child.name.as_deref() == Some("UserName"))
    });
    let secret = properties.is_some_and(|bag| bag.children.iter().any(|child| child.tag == "SS"));
    if secret || user.is_some() {
        let name = user.map(|node| node.text.clone()).filter(|name| !name.is_empty());
        return Value::Credential(name);
    }
    match text_of(node) {
        Some(text) if !text.is_empty() => Value::Text(text),
        _ => Value::Empty,
    }
}

/// What an element is shown as: its text, or that of the object's `ToString`, or of its simple value.
fn text_of(node: &Node) -> Option<String> {
    if node.tag == "TS" {
        return Some(time_span(&node.text).unwrap_or_else(|| node.text.clone()));
    }
    if node.tag != "Obj" {
        return Some(node.text.clone());
    }
    let shown = node.child("ToString").map(|child| child.text.clone());
    let simple = || {
        let is_value = |child: &&Node| {
            child.name.is_none() && !matches!(child.tag.as_str(), "TN" | "TNRef" | "Props" | "MS")
        };
        node.children.iter().find(is_value).map(|child| child.text.clone())
    };
    shown.or_else(simple)
}

fn item_text(item: &Node, references: &HashMap<&str, &Node>) -> Option<String> {
    let item = resolved(item, references);
    if item.tag == "Nil" || item.tag == "SS" {
        return None;
    }
    text_of(item).filter(|text| !text.is_empty())
}

/// `PT10M` or `P1DT2H3M4.5S` as `dd.hh:mm:ss`.
fn time_span(text: &str) -> Option<String> {
    let rest = text.strip_prefix('P')?;
    let (days, clock) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds: u64 = 0;
    let mut add = |part: &str, units: &[(char, u64)]| -> Option<()> {
        let mut digits = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() || c == '.' {
                digits.push(c);
                continue;
            }
            let (_, factor) = units.iter().find(|(unit, _)| *unit == c)?;
            let whole = digits.split('.').next()?.parse::<u64>().ok()?;
            seconds = whole.checked_mul(*factor)?.checked_add(seconds)?;
            digits.clear();
        }
        digits.is_empty().then_some(())
    };
    add(days, &[('D', 86_400)])?;
    add(clock, &[('H', 3600), ('M', 60), ('S', 1)])?;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let days = if days > 0 { format!("{days}.") } else { String::new() };
    Some(format!("{days}{hours:02}:{minutes:02}:{:02}", seconds % 60))
}

struct Parser<'a> {
    file: &'a str,
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// How far lines have been counted, and the line there.
    counted: (usize, usize),
    values: usize,
}

impl<'a> Parser<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, reader: Reader::from_str(text), counted: (0, 1), values: 0 }
    }

    fn parse(mut self) -> Result<Node, ImportError> {
        let mut open: Vec<Node> = Vec::new();
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                    return Err(self.error_at(at, format!("The XML is damaged: {error}.")));
                }
            };
            let closed = match event {
                Event::Start(start) => {
                    let node = self.node(&start)?;
                    open.push(node);
                    if open.len() > MAX_DEPTH {
                        return Err(
                            self.error(format!("Elements are nested more than {MAX_DEPTH} deep."))
                        );
                    }
                    continue;
                }
                Event::Empty(start) => Some(self.node(&start)?),
                Event::End(_) => open.pop(),
                Event::Text(text) => {
                    let text = text.decode().map_err(|e| self.error(e.to_string()))?;
                    append(&mut open, &text);
                    continue;
                }
                Event::CData(text) => {
                    let text = text.decode().map_err(|e| self.error(e.to_string()))?;
                    append(&mut open, &text);
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let c = self.entity(&reference)?;
                    append(&mut open, c.encode_utf8(&mut [0; 4]));
                    continue;
                }
                Event::DocType(_) => {
                    return Err(
                        self.error("A document type is declared, which Export-Clixml never does.")
                    );
                }
                Event::Eof => {
                    return Err(self.error("The file ends in the middle of the XML."));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
            };
            let Some(mut node) = closed else {
                return Err(self.error("An element is closed that was not opened."));
            };
            finish(&mut node);
            match open.last_mut() {
                Some(parent) => parent.children.push(node),
                None => return Ok(node),
            }
        }
    }

    fn node(&mut self, start: &BytesStart<'_>) -> Result<Node, ImportError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.error(format!("There are more than {MAX_VALUES} values in it.")));
        }
        let tag = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        let mut node = Node { tag, line: self.line(), ..Node::default() };
        for attribute in start.attributes() {
            let attribute =
                attribute.map_err(|e| self.error(format!("The XML is damaged: {e}.")))?;
            let value = attribute
                .unescape_value()
                .map_err(|e| self.error(format!("The XML is damaged: {e}.")))?;
            match attribute.key.as_ref() {
                b"N" => node.name = Some(unescaped(&value)),
                b"RefId" => node.reference = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(node)
    }

    fn entity(&mut self, reference: &BytesRef<'_>) -> Result<char, ImportError> {
        if let Ok(Some(c)) = reference.resolve_char_ref() {
            return Ok(c);
        }
        let name = reference.decode().map(|name| name.into_owned()).unwrap_or_default();
        let known = [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"'), ("apos", '\'')];
        let found = known.iter().find(|(entity, _)| *entity == name).map(|(_, c)| *c);
        found.ok_or_else(|| {
            self.error(format!("The XML uses an entity that is not known: &{name};."))
        })
    }

    fn line(&mut self) -> usize {
        self.line_at(usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX))
    }

    /// Counts on from where it counted last: a file is gone through once.
    fn line_at(&mut self, at: usize) -> usize {
        let (from, line) = if at >= self.counted.0 { self.counted } else { (0, 1) };
        let at = at.min(self.text.len());
        let passed = self.text.as_bytes().get(from..at).unwrap_or_default();
        let line = line + passed.iter().filter(|b| **b == b'\n').count();
        self.counted = (at, line);
        line
    }

    fn error(&mut self, problem: impl Into<String>) -> ImportError {
        let line = self.line();
        ImportError::new(self.file, line, problem)
    }

    fn error_at(&mut self, at: usize, problem: String) -> ImportError {
        let line = self.line_at(at);
        ImportError::new(self.file, line, problem)
    }
}

fn append(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// A secret is forgotten as soon as it is read; a text gets its escaped characters back.
fn finish(node: &mut Node) {
    if node.tag == "SS" || !node.children.is_empty() {
        node.text = String::new();
    } else if node.text.contains("_x") {
        node.text = unescaped(&node.text);
    }
}

/// `_x000A_` stands for the UTF-16 unit of this number.
fn unescaped(text: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at(at);
        units.extend(before.encode_utf16());
        let code = after.get(2..6).filter(|_| after.get(6..7) == Some("_"));
        match code.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = after.get(7..).unwrap_or_default();
            }
            None => {
                units.extend("_x".encode_utf16());
                rest = after.get(2..).unwrap_or_default();
            }
        }
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_of_xml() {
        assert_eq!(time_span("PT10M").as_deref(), Some("00:10:00"));
        assert_eq!(time_span("P1DT2H3M4.5S").as_deref(), Some("1.02:03:04"));
        for bad in ["", "10", "P1X", "PT99999999999999999999H"] {
            assert_eq!(time_span(bad), None, "{bad}");
        }
    }

    #[test]
    fn escapes_become_characters() {
        assert_eq!(unescaped("a_x000A_b_x005F_xZ"), "a\nb_xZ");
        assert_eq!(unescaped("_x_x00"), "_x_x00");
        assert_eq!(unescaped("_xD83D__xDE00_"), "😀");
        assert_eq!(unescaped("_x0é0_"), "_x0é0_");
    }
}
