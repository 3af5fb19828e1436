//! English and French: what people are told.
