//! ARC seals (RFC 8617 section 5.1): what a message proved when it came, signed by who passes it on.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::Timestamp;

use crate::{
    Algorithm, ArcChain, BodyHash, Canonicalization, Key, MOST_ARC_SETS, Signer, SigningError,
    fields::{Field, Header, Selection},
    signature::{Folded, signed},
};

/// What the chain that a message came with was worth: `cv=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainStatus {
    /// There was none.
    None,
    /// All of it held.
    Pass,
    /// It did not hold.
    Fail,
}

impl ChainStatus {
    /// The word in `cv=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

impl Signer {
    /// The fields of the next ARC set for `content`, each with a line end, to be put on top of it; empty
    /// where the chain has no room for another, or has been sealed as failed already. `results` is what stands
    /// behind the colon of our Authentication-Results. Signed with the first RSA key.
    ///
    /// # Errors
    /// When there is no RSA key, or it fails.
    pub fn seal(
        &self,
        content: &[u8],
        results: &str,
        status: ChainStatus,
        at: Timestamp,
    ) -> Result<String, SigningError> {
        let is_rsa = |key: &&Key| key.key.algorithm() == Algorithm::RsaSha256;
        let key = self.keys.iter().find(is_rsa).ok_or(SigningError::NoKey)?;
        let Header { fields, body } = Header::all(content);
        let chain = ArcChain::of(&fields);
        let (instance, status) = match (&chain, status) {
            (ArcChain::None, _) => (1, ChainStatus::None),
            (_, ChainStatus::Pass) if matches!(chain, ArcChain::Sets(_)) => {
                (chain.highest() + 1, ChainStatus::Pass)
            }
            _ => (chain.highest() + 1, ChainStatus::Fail),
        };
        if instance > MOST_ARC_SETS || is_sealed_as_failed(&chain) {
            return Ok(String::new());
        }
        let results = format!("ARC-Authentication-Results: i={instance};{}", results.trim_end());
        let draft = Draft { signer: self, key, instance, at };
        let message = draft.message(&Selection::sealed(&fields), body)?;
        let mut before = Vec::new();
        if let (ArcChain::Sets(sets), ChainStatus::Pass) = (&chain, status) {
            before.extend(sets.iter().flat_map(crate::ArcSet::fields));
        }
        before.extend(Field::read(results.as_bytes()));
        before.extend(Field::read(message.trim_end().as_bytes()));
        let seal = draft.seal(&before, status)?;
        Ok(format!("{seal}{message}{results}\r\n"))
    }
}

/// Whether its last seal says `cv=fail`: nothing can be added then (RFC 8617 section 5.1.2).
fn is_sealed_as_failed(chain: &ArcChain<'_>) -> bool {
    let ArcChain::Sets(sets) = chain else { return false };
    sets.last().is_some_and(|set| {
        let text = String::from_utf8_lossy(set.seal.value);
        text.split(';').filter_map(|tag| tag.split_once('=')).any(|(name, value)| {
            name.trim() == "cv" && value.trim().eq_ignore_ascii_case(ChainStatus::Fail.name())
        })
    })
}

struct Draft<'a> {
    signer: &'a Signer,
    key: &'a Key,
    instance: usize,
    at: Timestamp,
}

impl Draft<'_> {
    /// ARC-Message-Signature: as a DKIM signature, without a version.
    fn message(&self, selection: &Selection, body: &[u8]) -> Result<String, SigningError> {
        let mut field = self.begin("ARC-Message-Signature:");
        field.word(" c=relaxed/relaxed;");
        self.whose(&mut field);
        for (at, name) in selection.names.iter().enumerate() {
            let before = if at == 0 { " h=" } else { ":" };
            field.word(&format!("{before}{name}"));
        }
        field.word(";");
        let hash = BodyHash::of(Canonicalization::Relaxed, body);
        field.word(&format!(" bh={};", STANDARD.encode(hash)));
        self.sign(field, selection.canonical.clone())
    }

    /// ARC-Seal: over the fields of the sets before, and those of this one.
    fn seal(&self, before: &[Field<'_>], status: ChainStatus) -> Result<String, SigningError> {
        let mut field = self.begin("ARC-Seal:");
        field.word(&format!(" cv={};", status.name()));
        self.whose(&mut field);
        let mut input = Vec::with_capacity(4096);
        for field in before {
            field.write(Canonicalization::Relaxed, &mut input);
            input.extend_from_slice(b"\r\n");
        }
        self.sign(field, input)
    }

    fn begin(&self, name: &str) -> Folded {
        let mut field = Folded::begin(name);
        field.word(&format!(" i={};", self.instance));
        field.word(&format!(" a={};", self.key.key.algorithm().name()));
        field
    }

    fn whose(&self, field: &mut Folded) {
        field.word(&format!(" d={};", self.signer.domain));
        field.word(&format!(" s={};", self.key.selector));
        field.word(&format!(" t={};", self.at.as_millis().max(0) / 1000));
    }

    /// Signs `input` and the field itself.
    fn sign(&self, mut field: Folded, mut input: Vec<u8>) -> Result<String, SigningError> {
        field.word(" b=");
        let unsigned = field.into_text();
        if let Some(own) = Field::read(unsigned.as_bytes()) {
            own.write(Canonicalization::Relaxed, &mut input);
        }
        let signature = self
            .key
            .key
            .sign(&input)
            .map_err(|error| SigningError::Key { selector: self.key.selector.clone(), error })?;
        Ok(signed(unsigned, &signature))
    }
}
