//! A message's bytes: header fields, trace fields, header firewall, 7-bit conversion.
