//! The whole program against real peers.
