//! How resources are shown.

use std::sync::Arc;

use model::{Resource, Timestamp};
use resources::{Board, Reading, Settings};
use serde_json::json;

use super::*;

fn pressed() -> Organization {
    let mut organization = Organization::new();
    let start = Timestamp::from_millis(1_700_000_000_000);
    let board = Board::new(Settings::default(), start);
    board.set_place(Resource::DatabaseDisk, Some("/data/\"a&b\"/spool.db".to_owned()));
    let later = Timestamp::from_millis(1_700_000_060_000);
    board.look(Resource::DatabaseDisk, Reading::of(95 << 20, 100 << 20), later);
    board.look(Resource::SubmissionQueue, Reading::count(4321), later);
    let plain = Organization::new().management;
    let management = std::mem::replace(&mut organization.management, plain);
    organization.management = management.with_resources(Arc::new(board));
    organization
}

#[tokio::test]
async fn each_resource_is_a_row() {
    let organization = pressed();
    let resources = organization.all("Get-BackPressure", "Resource").await;
    assert_eq!(resources, Resource::ALL.map(|r| r.name().to_owned()));
    for identity in ["DatabaseDisk", "databasedisk", "MBX01\\DatabaseDisk"] {
        let row = organization.get("Get-BackPressure", identity).await;
        let words = ["Level", "PreviousLevel", "NewMail", "Value", "HighThreshold", "Since"];
        let shown: Vec<&str> = words.iter().map(|w| row[w].as_str().unwrap()).collect();
        let expected = [
            "High",
            "Normal",
            "Refused",
            "95 MB (99,614,720 bytes)",
            "90 MB (94,371,840 bytes)",
            "2023-11-14T22:14:20.000Z",
        ];
        assert_eq!(shown, expected, "{identity}");
    }
    let row = organization.get("Get-BackPressure", "SubmissionQueue").await;
    assert_eq!((&row["Value"], &row["Delay"]), (&json!(4321), &json!("00:00:10")));
    assert_eq!(row["NewMail"], "Delayed");
    let row = organization.get("Get-BackPressure", "ProcessMemory").await;
    assert_eq!((&row["Value"], &row["Level"]), (&Value::Null, &json!("Normal")));
    let problem = organization.refused("Get-BackPressure", json!({ "Identity": "Disk" })).await;
    assert_eq!(problem.parameter.as_deref(), Some("Identity"));
    assert!(problem.allowed.unwrap().contains("LogDisk"));
    let problem = organization.refused("Get-BackPressure", json!({ "Server": "MBX99" })).await;
    assert_eq!(problem.status, 404);
}

#[tokio::test]
async fn exchange_s_way_of_showing_it() {
    let organization = pressed();
    let asked = json!({ "Process": "edgetransport", "Component": "ResourceThrottling" });
    let output = organization.ok("Get-ExchangeDiagnosticInfo", asked).await;
    let xml = output.objects[0]["Result"].as_str().unwrap();
    let meter = "<ResourceMeter Resource=\"UsedDiskSpace[/data/&quot;a&amp;b&quot;/spool.db]\" CurrentResourceUse=\"High\" PreviousResourceUse=\"Low\" PressureTransitions=\"MediumToHigh=94371840, ";
    assert!(xml.contains(meter), "{xml}");
    assert!(
        xml.contains("Resource=\"QueueLength[SubmissionQueue]\" CurrentResourceUse=\"Medium\"")
    );
    assert_eq!(xml.matches("<ResourceMeter ").count(), Resource::ALL.len());
    let output = organization.ok("Get-ExchangeDiagnosticInfo", json!({})).await;
    let xml = output.objects[0]["Result"].as_str().unwrap();
    assert!(xml.contains("<Components><ResourceThrottling /></Components>"), "{xml}");
    let wrong = json!({ "Process": "Notepad" });
    let problem = organization.refused("Get-ExchangeDiagnosticInfo", wrong).await;
    assert_eq!(problem.allowed.as_deref(), Some("EdgeTransport"));
}

#[tokio::test]
async fn who_monitors_may_look_and_others_may_not() {
    let organization = pressed();
    for (group, may) in [
        ("View-Only Organization Management", true),
        ("Server Management", true),
        ("Help Desk", false),
    ] {
        let caller = organization.member_of(group, &group.replace(' ', ""));
        let result = organization.run_as(&caller, "Get-BackPressure", json!({})).await;
        assert_eq!(result.is_ok(), may, "{group}");
    }
}
