//! Who is it? Passwords, SCRAM keys, a bounded pool, a short-lived cache.
