//! An Internet on loopback: DNS and mail hosts that behave and misbehave.
