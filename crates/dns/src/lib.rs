//! MX and addresses: a stub resolver with a cache, and the order in which a domain's mail hosts are tried.
