//! What `Get-TlsReport` says of a failure that others report: what it means, and what to do.

use crate::Text;

/// The text for a `result-type` of RFC 8460 section 4.3; of what the standard does not name, a general one. Value:
/// the domain.
#[must_use]
pub fn tls_failure(result_type: &str) -> Text {
    let found = ALL.iter().find(|(name, _)| *name == result_type);
    found.map_or(OTHER, |(_, text)| *text)
}

/// Values: domain.
const OTHER: Text = Text {
    en: "A failure that has no name in the standard: what the sender writes beside it, or its contact, tells more about mail to {0}.",
    fr: "Un échec que la norme ne nomme pas : ce que l’expéditeur écrit à côté, ou son contact, en dit plus sur le courrier pour {0}.",
};

const ALL: &[(&str, Text)] = &[
    (
        "starttls-not-supported",
        Text {
            en: "A mail host of {0} did not offer STARTTLS, or refused it: its Receive connector needs Tls in AuthMechanism, and nothing in between (a firewall that reads SMTP) may take STARTTLS out.",
            fr: "Un hôte de messagerie de {0} n’a pas proposé STARTTLS, ou l’a refusé : son connecteur de réception doit avoir Tls dans AuthMechanism, et rien entre les deux (un pare-feu qui lit SMTP) ne doit retirer STARTTLS.",
        },
    ),
    (
        "certificate-host-mismatch",
        Text {
            en: "The certificate of a mail host of {0} is not for the name by which it is known in the MX record or the policy: have one made for that name (New-ExchangeCertificate) and let SMTP use it (Enable-ExchangeCertificate).",
            fr: "Le certificat d’un hôte de messagerie de {0} n’est pas au nom sous lequel l’enregistrement MX ou la politique le connaît : faites-en créer un à ce nom (New-ExchangeCertificate) et affectez-le à SMTP (Enable-ExchangeCertificate).",
        },
    ),
    (
        "certificate-expired",
        Text {
            en: "The certificate of a mail host of {0} has expired: renew it and let SMTP use the new one (Get-ExchangeCertificate shows the dates).",
            fr: "Le certificat d’un hôte de messagerie de {0} a expiré : renouvelez-le et affectez le nouveau à SMTP (Get-ExchangeCertificate montre les dates).",
        },
    ),
    (
        "certificate-not-trusted",
        Text {
            en: "No authority that the sender trusts vouches for the certificate of a mail host of {0}: have it issued by a public authority, and import the intermediate certificates with it.",
            fr: "Aucune autorité reconnue par l’expéditeur ne répond du certificat d’un hôte de messagerie de {0} : faites-le délivrer par une autorité publique, et importez avec lui les certificats intermédiaires.",
        },
    ),
    (
        "validation-failure",
        Text {
            en: "The TLS handshake with a mail host of {0} failed for a reason without a name of its own: look into the protocol log of the Receive connector at that time, and at its TlsMinimumVersion and TlsCipherSuites.",
            fr: "La négociation TLS avec un hôte de messagerie de {0} a échoué pour une raison sans nom particulier : consultez le journal de protocole du connecteur de réception à ce moment, et ses TlsMinimumVersion et TlsCipherSuites.",
        },
    ),
    (
        "tlsa-invalid",
        Text {
            en: "The certificate of a mail host of {0} is another than its TLSA records let through: publish the records that Test-DomainPublishing shows, and next time before the certificate changes.",
            fr: "Le certificat d’un hôte de messagerie de {0} n’est pas celui qu’admettent ses enregistrements TLSA : publiez ceux que montre Test-DomainPublishing, et la prochaine fois avant de changer de certificat.",
        },
    ),
    (
        "dnssec-invalid",
        Text {
            en: "The DNSSEC signatures of {0}, or of its mail hosts, are not good: have whoever runs that DNS renew them and compare the DS record at the registrar.",
            fr: "Les signatures DNSSEC de {0}, ou de ses hôtes de messagerie, ne sont pas bonnes : faites-les renouveler par qui gère ce DNS, et comparez l’enregistrement DS chez le bureau d’enregistrement.",
        },
    ),
    (
        "sts-policy-fetch-error",
        Text {
            en: "The MTA-STS policy of {0} could not be fetched: https://mta-sts.{0}/.well-known/mta-sts.txt must answer 200 from everywhere, without redirection.",
            fr: "La politique MTA-STS de {0} n’a pas pu être obtenue : https://mta-sts.{0}/.well-known/mta-sts.txt doit répondre 200 de partout, sans redirection.",
        },
    ),
    (
        "sts-policy-invalid",
        Text {
            en: "The MTA-STS policy of {0} cannot be read, or does not name a mail host that the MX records have: publish the one that Test-DomainPublishing shows.",
            fr: "La politique MTA-STS de {0} est illisible, ou ne nomme pas un hôte de messagerie des enregistrements MX : publiez celle que montre Test-DomainPublishing.",
        },
    ),
    (
        "sts-webpki-invalid",
        Text {
            en: "The certificate of the web server mta-sts.{0} has expired, is for another name, or of an authority that is not trusted: renew it there; the mail hosts are not concerned.",
            fr: "Le certificat du serveur web mta-sts.{0} a expiré, est à un autre nom, ou vient d’une autorité non reconnue : renouvelez-le là-bas ; les hôtes de messagerie ne sont pas en cause.",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_names_the_domain_in_both_languages() {
        for (name, text) in ALL.iter().chain([&("", OTHER)]) {
            for said in [text.en, text.fr] {
                assert!(said.contains("{0}") && said.ends_with('.'), "{name}: {said}");
            }
            assert!(!text.fr.contains('\''), "{name}: apostrophes as in refusals");
        }
        assert_eq!(tls_failure("something-new"), OTHER);
        assert_ne!(tls_failure("tlsa-invalid"), OTHER);
    }
}
