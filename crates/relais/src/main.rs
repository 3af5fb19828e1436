//! The program: command line and wiring only.
fn main() {}
