//! What other systems were configured with, to cmdlets: whole files in, lines that Relais's shell takes out.

#[cfg(test)]
mod exchange;
#[cfg(test)]
mod french;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod postfix;
