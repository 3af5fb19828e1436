//! Reads cmdlet lines as the shell does, as far as they are written here, and holds them against the declarations.

use cmdlets::{Availability, Kind};

/// What stands between blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Bare(String),
    Quoted(String),
    Comma,
    Pipe,
    Group(Vec<Token>),
}

fn is_single(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
}

fn is_double(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// The tokens of a line.
pub(crate) fn tokens(line: &str) -> Vec<Token> {
    let mut chars: Vec<char> = line.chars().rev().collect();
    let tokens = group(&mut chars);
    assert!(chars.is_empty(), "a bracket too many: {line}");
    tokens
}

fn group(chars: &mut Vec<char>) -> Vec<Token> {
    let mut out = Vec::new();
    while let Some(c) = chars.pop() {
        match c {
            ' ' => {}
            ',' => out.push(Token::Comma),
            '|' => out.push(Token::Pipe),
            '(' => out.push(Token::Group(group(chars))),
            ')' => return out,
            c if is_single(c) => out.push(Token::Quoted(single(chars))),
            c if is_double(c) => out.push(Token::Quoted(double(chars))),
            c => {
                let mut word = String::from(c);
                while chars.last().is_some_and(|c| !" ,|()'\"".contains(*c)) {
                    word.extend(chars.pop());
                }
                assert!(!word.contains([';', '{', '}', '&', '<', '>', '`', '#', '\n']), "{word}");
                out.push(Token::Bare(word));
            }
        }
    }
    out
}

fn single(chars: &mut Vec<char>) -> String {
    let mut text = String::new();
    loop {
        let c = chars.pop().expect("a closing quote");
        if !is_single(c) {
            text.push(c);
        } else if chars.last().is_some_and(|c| is_single(*c)) {
            chars.pop();
            text.push('\'');
        } else {
            return text;
        }
    }
}

fn double(chars: &mut Vec<char>) -> String {
    let mut text = String::new();
    loop {
        match chars.pop().expect("a closing quote") {
            '`' => match chars.pop().expect("a character") {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                c => text.push(c),
            },
            '$' => panic!("a variable in a text"),
            c if is_double(c) => return text,
            c => text.push(c),
        }
    }
}

/// A line with its parameters: name, values.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) given: Vec<(String, Vec<Token>)>,
}

impl Line {
    /// The values of a parameter as texts.
    pub(crate) fn texts(&self, parameter: &str) -> Vec<String> {
        let given = self.given.iter().find(|(name, _)| name == parameter);
        let values = given.map(|(_, values)| values.as_slice()).unwrap_or_default();
        let text = |token: &Token| match token {
            Token::Bare(text) | Token::Quoted(text) => Some(text.clone()),
            _ => None,
        };
        values.iter().filter_map(text).collect()
    }
}

/// Reads a line and checks that the server would bind it.
pub(crate) fn checked(line: &str) -> Line {
    assert!(!line.contains(['\n', '\r']), "{line}");
    let tokens = tokens(line);
    let mut stages = tokens.split(|token| *token == Token::Pipe);
    let mut stage = stages.next().expect("a cmdlet");
    if let Some(second) = stages.next() {
        let [Token::Bare(get)] = stage else { panic!("{line}") };
        assert!(cmdlets::find(get).is_some(), "{line}");
        stage = second;
    }
    let is_piped = tokens.contains(&Token::Pipe);
    let (Some(Token::Bare(name)), rest) = (stage.first(), &stage[1..]) else { panic!("{line}") };
    let mut given: Vec<(String, Vec<Token>)> = Vec::new();
    for token in rest {
        match token {
            Token::Bare(word) if word.starts_with('-') => given.push((word[1..].into(), vec![])),
            value => given.last_mut().expect("a parameter").1.push(value.clone()),
        }
    }
    let cmdlet = cmdlets::find(name).unwrap_or_else(|| panic!("no cmdlet: {line}"));
    for (parameter, values) in &given {
        let declared =
            cmdlet.parameter(parameter).unwrap_or_else(|| panic!("-{parameter}: {line}"));
        assert_eq!(declared.name, parameter, "{line}");
        assert_ne!(declared.availability, Availability::Exchange2010, "{line}");
        check_value(&declared.kind, values, line);
    }
    let is_given = |name: &str| given.iter().any(|(given, _)| given == name);
    for needed in cmdlet.parameters.iter().filter(|parameter| parameter.required) {
        let is_elsewhere = is_piped && needed.name == "Identity";
        let counts = needed.sets.is_empty() || needed.sets.iter().any(|set| is_given(set));
        assert!(
            is_elsewhere || !counts || is_given(needed.name),
            "-{} is missing: {line}",
            needed.name
        );
    }
    Line { name: name.clone(), given }
}

fn check_value(kind: &Kind, values: &[Token], line: &str) {
    let list = matches!(kind, Kind::List(_) | Kind::Flags(_));
    let text = |token: &Token| match token {
        Token::Bare(text) | Token::Quoted(text) => text.clone(),
        other => panic!("{other:?}: {line}"),
    };
    if !list {
        assert!(values.len() == usize::from(*kind != Kind::Switch), "{values:?}: {line}");
    }
    match kind {
        Kind::Switch => {}
        Kind::Boolean => {
            assert!(["$true", "$false"].contains(&text(&values[0]).as_str()), "{line}")
        }
        Kind::Int32 => assert!(text(&values[0]).parse::<i32>().is_ok(), "{line}"),
        Kind::Enum(words) => assert!(words.contains(&text(&values[0]).as_str()), "{line}"),
        Kind::Size => assert!(text(&values[0]).parse::<model::ByteSize>().is_ok(), "{line}"),
        Kind::TimeSpan => assert!(text(&values[0]).parse::<model::TimeSpan>().is_ok(), "{line}"),
        Kind::Credential => {
            let Token::Group(inner) = &values[0] else { panic!("{line}") };
            assert_eq!(inner[0], Token::Bare("Get-Credential".into()), "{line}");
        }
        _ => assert!(!values.is_empty(), "{line}"),
    }
}
