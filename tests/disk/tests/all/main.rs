//! The spool on a disk that fails, and on one that loses its power at any moment: whatever happens,
//! what is found afterwards is what was committed last, or that and the one group of changes that
//! was under way.
//!
//! `RELAIS_SCHEDULES` says how many schedules there are in all (default 100,000), `RELAIS_SEED`
//! replays one and prints what happened in it, `RELAIS_FIRST_SEED` begins elsewhere.

mod bases;
mod below;
mod found;
mod model;
mod run;
mod schedules;
mod work;
