//! Authorization servers: who issues the access tokens that mail clients may sign in with (RFC 7628). Names are
//! those of Exchange's `*-AuthServer`; `Audience` and `UserClaim` are ours.

use model::{HttpsUrl, ObjectName};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
};

/// Longest issuer and audience, in bytes.
const MAX_TEXT: usize = 1024;
/// Longest name of a claim, in bytes.
const MAX_CLAIM: usize = 128;
/// Most claims that may name the user.
const MAX_CLAIMS: usize = 8;

properties! {
    /// Who issues access tokens, and what must stand in one.
    pub struct AuthServer, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
        /// Where its metadata are (OpenID Connect Discovery, RFC 8414): issuer and keys.
        auth_metadata_url: HttpsUrl, "AuthMetadataUrl";
        /// What `aud` must hold: what the issuer calls this mail service. Ours.
        audience: String, "Audience";
    }
    settings {
        /// What `iss` must be; what the metadata say, unless given.
        issuer_identifier: Option<String> = None, "IssuerIdentifier";
        /// The claims that may name the user: the first that is there does, by one of his mail addresses. Ours.
        user_claim: Vec<String> = AuthServer::USER_CLAIMS.map(str::to_owned).to_vec(), "UserClaim";
        /// Whether its tokens are taken.
        enabled: bool = true, "Enabled";
    }
}

impl AuthServer {
    /// The claims that may name the user, unless others are given.
    pub const USER_CLAIMS: [&'static str; 3] = ["email", "preferred_username", "upn"];
    /// How many an organization may have: each is asked for its keys.
    pub const MOST: usize = 8;

    /// Checks everything that is not the business of one value's type: AS-02 and AS-03.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        let issuer = self.issuer_identifier.as_deref();
        let texts = [("Audience", Some(self.audience.as_str())), ("IssuerIdentifier", issuer)];
        for (property, text) in texts {
            if let Some(text) = text.filter(|text| !is_text(text)) {
                return Err(RuleError::new(
                    "AS-02",
                    property,
                    text,
                    format!(
                        "\"{text}\" is empty, longer than 1,024 bytes, or has other than visible characters"
                    ),
                    "What the issuer writes into its tokens, letter for letter",
                ));
            }
        }
        let claims = &self.user_claim;
        let unfit = claims.iter().find(|claim| !is_text(claim) || claim.len() > MAX_CLAIM);
        if unfit.is_some() || claims.is_empty() || claims.len() > MAX_CLAIMS {
            return Err(RuleError::new(
                "AS-03",
                "UserClaim",
                unfit.map_or("", String::as_str),
                "these are no names of claims",
                "1 to 8 names of at most 128 visible characters, such as email",
            ));
        }
        Ok(())
    }

    /// The object's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(
            self.name.as_str(),
            "CN=Auth Servers,CN=Auth Configuration,CN=Configuration",
        )
    }
}

fn is_text(text: &str) -> bool {
    (1..=MAX_TEXT).contains(&text.len())
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

fn view(server: &AuthServer, mut listing: Listing) -> Listing {
    let name = server.name.as_str();
    listing.extend([
        // What only who reads the keys knows, for it to fill in.
        ("MetadataIssuer", Value::Null),
        ("KeyCount", Value::from(0)),
        ("KeysRead", Value::Null),
        ("LastError", Value::Null),
        ("Identity", Value::from(name)),
    ]);
    listing.extend(boilerplate(
        &server.header,
        name,
        server.distinguished_name(),
        &["top", "msExchAuthAuthServer"],
    ));
    listing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{properties::Properties, setting::Stored};

    fn server() -> AuthServer {
        let url = "https://login.test/realms/mail/.well-known/openid-configuration";
        AuthServer::with_defaults(
            Header::fresh(),
            "Keycloak".parse().unwrap(),
            url.parse().unwrap(),
            "relais".to_owned(),
        )
    }

    #[test]
    fn one_that_is_new_takes_tokens_by_the_usual_claims() {
        let view = server().view();
        assert_eq!(view["Enabled"], json!(true));
        assert_eq!(view["UserClaim"], json!(["email", "preferred_username", "upn"]));
        assert_eq!(view["IssuerIdentifier"], json!(null));
        assert_eq!(server().validate(), Ok(()));
        let changed = server();
        assert_eq!(AuthServer::load(&changed.store()).unwrap(), changed);
    }

    #[test]
    fn refusals_name_value_and_what_is_allowed() {
        for (property, value, id) in [
            ("Audience", json!(""), "AS-02"),
            ("Audience", json!("two words"), "AS-02"),
            ("Audience", json!("x".repeat(1025)), "AS-02"),
            ("IssuerIdentifier", json!("https://a.test/ "), "AS-02"),
            ("UserClaim", json!([]), "AS-03"),
            ("UserClaim", json!(["email", "x".repeat(129)]), "AS-03"),
            ("UserClaim", json!(["1", "2", "3", "4", "5", "6", "7", "8", "9"]), "AS-03"),
        ] {
            let mut one = server();
            one.set(property, &value).unwrap();
            assert_eq!(one.validate().unwrap_err().id, id, "{property} {value}");
        }
        let error = server().set("AuthMetadataUrl", &json!("http://a.test/")).unwrap_err();
        assert!(error.to_string().contains("https://"), "{error}");
    }
}
