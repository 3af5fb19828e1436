//! AUTH in the machine: whether it may be now, what each message of an exchange leads to, and what the
//! driver's answers do. What the messages say is `auth`'s and `scram`'s affair.

use model::{Reply, Severity};

use super::{
    Answer, AuthOffer, Progress, Question, Server, State, Step,
    auth::{AuthExchange, AuthProgress, Offered},
    bearer::Form,
    refusal, replies,
    scram::{ClientFirst, Judged, ScramKeys},
};

/// What the driver is asked about a logon.
#[derive(Debug)]
pub(super) enum LogonQuestion {
    /// Is the password right?
    Password,
    /// What is kept of the user?
    Keys(ClientFirst),
    /// May he who has proven himself come in? With our last message; without one he has not.
    Proof(Option<String>),
    /// Is the token good?
    Token(Form),
}

impl Server {
    pub(super) fn auth(&mut self, mechanism: &str, initial: Option<&str>) -> Progress {
        let talk = &self.dialogue;
        if talk.settings.auth == AuthOffer::Never {
            return self.protocol_error(&replies::not_implemented());
        }
        if talk.hello.is_none() {
            return self.protocol_error(&replies::hello_needed());
        }
        if talk.lacks_tls() {
            return self.say(&replies::tls_needed());
        }
        if !talk.tls {
            return self.say(&replies::auth_needs_tls());
        }
        if talk.authenticated || self.mailing.is_under_way() {
            return self.protocol_error(&replies::bad_sequence());
        }
        let offered = Offered {
            scram: talk.settings.scram,
            bindings: &talk.bindings,
            tokens: talk.settings.bearer.is_some(),
        };
        match AuthExchange::start(mechanism, initial, &offered) {
            Some(progress) => self.auth_progress(progress),
            None => self.protocol_error(&replies::auth_unknown()),
        }
    }

    pub(super) fn auth_progress(&mut self, progress: AuthProgress) -> Progress {
        match progress {
            AuthProgress::Challenge(exchange, challenge) => {
                self.state = State::Auth(exchange);
                self.say(&Reply::plain(334, challenge))
            }
            AuthProgress::Credentials { mechanism, user, password } => self.ask(
                Question::Logon(LogonQuestion::Password),
                Step::Authenticate { mechanism, user, password },
            ),
            AuthProgress::Keys(first) => {
                let user = first.user().to_owned();
                self.ask(Question::Logon(LogonQuestion::Keys(first)), Step::ScramKeys { user })
            }
            AuthProgress::Judged(Judged { mechanism, user, verdict }) => {
                let (last, proof) = match verdict {
                    Ok(last) => (Some(last), Ok(())),
                    Err(why) => (None, Err(why)),
                };
                self.ask(
                    Question::Logon(LogonQuestion::Proof(last)),
                    Step::ScramProof { mechanism, user, proof },
                )
            }
            AuthProgress::Proven => {
                self.signed_in();
                Progress::Step(Step::SignedIn)
            }
            AuthProgress::Token(shown) => {
                let (form, user, token) = (shown.form, shown.user, shown.token);
                let step = Step::Bearer { mechanism: form.name(), user, token };
                self.ask(Question::Logon(LogonQuestion::Token(form)), step)
            }
            AuthProgress::NoToken(form) => {
                self.refuse_token(form, replies::auth_failed());
                Progress::Again
            }
            AuthProgress::TokenRefused(reply) => {
                self.dialogue.logon_failure(&reply);
                Progress::Again
            }
            AuthProgress::Broken(reply) => self.protocol_error(&reply),
            AuthProgress::Failed => {
                self.dialogue.logon_failure(&replies::auth_failed());
                Progress::Again
            }
        }
    }

    /// The driver's answer to a question about a logon.
    pub(super) fn logon_answer(&mut self, question: LogonQuestion, answer: Answer) {
        match (question, answer) {
            (LogonQuestion::Password | LogonQuestion::Token(_), Answer::AuthOk) => self.signed_in(),
            (LogonQuestion::Token(form), Answer::Refuse(reply))
                if reply.severity() == Severity::Permanent =>
            {
                self.refuse_token(form, reply);
            }
            (LogonQuestion::Keys(first), Answer::ScramKeys { keys, nonce }) => {
                self.challenge(first, keys, &nonce);
            }
            (LogonQuestion::Proof(Some(last)), Answer::AuthOk) => {
                self.state = State::Auth(AuthExchange::ScramEnd);
                self.dialogue.say(&Reply::plain(334, last));
            }
            (_, Answer::Refuse(reply)) if reply.severity() == Severity::Permanent => {
                self.dialogue.logon_failure(&reply);
            }
            (_, answer) => self.dialogue.say(&refusal(answer)),
        }
    }

    fn challenge(&mut self, first: ClientFirst, keys: ScramKeys, nonce: &str) {
        match first.challenge(keys, nonce) {
            Some((message, challenged)) => {
                self.state = State::Auth(AuthExchange::ScramProof(Box::new(challenged)));
                self.dialogue.say(&Reply::plain(334, message));
            }
            None => self.dialogue.say(&replies::local_error()),
        }
    }

    /// Says what is wrong in the mechanism's own words; the reply follows what the client says to that.
    fn refuse_token(&mut self, form: Form, reply: Reply) {
        let Some(offer) = &self.dialogue.settings.bearer else {
            return self.dialogue.logon_failure(&reply);
        };
        let refusal = form.refusal(offer);
        self.state = State::Auth(AuthExchange::BearerRefused(reply));
        self.dialogue.say(&Reply::plain(334, refusal));
    }

    fn signed_in(&mut self) {
        self.dialogue.authenticated = true;
        self.dialogue.say(&replies::auth_ok());
    }
}
