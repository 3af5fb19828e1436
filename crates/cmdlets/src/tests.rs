use std::collections::HashSet;

use super::*;

#[test]
fn names_are_unique_and_found_without_regard_to_case() {
    let mut names = HashSet::new();
    for cmdlet in all() {
        assert!(names.insert(cmdlet.name.to_lowercase()), "{} twice", cmdlet.name);
        let found = find(&cmdlet.name.to_uppercase()).unwrap();
        assert_eq!(found.name, cmdlet.name);
    }
    assert!(find("Get-Nothing").is_none());
    assert!(find("").is_none());
}

#[test]
fn every_cmdlet_is_on_one_page_of_the_reference() {
    let mut on_pages: Vec<&str> =
        families().iter().flat_map(Family::cmdlets).map(|cmdlet| cmdlet.name).collect();
    on_pages.sort_unstable();
    let mut names: Vec<&str> = all().iter().map(|cmdlet| cmdlet.name).collect();
    names.sort_unstable();
    assert_eq!(on_pages, names);
}

#[test]
fn parameters_are_consistent() {
    for cmdlet in all() {
        let mut names = HashSet::new();
        let mut positions = HashSet::new();
        for parameter in cmdlet.parameters {
            for name in parameter.aliases.iter().chain([&parameter.name]) {
                assert!(names.insert(name.to_lowercase()), "{} {name} twice", cmdlet.name);
            }
            for set in parameter.sets {
                assert!(cmdlet.sets.contains(set), "{} {} {set}", cmdlet.name, parameter.name);
            }
            if let Some(position) = parameter.position {
                assert!(positions.insert(position), "{} position {position} twice", cmdlet.name);
            }
            for text in [parameter.help.en, parameter.help.fr] {
                assert!(text.ends_with('.'), "{} {}: {text}", cmdlet.name, parameter.name);
            }
        }
        assert_eq!(cmdlet.default_set.is_none(), cmdlet.sets.is_empty(), "{}", cmdlet.name);
        assert!(cmdlet.default_set.is_none_or(|set| cmdlet.sets.contains(&set)));
    }
}

#[test]
fn verbs_decide_what_a_cmdlet_may_do() {
    for cmdlet in all() {
        let changes = !["Get", "Test"].contains(&cmdlet.verb());
        assert_eq!(cmdlet.changes, changes, "{}", cmdlet.name);
        assert_eq!(cmdlet.supports_should_process, changes, "{}", cmdlet.name);
        assert_eq!(cmdlet.parameter("wi").is_some(), changes, "{}", cmdlet.name);
        assert_eq!(cmdlet.parameter("CF").is_some(), changes, "{}", cmdlet.name);
        assert_eq!(cmdlet.confirms, cmdlet.verb() == "Remove", "{}", cmdlet.name);
        assert!(!cmdlet.roles.is_empty(), "{}", cmdlet.name);
        assert!(cmdlet.synopsis.en.ends_with('.') && cmdlet.synopsis.fr.ends_with('.'));
    }
}

#[test]
fn every_role_is_held_by_a_role_group() {
    for cmdlet in all() {
        for role in cmdlet.roles {
            assert!(
                role_groups_holding(role).any(|group| group == "Organization Management"),
                "{role}"
            );
        }
    }
}

#[test]
fn documented_permissions() {
    let groups = |cmdlet: &str| -> Vec<&str> {
        BUILT_IN_ROLE_GROUPS
            .iter()
            .filter(|g| find(cmdlet).unwrap().roles.iter().any(|r| g.roles.contains(r)))
            .map(|g| g.name)
            .collect()
    };
    assert_eq!(groups("New-SendConnector"), ["Organization Management"]);
    assert_eq!(groups("Set-AcceptedDomain"), ["Organization Management"]);
    assert_eq!(groups("Set-RemoteDomain"), ["Organization Management"]);
    assert_eq!(groups("Retry-Queue"), ["Organization Management", "Server Management"]);
    let with_hygiene = ["Organization Management", "Server Management", "Hygiene Management"];
    assert_eq!(groups("Set-ReceiveConnector"), with_hygiene);
    assert_eq!(groups("Set-TransportService"), with_hygiene);
    assert!(groups("Get-SendConnector").contains(&"View-Only Organization Management"));
    let with_dkim = ["Organization Management", "Hygiene Management"];
    for cmdlet in ["New", "Set", "Rotate", "Remove"] {
        assert_eq!(groups(&format!("{cmdlet}-DkimSigningConfig")), with_dkim);
    }
    assert!(groups("Get-DkimSigningConfig").contains(&"View-Only Organization Management"));
    assert_eq!(groups("New-Mailbox"), ["Organization Management", "Recipient Management"]);
    assert_eq!(groups("Add-RoleGroupMember"), ["Organization Management"]);
}

#[test]
fn parameters_are_found_by_prefix() {
    let new = find("New-SendConnector").unwrap();
    let found: Vec<_> = new.parameters_beginning("sourceTransportServer").map(|p| p.name).collect();
    assert_eq!(found, ["SourceTransportServers"]);
    assert!(new.parameters_beginning("Int").count() > 1);
    assert!(find("Set-SendConnector").unwrap().parameter("Usage").is_none());
}
