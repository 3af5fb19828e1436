//! Which parameter an object that comes through the pipeline is for.

use cmdlets::{Parameter, Pipeline};

use super::{Bound, BoundValue};
use crate::error::ShellError;
use crate::value::Value;

impl Bound {
    /// The same command with an object of the pipeline bound.
    ///
    /// # Errors
    /// When no parameter takes it.
    pub(crate) fn with_input(&self, item: &Value) -> Result<Bound, ShellError> {
        let mut bound = self.clone();
        let Some((parameter, value)) = self.taker(item) else {
            let message = if self.cmdlet.parameters.iter().any(|p| p.pipeline != Pipeline::None) {
                "The input object cannot be bound to any parameters for the command: the parameter that takes it was given as well, or the object has no fitting property."
            } else {
                "The input object cannot be bound to any parameters for the command, which takes nothing from the pipeline."
            };
            return Err(self.failed(message).with_id("InputObjectNotBound"));
        };
        bound.values.push(BoundValue { parameter, value, span: None });
        Ok(bound)
    }

    /// The parameter an object is for, and the value it gets. A parameter that takes objects of this
    /// very type comes first, then one that takes a property, then any that takes an identity.
    fn taker(&self, item: &Value) -> Option<(&'static Parameter, Value)> {
        let free: Vec<&'static Parameter> = self
            .cmdlet
            .parameters
            .iter()
            .filter(|p| self.bound(p.name).is_none() && self.fits_sets(p))
            .collect();
        let by_identity = || free.iter().filter(|p| p.pipeline == Pipeline::ByIdentity);
        let same_type = by_identity().find(|p| self.takes_type(p, item));
        if let Some(parameter) = same_type {
            return Some((parameter, item.clone()));
        }
        let property = free.iter().find_map(|parameter| match parameter.pipeline {
            Pipeline::ByPropertyName(name) => {
                let value = item.properties()?.get(name)?.clone();
                Some((*parameter, value))
            }
            _ => None,
        });
        property.or_else(|| by_identity().next().map(|p| (*p, item.clone())))
    }

    fn takes_type(&self, parameter: &Parameter, item: &Value) -> bool {
        let Value::Object(object) = item else { return false };
        let name = &object.type_name;
        if parameter.name.eq_ignore_ascii_case("Identity") {
            name.eq_ignore_ascii_case(self.cmdlet.noun())
        } else {
            parameter.name.eq_ignore_ascii_case(name)
        }
    }
}
