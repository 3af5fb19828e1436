//! A page of cmdlets: what each does, how it is written, its parameters, who may run it.

use cmdlets::{Cmdlet, Fact, Family, Kind, Parameter};
use texts::Language;

use crate::{
    OwnCommand,
    markdown::{anchor, code, codes, head, plain, row},
    words,
};

/// How wide syntax is written, in characters.
const WIDTH: usize = 90;

/// A family of the server's cmdlets.
pub(crate) fn write(family: &Family, language: Language) -> String {
    let all: Vec<&'static Cmdlet> = family.cmdlets().collect();
    let mut page = opened(of(family.title, language), family.slug, language);
    page.push_str(&contents(&all, language));
    for cmdlet in all {
        page.push_str(&written(cmdlet, language));
        page.push_str(&permission(cmdlet, language));
    }
    page
}

/// The shell's own commands.
pub(crate) fn write_own(own: &[OwnCommand], language: Language) -> String {
    let mut page = opened(words::OWN_TITLE.get(language), "shell-commands", language);
    page.push_str(&format!("{}\n\n", words::OWN_ABOUT.get(language)));
    let all: Vec<&'static Cmdlet> = own.iter().map(|(command, _)| *command).collect();
    page.push_str(&contents(&all, language));
    for (command, short) in own {
        page.push_str(&written(command, language));
        if !short.is_empty() {
            page.push_str(&format!("\n{} {}\n", words::SHORT_NAMES.get(language), codes(short)));
        }
    }
    page
}

/// A text of a declaration in a language.
pub(crate) fn of(text: cmdlets::Text, language: Language) -> &'static str {
    match language {
        Language::English => text.en,
        Language::French => text.fr,
    }
}

/// Title, where the page comes from, and what to read besides.
fn opened(title: &str, slug: &str, language: Language) -> String {
    let mut page = format!("# {title}\n\n{}", words::MADE_OF.get(language));
    if let Some((_, more)) = words::SEE_ALSO.iter().find(|(of, _)| *of == slug) {
        let link =
            |(file, text): &(&str, texts::Text)| format!("[{}](../{file})", text.get(language));
        let links: Vec<String> = more.iter().map(link).collect();
        page.push_str(&format!(" {} {}.", words::SEE.get(language), links.join(", ")));
    }
    page.push_str("\n\n");
    page
}

fn contents(all: &[&'static Cmdlet], language: Language) -> String {
    let mut table = head(&[words::CMDLET.get(language), words::MEANING.get(language)]);
    for cmdlet in all {
        let link = format!("[`{}`](#{})", cmdlet.name, anchor(cmdlet.name));
        table.push_str(&row(&[&link, &plain(of(cmdlet.synopsis, language))]));
    }
    table
}

/// Name, synopsis, syntax, parameters.
fn written(cmdlet: &Cmdlet, language: Language) -> String {
    let name = cmdlet.name;
    let synopsis = plain(of(cmdlet.synopsis, language));
    let mut text =
        format!("\n## {name}\n\n{synopsis}\n\n```powershell\n{}```\n", syntax(cmdlet, language));
    if cmdlet.confirms {
        text.push_str(&format!("\n{}\n", words::CONFIRMS.get(language)));
    }
    if cmdlet.parameters.is_empty() {
        return text;
    }
    text.push('\n');
    text.push_str(&head(&[
        words::PARAMETER.get(language),
        words::TYPE.get(language),
        words::HELP.get(language),
    ]));
    for parameter in cmdlet.parameters {
        text.push_str(&row(&[
            &code(parameter.name),
            &type_of(&parameter.kind),
            &explained(parameter, cmdlet, language),
        ]));
    }
    text
}

/// Once for each parameter set, under its name.
fn syntax(cmdlet: &Cmdlet, language: Language) -> String {
    if cmdlet.sets.is_empty() {
        return wrapped(&cmdlet.syntax(None));
    }
    let line = |set: &&str| {
        let is_default = cmdlet.default_set == Some(*set);
        let note = if is_default {
            format!(" ({})", words::DEFAULT_SET.get(language))
        } else {
            String::new()
        };
        format!("# {set}{note}\n{}", wrapped(&cmdlet.syntax(Some(set))))
    };
    cmdlet.sets.iter().map(line).collect()
}

/// In lines as wide as a page, broken between parameters; those after the first stand in.
fn wrapped(syntax: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for (place, part) in parts(syntax).into_iter().enumerate() {
        let length = part.chars().count() + 1;
        match place {
            0 => text.push_str(part),
            _ if width + length > WIDTH => {
                text.push_str(&format!("\n    {part}"));
                width = 3;
            }
            _ => text.push_str(&format!(" {part}")),
        }
        width += length;
    }
    text + "\n"
}

/// The name and each parameter with its value: blanks within brackets are no ends.
fn parts(syntax: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in syntax.char_indices() {
        match c {
            '[' | '<' => depth += 1,
            ']' | '>' => depth -= 1,
            ' ' if depth == 0 && !syntax[at + 1..].starts_with('<') => {
                parts.push(&syntax[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&syntax[begin..]);
    parts
}

/// The words of an enumeration stand with the help.
pub(crate) fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Enum(_) | Kind::Flags(_) => code("Enum"),
        Kind::List(Kind::Enum(_) | Kind::Flags(_)) => code("Enum[]"),
        kind => code(&kind.name()),
    }
}

fn explained(parameter: &Parameter, cmdlet: &Cmdlet, language: Language) -> String {
    let mut text = plain(of(parameter.help, language));
    for fact in parameter.facts(cmdlet) {
        text.push_str(&format!(" {}.", said(&fact, language)));
    }
    text
}

fn said(fact: &Fact, language: Language) -> String {
    let label = of(fact.label, language);
    match fact.values.as_slice() {
        [] => format!("*{label}*"),
        [place] if place.parse::<u8>().is_ok() => format!("*{label} {place}*"),
        values => format!("*{label}* {}", codes(values)),
    }
}

/// Who may run it, and what it gives.
fn permission(cmdlet: &Cmdlet, language: Language) -> String {
    let groups = cmdlets::BUILT_IN_ROLE_GROUPS
        .iter()
        .filter(|group| cmdlet.roles.iter().any(|role| group.roles.contains(role)));
    let groups: Vec<&str> = groups.map(|group| group.name).collect();
    format!(
        "\n{} {}. {} {}.\n\n{} {}.\n",
        words::ROLES.get(language),
        cmdlet.roles.join(", "),
        words::ROLE_GROUPS.get(language),
        groups.join(", "),
        words::GIVES.get(language),
        given(cmdlet, language)
    )
}

fn given(cmdlet: &Cmdlet, language: Language) -> String {
    let output = cmdlet.output;
    if output.type_name.is_empty() {
        return words::NO_OBJECT.get(language).to_owned();
    }
    let columns = codes(output.columns);
    format!("{}; {} {columns}", code(output.type_name), words::TABLE_OF.get(language))
}
