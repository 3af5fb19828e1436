//! The management shell: language, line editor, tables. Speaks to the API.
