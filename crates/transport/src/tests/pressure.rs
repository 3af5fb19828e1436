//! Resources that grow scarce and recover, as the door and the readers of events see it.

use std::{io, path::Path};

use model::{Event, EventSink, NewMail, PressureLevel, Resource, Timestamp};
use resources::{Reading, Rule, Sampler, Settings, Tarpit, Thresholds};

use super::*;

/// A system that says what it is told to say, in percent.
#[derive(Default)]
struct Told {
    process: Mutex<u64>,
    all: Mutex<u64>,
    logs: Mutex<u64>,
}

impl Sampler for Told {
    fn process_memory(&self) -> io::Result<Reading> {
        Ok(Reading::of(*self.process.lock(), 100))
    }

    fn all_memory(&self) -> io::Result<Reading> {
        match *self.all.lock() {
            0 => Err(io::Error::other("it does not say")),
            used => Ok(Reading::of(used, 100)),
        }
    }

    fn disk(&self, path: &Path) -> io::Result<Reading> {
        assert!(path.ends_with("logs"), "{}", path.display());
        Ok(Reading::of(*self.logs.lock(), 100))
    }

    fn is_one_disk(&self, _: &Path, _: &Path) -> io::Result<bool> {
        Ok(*self.logs.lock() == 0)
    }
}

/// Remembers changes of pressure.
#[derive(Default)]
struct Changes(Mutex<Vec<(Resource, PressureLevel, NewMail)>>);

impl EventSink for Changes {
    fn emit(&self, _: Timestamp, event: &Event<'_>) {
        if let Event::Pressure { resource, level, new_mail, .. } = event {
            self.0.lock().push((*resource, *level, *new_mail));
        }
    }
}

fn quick() -> Settings {
    Settings { interval: TimeSpan::millis(10), process_memory_history: 1, ..Settings::default() }
}

async fn wait(transport: &Transport, resource: Resource, level: PressureLevel) {
    let stands = || {
        let statuses = transport.resources().statuses();
        statuses.iter().any(|s| s.resource == resource && s.level == level)
    };
    until("it has the level", stands).await;
}

#[tokio::test]
async fn memory_and_the_log_disk_close_the_door_and_open_it_again() {
    use PressureLevel::{High, Medium, Normal};

    let (place, told, changes) = (Place::new(), Arc::<Told>::default(), Arc::<Changes>::default());
    let (sampler, events) = (told.clone(), changes.clone());
    let change = |settings: &mut TransportSettings| {
        (settings.resources, settings.sampler, settings.events) = (quick(), sampler, events);
    };
    let transport = place.start_with(change).await;
    assert!(!transport.intake().is_pressed());
    *told.process.lock() = 74;
    wait(&transport, Resource::ProcessMemory, Medium).await;
    assert!(transport.intake().is_pressed());
    assert!(transport.intake().delay().is_zero());
    *told.process.lock() = 10;
    wait(&transport, Resource::ProcessMemory, Normal).await;
    assert!(!transport.intake().is_pressed());
    // Memory of others closes nothing.
    *told.all.lock() = 99;
    wait(&transport, Resource::AllMemory, High).await;
    assert!(!transport.intake().is_pressed());
    assert!(transport.resources().demand().release);
    // What no longer says anything stays as it was.
    *told.all.lock() = 0;
    *told.logs.lock() = 95;
    wait(&transport, Resource::LogDisk, High).await;
    assert!(transport.intake().is_pressed());
    assert!(transport.resources().demand().release);
    // The log has moved to the spool's disk, which is watched as that.
    *told.logs.lock() = 0;
    wait(&transport, Resource::LogDisk, Normal).await;
    assert!(!transport.intake().is_pressed());
    submit(&transport, &["a@example.net"], None).await;
    transport.stop().await;
    let expected = [
        (Resource::ProcessMemory, Medium, NewMail::RefusedFromOthers),
        (Resource::ProcessMemory, Normal, NewMail::Accepted),
        (Resource::AllMemory, High, NewMail::Accepted),
        (Resource::LogDisk, High, NewMail::Refused),
        (Resource::LogDisk, Normal, NewMail::Accepted),
    ];
    assert_eq!(*changes.0.lock(), expected, "each change is told once");
}

#[tokio::test]
async fn a_submission_queue_that_grows_delays_mail() {
    let submission_queue = Rule::Fixed(Thresholds { high: 1000, medium: 1, normal: 0 });
    let tarpit = Tarpit {
        start: TimeSpan::seconds(10),
        step: TimeSpan::seconds(5),
        most: TimeSpan::seconds(55),
    };
    let settings = Settings { submission_queue, tarpit, ..quick() };
    let place = Place::new();
    let change = |given: &mut TransportSettings| {
        (given.resources, given.sampler) = (settings, Arc::<Told>::default());
    };
    let transport = place.start_with(change).await;
    let waiting = transport.core.pressure.submission().enter();
    assert_eq!(transport.queues()[0].message_count, 1, "the Submission queue shows it");
    let intake = transport.intake();
    until("the delay grows", || intake.delay() == Duration::from_secs(55)).await;
    assert!(!intake.is_pressed());
    drop(waiting);
    until("it is over", || intake.delay().is_zero()).await;
    // One that came and went between two looks counts all the same.
    drop(transport.core.pressure.submission().enter());
    until("it is seen", || !intake.delay().is_zero()).await;
    until("it is over", || intake.delay().is_zero()).await;
    transport.stop().await;
}
