//! Address spaces of Send connectors: `Type:Space;Cost` (send-connectors.md section 3).

use std::{fmt, str::FromStr};

use model::{DomainPattern, ValueError};
use serde_json::Value;

use super::enumeration::text_serde;
use crate::{
    rule::Refused,
    setting::{Setting, Stored, text_of},
};

const FORMS: &str = "a domain (contoso.com), a domain with all its subdomains (*.contoso.com) or \
                     every domain (*), optionally as Type:Space;Cost with a cost from 1 to 100";
const MAX_LENGTH: usize = 1024;

/// What a connector adds to the cost of a route, 1 to 100; lower is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(u8);

impl Cost {
    /// The default, 1.
    pub const LOWEST: Self = Self(1);

    /// The cost as a number.
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::LOWEST
    }
}

impl FromStr for Cost {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.trim()
            .parse()
            .ok()
            .filter(|cost| (1..=100).contains(cost))
            .map(Self)
            .ok_or_else(|| ValueError::new(text, "is not a cost", "an integer from 1 to 100"))
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_serde!(Cost);

/// What a Send connector carries, and at which cost.
#[derive(Debug, Clone)]
pub struct AddressSpace {
    target: Target,
    /// The cost, 1 unless given.
    pub cost: Cost,
}

#[derive(Debug, Clone)]
enum Target {
    Smtp(DomainPattern),
    /// Other kinds are stored and shown; nothing in mail by SMTP matches them.
    Other {
        kind: String,
        space: String,
    },
}

impl AddressSpace {
    /// An SMTP space.
    pub fn smtp(pattern: DomainPattern, cost: Cost) -> Self {
        Self { target: Target::Smtp(pattern), cost }
    }

    /// The type: `SMTP`, or any other text.
    pub fn kind(&self) -> &str {
        match &self.target {
            Target::Smtp(_) => "SMTP",
            Target::Other { kind, .. } => kind,
        }
    }

    /// The space without type and cost.
    pub fn space(&self) -> String {
        match &self.target {
            Target::Smtp(pattern) => pattern.to_string(),
            Target::Other { space, .. } => space.clone(),
        }
    }

    /// The domains of an SMTP space.
    pub fn smtp_pattern(&self) -> Option<&DomainPattern> {
        match &self.target {
            Target::Smtp(pattern) => Some(pattern),
            Target::Other { .. } => None,
        }
    }

    /// Whether both cover the same addresses, whatever they cost.
    pub fn same_space(&self, other: &Self) -> bool {
        match (&self.target, &other.target) {
            (Target::Smtp(a), Target::Smtp(b)) => a == b,
            (Target::Other { kind: a, space: x }, Target::Other { kind: b, space: y }) => {
                a.eq_ignore_ascii_case(b) && x.to_lowercase() == y.to_lowercase()
            }
            _ => false,
        }
    }

    fn parse(text: &str) -> Result<Self, Refused> {
        let malformed = |problem: &str| Refused::by("SC-04", ValueError::new(text, problem, FORMS));
        if text.len() > MAX_LENGTH {
            return Err(malformed("is too long for an address space"));
        }
        if text.chars().any(char::is_control) {
            return Err(malformed("contains a control character"));
        }
        // A space of another type may contain semicolons: what follows the last one is the cost.
        let (rest, cost) = match text.rsplit_once(';') {
            Some((rest, cost)) => {
                (rest, cost.parse().map_err(|error| Refused::by("SC-05", error))?)
            }
            None => (text, Cost::LOWEST),
        };
        let (kind, space) = rest.split_once(':').unwrap_or(("SMTP", rest));
        let (kind, space) = (kind.trim(), space.trim());
        if kind.is_empty() || space.is_empty() {
            return Err(malformed("names no address space"));
        }
        if kind.eq_ignore_ascii_case("Local") {
            return Err(malformed("has the type Local; set IsScopedConnector to $true instead"));
        }
        if space == "--" {
            return Err(malformed("is for connectors of Edge servers only"));
        }
        if !kind.eq_ignore_ascii_case("SMTP") {
            let target = Target::Other { kind: kind.to_owned(), space: space.to_owned() };
            return Ok(Self { target, cost });
        }
        let pattern = space.parse().map_err(|error: ValueError| malformed(&error.problem))?;
        Ok(Self { target: Target::Smtp(pattern), cost })
    }
}

impl PartialEq for AddressSpace {
    fn eq(&self, other: &Self) -> bool {
        self.cost == other.cost && self.same_space(other)
    }
}

impl Eq for AddressSpace {}

impl FromStr for AddressSpace {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::parse(text).map_err(|refused| refused.error)
    }
}

impl fmt::Display for AddressSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Smtp(pattern) => write!(f, "SMTP:{pattern};{}", self.cost),
            Target::Other { kind, space } => write!(f, "{kind}:{space};{}", self.cost),
        }
    }
}

text_serde!(AddressSpace);

impl Stored for AddressSpace {
    fn store(&self) -> Value {
        Value::String(self.to_string())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::read(value)
    }
}

impl Setting for AddressSpace {
    fn read(value: &Value) -> Result<Self, Refused> {
        let text = text_of(value, FORMS).map_err(|r| Refused::by("SC-04", r.error))?;
        Self::parse(&text)
    }

    fn same(&self, other: &Self) -> bool {
        self.same_space(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_documented_forms_are_one_value() {
        for form in ["contoso.com", "contoso.com;1", "SMTP:contoso.com", "smtp:Contoso.com;1"] {
            assert_eq!(form.parse::<AddressSpace>().unwrap().to_string(), "SMTP:contoso.com;1");
        }
        assert_eq!("*".parse::<AddressSpace>().unwrap().to_string(), "SMTP:*;1");
        assert_eq!("*.com;100".parse::<AddressSpace>().unwrap().cost.value(), 100);
        let x400: AddressSpace = "X400:o=MySite;p=MyOrg;a=adatum;c=us;1".parse().unwrap();
        assert_eq!(x400.to_string(), "X400:o=MySite;p=MyOrg;a=adatum;c=us;1");
        assert!(x400.smtp_pattern().is_none());
    }

    #[test]
    fn refusals_name_the_rule() {
        for (text, id) in [
            ("*contoso.com", "SC-04"),
            ("con*.com", "SC-04"),
            ("contoso.*", "SC-04"),
            ("a..b", "SC-04"),
            ("a_b.com", "SC-04"),
            ("--", "SC-04"),
            ("", "SC-04"),
            ("Local:contoso.com", "SC-04"),
            ("contoso.com;0", "SC-05"),
            ("contoso.com;101", "SC-05"),
            ("contoso.com;1.5", "SC-05"),
            ("contoso.com;cheap", "SC-05"),
        ] {
            let refused = AddressSpace::read(&Value::from(text)).unwrap_err();
            assert_eq!(refused.id, Some(id), "{text}: {refused}");
        }
        let refused = AddressSpace::read(&Value::from("contoso.com;101")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "\"101\" is not a cost. Allowed: an integer from 1 to 100."
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_shows_what_it_reads(text in "\\PC{0,60}") {
            if let Ok(space) = text.parse::<AddressSpace>() {
                prop_assert_eq!(space.to_string().parse::<AddressSpace>().unwrap(), space);
            }
        }

        #[test]
        fn costs_within_the_range_only(cost in any::<i32>()) {
            let parsed = format!("contoso.com;{cost}").parse::<AddressSpace>();
            prop_assert_eq!(parsed.is_ok(), (1..=100).contains(&cost));
        }
    }
}
