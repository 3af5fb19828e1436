//! What each cmdlet does; roles checked, audit written.
