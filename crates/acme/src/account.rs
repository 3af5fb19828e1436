//! Our account with the authority: made once, its key sealed in a file of the data directory, used again after every
//! restart. Each ACME server has a file of its own.

use std::path::PathBuf;

use aws_lc_rs::digest;
use directory::Directory;
use hyper::Uri;
use instant_acme::{Account, AccountBuilder, AccountCredentials, ExternalAccountKey, NewAccount};
use model::HttpsUrl;
use serde::{Deserialize, Serialize};
use vault::Sealed;
use zeroize::Zeroizing;

use crate::{AcmeSettings, client::Client, failure::Failure, file};

/// Where accounts are kept.
pub(crate) struct Accounts {
    /// The directory of the files.
    pub(crate) place: PathBuf,
    /// Seals keys.
    pub(crate) directory: Directory,
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kept {
    /// Of which server.
    directory: String,
    /// What the server has been told of us.
    contact: Vec<String>,
    /// The external account it was made for.
    #[serde(default)]
    kid: Option<String>,
    /// Address and key of the account, sealed.
    credentials: Sealed,
}

impl Accounts {
    /// The account: the one that is kept, or a new one.
    ///
    /// # Errors
    /// When the server does not give one.
    pub(crate) async fn open(
        &self,
        settings: &AcmeSettings,
        client: &Client,
    ) -> Result<Account, Failure> {
        if settings.directory.to_string().parse::<Uri>().is_err() {
            return Err(Failure::new("[acme] directory is no address that can be asked"));
        }
        let kid = settings.external_account.as_ref().map(|account| account.kid.clone());
        let kept: Option<Kept> = file::read(self.path(&settings.directory)).await;
        let kept = kept.filter(|kept| {
            kept.directory == settings.directory.to_string() && (kid.is_none() || kept.kid == kid)
        });
        let Some((kept, credentials)) = kept.and_then(|kept| {
            let credentials = self.unsealed(&settings.directory, &kept)?;
            Some((kept, credentials))
        }) else {
            return self.create(settings, client).await;
        };
        let account = builder(client)
            .from_credentials(credentials)
            .await
            .map_err(|error| Failure::of("the directory could not be read", &error))?;
        if kept.contact != contacts(settings) {
            self.tell_contacts(settings, &account, kept).await?;
        }
        Ok(account)
    }

    /// Forgets the account, when the server no longer knows it.
    pub(crate) async fn forget(&self, directory: &HttpsUrl) {
        let path = self.path(directory);
        let removed = tokio::task::spawn_blocking(move || std::fs::remove_file(path)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "an ACME account that is gone could not be forgotten");
        }
    }

    async fn create(&self, settings: &AcmeSettings, client: &Client) -> Result<Account, Failure> {
        let contact = contacts(settings);
        let new = NewAccount {
            contact: &contact.iter().map(String::as_str).collect::<Vec<_>>(),
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let external = settings
            .external_account
            .as_ref()
            .map(|account| ExternalAccountKey::new(account.kid.clone(), &account.key));
        let (account, credentials) = builder(client)
            .create(&new, settings.directory.to_string(), external.as_ref())
            .await
            .map_err(|error| Failure::of("no account was given", &error))?;
        let kid = settings.external_account.as_ref().map(|account| account.kid.clone());
        let kept = self.sealed(&settings.directory, &credentials).map(|credentials| Kept {
            directory: settings.directory.to_string(),
            contact,
            kid,
            credentials,
        })?;
        self.keep(&settings.directory, &kept).await?;
        tracing::info!(directory = %settings.directory, account = account.id(), "an ACME account was made");
        Ok(account)
    }

    async fn tell_contacts(
        &self,
        settings: &AcmeSettings,
        account: &Account,
        mut kept: Kept,
    ) -> Result<(), Failure> {
        kept.contact = contacts(settings);
        let contact: Vec<&str> = kept.contact.iter().map(String::as_str).collect();
        let told = account.update_contacts(&contact).await;
        told.map_err(|error| Failure::of("the contact was not taken", &error))?;
        self.keep(&settings.directory, &kept).await
    }

    async fn keep(&self, directory: &HttpsUrl, kept: &Kept) -> Result<(), Failure> {
        let path = self.path(directory);
        let shown = path.display().to_string();
        file::write(path, kept)
            .await
            .map_err(|error| Failure::new(format!("{shown} could not be written: {error}")))
    }

    fn sealed(
        &self,
        directory: &HttpsUrl,
        credentials: &AccountCredentials,
    ) -> Result<Sealed, Failure> {
        let text = serde_json::to_string(credentials).map(Zeroizing::new);
        let text = text.map_err(|_| Failure::new("the account cannot be written down"))?;
        let sealed = self.directory.seal(&text, &context(directory));
        sealed.map_err(|_| Failure::new("the account's key could not be encrypted"))
    }

    fn unsealed(&self, directory: &HttpsUrl, kept: &Kept) -> Option<AccountCredentials> {
        let text = self.directory.unseal(&kept.credentials, &context(directory));
        let read = text.ok().and_then(|text| serde_json::from_str(&text).ok());
        if read.is_none() {
            tracing::warn!(%directory, "the key of the ACME account cannot be opened; a new account is made");
        }
        read
    }

    /// The file of a server: named by the address, which may hold anything.
    fn path(&self, directory: &HttpsUrl) -> PathBuf {
        let hash = digest::digest(&digest::SHA256, directory.to_string().as_bytes());
        let name: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        self.place.join(format!("account-{name}.json"))
    }
}

fn builder(client: &Client) -> AccountBuilder {
    Account::builder_with_http(Box::new(client.clone()))
}

fn contacts(settings: &AcmeSettings) -> Vec<String> {
    settings.contact.iter().map(|contact| contact.as_str().to_owned()).collect()
}

fn context(directory: &HttpsUrl) -> String {
    format!("ACME account {directory}")
}
