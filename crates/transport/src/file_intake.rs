//! Messages that come as files: remembered by their file in the commit that makes them durable,
//! or returned to their sender by a report that is all that is stored of them.

use std::{io, sync::Arc};

use model::{
    Directionality, EnhancedCode, EventSource, Guid, MessageEvent, MessageEventKind, MessageFacts,
    Peer, Reply,
};
use reception::{BadFile, FileIntake, Refusal, SendBackFuture, SentBack, Submitted};
use spool::Batch;

use crate::{
    core::Core,
    ends::{failures, report_made},
    intake::{Door, PATIENCE, local_trouble, refusal, scarce},
    queued::QueuedMessage,
    reports::Finding,
};

impl FileIntake for Door {
    fn send_back(&self, submitted: Submitted, why: Reply) -> SendBackFuture<'_> {
        let core = Arc::clone(&self.0);
        // On its own, as in `accept`: a stored report must be sent.
        let sent = tokio::spawn(async move { core.send_back(submitted, &why).await });
        Box::pin(async move { sent.await.unwrap_or_else(|_| Err(local_trouble())) })
    }

    fn is_taken(&self, key: &str) -> io::Result<bool> {
        self.0.spool.taken(key).map(|id| id.is_some()).map_err(io::Error::other)
    }

    fn forget_taken(&self, keys: &[String]) {
        let mut batch = Batch::new();
        for key in keys {
            batch.forget_taken(key);
        }
        self.0.spool.commit_later(batch);
    }

    fn set_aside(&self, bad: &BadFile<'_>) {
        let core = &self.0;
        let message = MessageFacts {
            id: bad.id,
            network_id: Guid::nil(),
            internet_message_id: None,
            subject: None,
            sender: "",
            size: bad.size,
            accepted_at: core.now(),
            original_client: None,
            directionality: Directionality::Originating,
            tls: model::TlsRequirement::Default,
        };
        core.emit_step(&MessageEvent {
            kind: MessageEventKind::BadMail,
            source: EventSource::Pickup,
            message,
            recipients: Vec::new(),
            connector: bad.directory.name(),
            client: Peer::default(),
            server: Peer { name: core.server.as_str(), address: None },
            related_recipient: None,
            reference: format!("{}: {}", bad.file, bad.reason),
        });
    }
}

impl Core {
    /// Stores the report alone, with the failure and that the file is done with.
    async fn send_back(&self, submitted: Submitted, why: &Reply) -> Result<SentBack, Refusal> {
        if !self.journal.has_room(PATIENCE).await {
            return Err(scarce());
        }
        let (record, content, entry) = self.receive(submitted);
        let mark = self.known.mark(record.id);
        let original = content.clone();
        let message = QueuedMessage::fresh(record, content, &self.budget, (&self.known, mark));
        let finding = |index| Finding {
            index,
            status: why.enhanced.unwrap_or(EnhancedCode::new(5, 0, 0)),
            text: why.to_string(),
            remote: None,
            source: EventSource::Pickup,
        };
        let findings: Vec<Finding> = message.pending().into_iter().map(finding).collect();
        let snapshot = self.directory.snapshot();
        let reports = self.failure_reports_with(&snapshot, &message, &findings, &original);
        if reports.is_empty() {
            return Ok(SentBack::NobodyToTell);
        }
        let mut batch = Batch::new();
        for report in &reports {
            batch.insert(Arc::clone(&report.record), report.content.clone());
        }
        if let Some(key) = &entry.file {
            batch.taken(key, message.record.id);
        }
        let at = self.now();
        let mut events: Vec<_> = failures(&snapshot, &message, &findings).collect();
        events.extend(reports.iter().map(|report| report_made(&snapshot, &message, report)));
        let kept = self.journal.keep(&mut batch, at, &events);
        self.spool.commit(batch).await.map_err(|error| refusal(&error))?;
        self.journal.publish(at, &events, kept);
        for report in &reports {
            self.send_report(report);
        }
        Ok(SentBack::Told)
    }
}
