//! Maildirs with a quota: what does not fit comes back, and nobody else's mail does.

use model::{ByteSize, Unlimited};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_comes_back_to_its_sender() {
    let place = Place::new();
    let mut small = place.directory.snapshot().mailbox("Administrator").unwrap().as_ref().clone();
    small.prohibit_send_receive_quota = Unlimited::Limited(ByteSize::bytes(300));
    place.apply(Change::Update { object: Object::Mailbox(small) });
    let transport = place.start().await;
    for inbox in [1, 3] {
        // Jean gets a copy of his own, and the report of the second.
        submit(&transport, &["administrator@contoso.com", "jean@contoso.com"], None).await;
        until("all is settled", || is_empty(&transport) && place.inbox().len() == inbox).await;
    }
    assert_eq!(place.inbox_of("administrator").len(), 1);
    let report = place.inbox().into_iter().find(|text| text.contains("multipart/report")).unwrap();
    let diagnosis = "Diagnostic-Code: smtp; 554 5.2.2 mailbox full; STOREDRV.Deliver";
    assert!(report.contains(diagnosis) && report.contains("Status: 5.2.2"), "{report}");
    assert!(!report.contains("300"), "how large it is is nobody's business: {report}");
    let failed = "FAIL STOREDRIVER administrator@contoso.com";
    until("the log says so", || place.events().iter().any(|event| event == failed)).await;
    transport.stop().await;
}
