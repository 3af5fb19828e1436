//! IncomingRate, OutgoingRate, Velocity (transport.md section 2.6): messages counted in
//! 5-second samples, averaged over the last 60 seconds, that is 12 samples.

use model::Timestamp;

const SAMPLE_MILLIS: i64 = 5_000;
const SAMPLES: usize = 12;

/// Messages per second over the last minute.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates {
    /// Entering.
    pub incoming: f64,
    /// Leaving.
    pub outgoing: f64,
}

impl Rates {
    /// Outgoing minus incoming: above zero the queue drains.
    pub fn velocity(&self) -> f64 {
        self.outgoing - self.incoming
    }
}

/// Counts what enters and leaves.
#[derive(Debug, Clone, Default)]
pub struct RateMeter {
    samples: [(u32, u32); SAMPLES],
    /// Number of the sample that `samples[number % 12]` now counts.
    current: i64,
}

impl RateMeter {
    /// One message entered at `now`.
    pub fn entered(&mut self, now: Timestamp) {
        self.roll(now);
        self.sample().0 += 1;
    }

    /// One message left at `now`.
    pub fn left(&mut self, now: Timestamp) {
        self.roll(now);
        self.sample().1 += 1;
    }

    /// The rates as of `now`.
    pub fn rates(&mut self, now: Timestamp) -> Rates {
        self.roll(now);
        let per_second = |count: u64| count as f64 / 60.0;
        let (incoming, outgoing) = self
            .samples
            .iter()
            .fold((0, 0), |sum, s| (sum.0 + u64::from(s.0), sum.1 + u64::from(s.1)));
        Rates { incoming: per_second(incoming), outgoing: per_second(outgoing) }
    }

    fn roll(&mut self, now: Timestamp) {
        let number = now.as_millis().div_euclid(SAMPLE_MILLIS);
        let passed = number.saturating_sub(self.current).clamp(0, SAMPLES as i64);
        self.current = self.current.max(number);
        for back in 0..passed {
            let index = (self.current - back).rem_euclid(SAMPLES as i64) as usize;
            self.samples[index] = (0, 0);
        }
    }

    fn sample(&mut self) -> &mut (u32, u32) {
        &mut self.samples[self.current.rem_euclid(SAMPLES as i64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_over_a_minute_and_forgets() {
        let mut meter = RateMeter::default();
        let at = |seconds: i64| Timestamp::from_millis(1_700_000_000_000 + seconds * 1000);
        for second in 0..60 {
            meter.entered(at(second));
            meter.entered(at(second));
            meter.left(at(second));
        }
        let rates = meter.rates(at(59));
        assert_eq!((rates.incoming, rates.outgoing, rates.velocity()), (2.0, 1.0, -1.0));
        assert_eq!(meter.rates(at(200)), Rates::default());
    }
}
