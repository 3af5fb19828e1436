//! The HTTPS interface: sign-in, cmdlets as API.
