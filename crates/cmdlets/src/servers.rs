//! `Get-ExchangeServer` (management.md section 8.7).

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{
    EXCHANGE_SERVERS, RECEIVE_CONNECTORS, SEND_CONNECTORS, TRANSPORT_QUEUES,
    VIEW_ONLY_CONFIGURATION,
};
use crate::standard::{READING, identity_to_read, parameters};

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Get-ExchangeServer",
    synopsis: Text {
        en: "Shows the servers of the organization.",
        fr: "Affiche les serveurs de l'organisation.",
    },
    sets: &["Identity", "Domain"],
    default_set: Some("Identity"),
    parameters: parameters![
        [
            identity_to_read(
                "The server: name, FQDN, GUID, distinguished name or object.",
                "Le serveur : nom, nom de domaine complet, GUID, nom unique (DN) ou objet.",
            )
            .sets(&["Identity"]),
            Parameter::new(
                "Domain",
                Kind::Fqdn,
                "Only the servers whose FQDN is in this domain.",
                "Seulement les serveurs dont le nom complet est dans ce domaine.",
            )
            .required()
            .sets(&["Domain"]),
            Parameter::new(
                "Status",
                Kind::Switch,
                "Accepted; all values are always returned.",
                "Accepté ; toutes les valeurs sont toujours renvoyées.",
            ),
        ],
        READING,
    ],
    roles: &[
        EXCHANGE_SERVERS,
        SEND_CONNECTORS,
        RECEIVE_CONNECTORS,
        TRANSPORT_QUEUES,
        VIEW_ONLY_CONFIGURATION,
    ],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &["Name", "Site", "ServerRole", "Edition", "AdminDisplayVersion"],
        type_name: "ExchangeServer",
    },
}];
