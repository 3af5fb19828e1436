//! What can be seen of the program from outside: mailboxes, queues, the sandbox's Internet; and
//! waiting for it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Relais, SERVER};
use crate::{
    sink::without_trace,
    wait::{SOON, until},
};

impl Relais {
    /// Messages in the Maildir of `address`, oldest first.
    pub fn maildir(&self, address: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.data().join("mailboxes").join(address).join("new"))
        else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> =
            files.filter_map(|file| file.ok().map(|f| f.path())).collect();
        paths.sort();
        paths.iter().map(|path| read_text(path)).collect()
    }

    /// Waits for the `number`th message in the Maildir of `address`; all of them.
    pub fn wait_for_mail(&self, address: &str, number: usize, limit: Duration) -> Vec<String> {
        until(&format!("message {number} in the mailbox {address}"), limit, || {
            Some(self.maildir(address)).filter(|messages| messages.len() >= number)
        })
    }

    /// Get-Queue.
    pub fn queues(&self) -> Vec<Value> {
        self.run("Get-Queue", json!({}))
    }

    /// Get-Message -IncludeRecipientInfo.
    pub fn messages(&self) -> Vec<Value> {
        self.run("Get-Message", json!({ "IncludeRecipientInfo": true }))
    }

    /// Waits until no message is in any queue.
    pub fn wait_until_empty(&self, limit: Duration) {
        until("every queue is empty", limit, || self.messages().is_empty().then_some(()));
    }

    /// Waits until a message has a LastError that contains `text`; the message.
    pub fn wait_for_error(&self, text: &str, limit: Duration) -> Value {
        until(&format!("a message with LastError {text:?}"), limit, || {
            self.messages()
                .into_iter()
                .find(|m| m["LastError"].as_str().is_some_and(|e| e.contains(text)))
        })
    }

    /// Waits until `number` messages wait in Unreachable.
    pub fn wait_for_unreachable(&self, number: usize) -> Vec<Value> {
        let queue = format!("{SERVER}\\Unreachable");
        until(&format!("{number} messages in Unreachable"), SOON, || {
            let messages: Vec<Value> =
                self.messages().into_iter().filter(|m| m["Queue"] == queue).collect();
            (messages.len() == number).then_some(messages)
        })
    }

    /// What the sandbox's hosts have taken, as `/sandbox/api/messages` shows it.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn sandbox_messages(&self) -> Vec<Value> {
        let (status, body) = self.http("GET", "/sandbox/api/messages", None, None);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }

    /// Waits for the `number`th message in the sandbox; all of them.
    pub fn wait_in_sandbox(&self, number: usize, limit: Duration) -> Vec<Value> {
        until(&format!("message {number} in the sandbox"), limit, || {
            Some(self.sandbox_messages()).filter(|messages| messages.len() >= number)
        })
    }

    /// The content of a message of the sandbox without its leading trace fields.
    ///
    /// # Panics
    /// When it has none.
    pub fn sandbox_content(message: &Value) -> Vec<u8> {
        let raw = STANDARD.decode(message["raw"].as_str().expect("raw")).expect("base64");
        without_trace(&raw).to_vec()
    }
}

fn read_text(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
