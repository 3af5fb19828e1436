//! What a property of an object holds, for whoever describes the API.

/// A property of objects of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyShape {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub holds: Holds,
    /// Whether it can be `null`.
    pub nullable: bool,
}

/// What is in a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A moment, `2023-11-14T22:13:20.123Z`.
    Moment,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// An integer, or `Unlimited`.
    IntegerOrUnlimited,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    Texts,
    /// A list of integers.
    Integers,
    /// A list of objects of this type.
    Objects(&'static str),
}
