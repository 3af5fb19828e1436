use std::sync::atomic::AtomicBool;

use super::*;

/// What the directory says, which can be changed.
struct Said {
    may_be_alone: AtomicBool,
}

impl CopyRules for Said {
    fn copies(&self) -> bool {
        true
    }

    fn may_be_alone(&self) -> bool {
        self.may_be_alone.load(Ordering::SeqCst)
    }
}

/// What becomes of new mail.
fn judge(handle: &Handle) -> Verdict {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let judging = handle.accept(vec![Copied::Remove(model::MessageId::new(1).unwrap())]);
    runtime.block_on(judging)
}

/// `RejectMessageOnShadowFailure` (transport.md section 7).
#[test]
fn without_the_engine_new_mail_is_decided_by_the_setting() {
    let said = Arc::new(Said { may_be_alone: AtomicBool::new(true) });
    let rules: Arc<dyn CopyRules> = Arc::clone(&said) as Arc<dyn CopyRules>;
    let shadow = Shadow::new(rules, Box::new(|_| {}));
    let handle = Handle(Arc::clone(&shadow));
    assert!(!handle.refuses());
    assert_eq!(judge(&handle), Verdict::Alone);
    assert_eq!(shadow.counts(), (1, 0));
    said.may_be_alone.store(false, Ordering::SeqCst);
    assert!(handle.refuses());
    assert_eq!(judge(&handle), Verdict::Refused);
    // Whoever has lost his seat accepts nothing, whatever is said.
    said.may_be_alone.store(true, Ordering::SeqCst);
    shadow.shut_out();
    assert!(handle.refuses());
    assert_eq!(judge(&handle), Verdict::Refused);
}

/// Whoever begins to serve waits for the first word of the engine, but not for ever, and not for one that is closed.
#[test]
fn the_first_word_of_the_engine_is_waited_for() {
    let said = Said { may_be_alone: AtomicBool::new(true) };
    let shadow = Shadow::new(Arc::new(said), Box::new(|_| {}));
    let begun = Instant::now();
    shadow.wait_until_asked(Duration::from_millis(20));
    assert!(begun.elapsed() >= Duration::from_millis(20), "nobody has asked yet");
    let other = Arc::clone(&shadow);
    let waiting = std::thread::spawn(move || other.wait_until_asked(Duration::from_secs(60)));
    shadow.has_asked();
    waiting.join().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(30));
    shadow.wait_until_asked(Duration::from_secs(60));
    let closed =
        Shadow::new(Arc::new(Said { may_be_alone: AtomicBool::new(true) }), Box::new(|_| {}));
    closed.close();
    closed.wait_until_asked(Duration::from_secs(60));
}
