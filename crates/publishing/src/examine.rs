//! All checks of a domain: asked side by side, shown in their order.

use crate::{
    answer::Lookup, dkim, dmarc, finding::Finding, helo, host, mta_sts, mx, reverse, sending, spf,
    subject::Subject, tls_rpt, tlsa,
};

/// Examines what the subject's domain has published, in the order of [`crate::Check::ALL`].
pub async fn examine(subject: &Subject, lookup: &dyn Lookup) -> Vec<Finding> {
    let mail_hosts = async {
        let mx = mx::look_up(lookup, subject).await;
        let hosts = tlsa::look_up(lookup, &mx).await;
        (mx, hosts)
    };
    let sending = async {
        let sendings = sending::look_up(lookup, &subject.senders).await;
        let reverses = reverse::look_up(lookup, &sendings).await;
        (sendings, reverses)
    };
    let reports = tls_rpt::name(subject);
    let ((mx, tlsa_hosts), (sendings, reverses), spf, keys, dmarc, sts, reports) = tokio::join!(
        mail_hosts,
        sending,
        spf::look_up(lookup, subject),
        dkim::look_up(lookup, subject),
        dmarc::look_up(lookup, subject),
        mta_sts::look_up(lookup, subject),
        lookup.txt(&reports),
    );
    let mut findings = vec![mx::judge(subject, &mx)];
    findings.extend(mx.hosts.iter().map(|host| host::judge(host, &subject.own)));
    findings.push(spf::judge(subject, &sendings, &spf));
    findings.extend(dkim::judge(subject, &keys));
    findings.push(dmarc::judge(subject, &dmarc));
    findings.extend(mta_sts::judge(subject, &mx, &sts));
    findings.push(tls_rpt::judge(subject, &reports));
    findings.extend(tlsa::judge(subject, &lookup.validation(), &tlsa_hosts));
    findings.extend(reverse::judge(&sendings, &reverses));
    findings.extend(helo::judge(subject.domain.as_str(), &sendings));
    findings
}
