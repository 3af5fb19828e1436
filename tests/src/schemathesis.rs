//! schemathesis: makes requests from the API's own description, sensible ones and others, and holds
//! the answers against it. `tests/setup` installs it beside the build.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{ADMIN_PASSWORD, ADMINISTRATOR, Relais, clients::script, process::said};

/// What has to hold of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";
/// Failed sign-ins shut the door for a minute, and streams do not end: the first comes last, the
/// second has tests of its own.
const SESSION: &str = "/api/v1/session";
const EVENTS: &str = "/api/v1/events";
/// Requests of each kind, by a fixed seed: about half a minute in all.
const EXAMPLES: &str = "8";

/// Tries the whole API of a sandbox; whether nothing was found, and all it said.
///
/// # Panics
/// When schemathesis is not there (tests/setup).
pub fn schemathesis(relais: &Relais) -> (bool, String) {
    let (good, all) = run(relais, &["--exclude-path", SESSION, "--exclude-path", EVENTS]);
    let (also_good, session) = run(relais, &["--include-path", SESSION]);
    (good && also_good, all + &session)
}

fn run(relais: &Relais, which: &[&str]) -> (bool, String) {
    let hooks = script("api_hooks.py");
    let output = Command::new(installed())
        .args(["run", &format!("{}/api/openapi.json", relais.url()), "--checks", CHECKS])
        .args(["--phases", "fuzzing", "--max-examples", EXAMPLES, "--mode", "all"])
        .args(["--generation-deterministic", "--warnings", "off", "--no-color"])
        .args(["--auth", &format!("{ADMINISTRATOR}:{ADMIN_PASSWORD}"), "--tls-verify"])
        .arg(relais.authority())
        .args(which)
        .env("SCHEMATHESIS_HOOKS", "api_hooks")
        .env("PYTHONPATH", hooks.parent().expect("a directory"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // It keeps what it has found in the directory it is started in.
        .current_dir(relais.data())
        .stdin(Stdio::null())
        .output()
        .expect("schemathesis (tests/setup)");
    (output.status.success(), said(&output))
}

/// Where `tests/setup` puts it: in the target directory, beside the profile's.
fn installed() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let target = test.ancestors().nth(3).expect("target/<profile>/deps/test");
    target.join("schemathesis/bin/schemathesis")
}
