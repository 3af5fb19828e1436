//! The properties that can be set, and what a new object has of each: for whoever writes the reference.
//!
//! Nothing is listed a second time: two new objects of different names are held against each other, and what both have is a
//! default. What a connector has by its usage is found the same way.

use cmdlets::{Availability, Cmdlet, Family, Parameter};
use directory::Usage;
use serde_json::Value;

use crate::shapes::{Specimen, gives, setter, specimens};

/// The usages of connectors, that of a default first.
const USAGES: [(&str, Usage); 5] = [
    ("Custom", Usage::Custom),
    ("Internal", Usage::Internal),
    ("Internet", Usage::Internet),
    ("Partner", Usage::Partner),
    ("Client", Usage::Client),
];

/// What objects of a type can be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cmdlet that shows them.
    pub shown_by: &'static Cmdlet,
    /// What can be set, in documented order.
    pub properties: Vec<SettingShape>,
    /// What is shown besides.
    pub only_shown: Vec<String>,
}

/// A property that can be set.
#[derive(Debug, Clone)]
pub struct SettingShape {
    /// Its name.
    pub name: String,
    /// The parameter that sets it.
    pub parameter: &'static Parameter,
    /// The lowest and the highest value, where both are documented.
    pub range: Option<[String; 2]>,
    /// What a new object has; `None` where that is the object's own: its name, its addresses.
    pub default: Option<Value>,
    /// What connectors of other usages have instead.
    pub by_usage: Vec<(&'static str, Value)>,
}

/// Of every type that a `Set-` cmdlet changes, in the order of the reference.
#[must_use]
pub fn settings() -> Vec<Settings> {
    let of = |name, domain, usage| specimens(name, domain, usage).unwrap_or_default();
    let all = of("Specimen", "contoso.com", Usage::Custom);
    let others = of("Another", "fabrikam.com", Usage::Custom);
    let by_usage = USAGES.map(|(word, usage)| (word, of("Specimen", "contoso.com", usage)));
    let mut settings: Vec<Settings> = Vec::new();
    for (place, specimen) in all.iter().enumerate() {
        let Some(shown_by) = gives(specimen.shape.type_name).filter(|get| is_set(get.noun()))
        else {
            continue;
        };
        let other = others.get(place);
        let usages: Vec<_> =
            by_usage.iter().filter_map(|(word, all)| Some((*word, all.get(place)?))).collect();
        settings.push(settings_of(shown_by, specimen, other, &usages));
    }
    let in_order = || cmdlets::families().iter().flat_map(Family::cmdlets);
    settings.sort_by_key(|one| in_order().position(|cmdlet| cmdlet.name == one.shown_by.name));
    settings
}

/// Whether it changes the property of its name: not what names the object, nor what is refused.
fn sets(parameter: &Parameter) -> bool {
    parameter.name != "Identity" && parameter.availability != Availability::Exchange2010
}

fn is_set(noun: &str) -> bool {
    cmdlets::all().iter().any(|cmdlet| cmdlet.verb() == "Set" && cmdlet.noun() == noun)
}

fn settings_of(
    shown_by: &'static Cmdlet,
    specimen: &Specimen,
    other: Option<&Specimen>,
    usages: &[(&'static str, &Specimen)],
) -> Settings {
    let mut settings = Settings { shown_by, properties: Vec::new(), only_shown: Vec::new() };
    for (name, value) in &specimen.view {
        let setter = setter(specimen.shape.type_name, name);
        let Some(parameter) = setter.filter(|parameter| sets(parameter)) else {
            settings.only_shown.push(name.clone());
            continue;
        };
        let is_default = other.is_some_and(|other| other.view.get(name) == Some(value));
        let differs = |(word, of): &(&'static str, &Specimen)| {
            let here = of.view.get(name).filter(|here| *here != value)?;
            Some((*word, here.clone()))
        };
        settings.properties.push(SettingShape {
            name: name.clone(),
            parameter,
            range: specimen.ranges.iter().find(|(of, _)| of == name).map(|(_, both)| both.clone()),
            default: is_default.then(|| value.clone()),
            by_usage: if is_default {
                usages.iter().filter_map(differs).collect()
            } else {
                Vec::new()
            },
        });
    }
    settings
}
