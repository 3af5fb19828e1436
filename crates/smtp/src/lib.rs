//! SMTP as machines without I/O: grammar, server side, client side. No policy.
