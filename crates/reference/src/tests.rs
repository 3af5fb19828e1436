use std::collections::HashSet;

use super::*;

fn page(language: Language, file: &str) -> String {
    let found = pages(language, &[]).into_iter().find(|page| page.file == file);
    found.unwrap_or_else(|| panic!("no {file}")).text
}

#[test]
fn every_cmdlet_has_its_place() {
    for language in [Language::English, Language::French] {
        let pages = pages(language, &[]);
        for cmdlet in cmdlets::all() {
            let heading = format!("\n## {}\n", cmdlet.name);
            let having = pages.iter().filter(|page| page.text.contains(&heading));
            assert_eq!(having.count(), 1, "{}", cmdlet.name);
        }
        let files: HashSet<&String> = pages.iter().map(|page| &page.file).collect();
        assert_eq!(files.len(), pages.len());
    }
}

#[test]
fn a_parameter_is_explained_with_what_is_so_of_it() {
    let english = page(Language::English, "send-connectors.md");
    let usage = english.lines().find(|line| line.starts_with("| `Usage`")).unwrap();
    assert!(usage.contains("*Allowed:* `Custom`, `Internal`, `Internet`, `Partner`."), "{usage}");
    assert!(
        english.contains("**Role groups that have one:** Organization Management."),
        "{english}"
    );
    assert!(english.contains("\nRemove-SendConnector [-Identity] <Identity>"), "{english}");
    assert!(english.contains("**Asks before it acts**"), "{english}");
    let french = page(Language::French, "send-connectors.md");
    assert!(
        french.contains("# Connecteurs d’envoi") && french.contains("*Obligatoire*"),
        "{french}"
    );
}

#[test]
fn settings_have_their_defaults() {
    let english = page(Language::English, "settings.md");
    for said in [
        "| `Port`<br>`Int32` | `25` |",
        "; with `-Usage Internal`: `Unlimited`",
        "From `1` to `2147483647`.",
    ] {
        assert!(english.contains(said), "{said}");
    }
    assert!(
        page(Language::French, "settings.md").contains("; avec `-Usage Internal` : `Unlimited`")
    );
}

/// A type that syntax names is explained on the first page.
#[test]
fn types_are_explained() {
    let known: HashSet<&str> = words::FORMS.iter().map(|(name, _)| *name).collect();
    for parameter in cmdlets::all().iter().flat_map(|cmdlet| cmdlet.parameters) {
        let shown = family::type_of(&parameter.kind);
        let name = shown.trim_matches('`');
        let bare = if name == "Byte[]" { name } else { name.trim_end_matches("[]") };
        assert!(known.contains(bare), "{} {name}", parameter.name);
    }
}

#[test]
fn text_stands_for_itself() {
    assert_eq!(markdown::plain("a|b *.c <d>"), "a\\|b \\*.c \\<d>");
    assert_eq!(markdown::anchor("Get-ADPermission"), "get-adpermission");
}
