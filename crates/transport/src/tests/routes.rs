//! Which changes of the directory have everything that waits routed again.

use super::*;
use crate::reroute::routes_alike;

#[tokio::test]
async fn what_only_says_how_a_connector_sends_routes_nothing_anew() {
    let place = Place::new();
    let empty = place.directory.snapshot();
    place.connect("127.0.0.1:25".parse().unwrap(), |_| {});
    assert!(!routes_alike(&empty, &place.directory.snapshot()));
    let alike_after = |change: fn(&mut SendConnector)| {
        let before = place.directory.snapshot();
        let mut connector = before.send_connectors[0].as_ref().clone();
        change(&mut connector);
        place.apply(Change::Update { object: Object::SendConnector(connector) });
        let after = place.directory.snapshot();
        assert_ne!(before.revision, after.revision);
        routes_alike(&before, &after)
    };
    assert!(alike_after(|c| c.comment = Some("a word".into())));
    assert!(alike_after(|c| c.smtp_max_messages_per_connection = 1000));
    assert!(!alike_after(|c| c.address_spaces = vec!["*.example".parse().unwrap()]));
    assert!(!alike_after(|c| c.enabled = false));
    let before = place.directory.snapshot();
    place.relay_everything();
    assert!(!routes_alike(&before, &place.directory.snapshot()));
}
