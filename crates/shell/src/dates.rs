//! Dates in the patterns administrators know: `yyyy-MM-dd HH:mm:ss`.

use time::OffsetDateTime;

/// The date in a pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `fff`, `dddd`, `MMMM` and the shorter
/// forms; other characters stand for themselves, text may be quoted.
pub(crate) fn formatted(date: OffsetDateTime, pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut result = String::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let run = chars[i..].iter().take_while(|other| **other == c).count();
        if c == '\'' {
            let end = chars[i + 1..].iter().position(|q| *q == '\'').unwrap_or(chars.len() - i - 1);
            result.extend(&chars[i + 1..i + 1 + end]);
            i += end + 2;
            continue;
        }
        match part(date, c, run) {
            Some(text) => result.push_str(&text),
            None => result.extend(&chars[i..i + run]),
        }
        i += run;
    }
    result
}

fn part(date: OffsetDateTime, c: char, run: usize) -> Option<String> {
    let padded = |n: u16| if run >= 2 { format!("{n:02}") } else { n.to_string() };
    let short = |name: String| if run >= 4 { name } else { name.chars().take(3).collect() };
    Some(match (c, run) {
        ('y', 1 | 2) => format!("{:02}", date.year().rem_euclid(100)),
        ('y', _) => format!("{:04}", date.year()),
        ('M', 1 | 2) => padded(u16::from(u8::from(date.month()))),
        ('M', _) => short(date.month().to_string()),
        ('d', 1 | 2) => padded(u16::from(date.day())),
        ('d', _) => short(date.weekday().to_string()),
        ('H', _) => padded(u16::from(date.hour())),
        ('h', _) => padded(u16::from((date.hour() + 11) % 12 + 1)),
        ('m', _) => padded(u16::from(date.minute())),
        ('s', _) => padded(u16::from(date.second())),
        ('f', _) => format!("{:03}", date.millisecond()).chars().take(run).collect(),
        ('t', _) => if date.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        ('z', _) => "+00:00".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::formatted;
    use time::macros::datetime;

    #[test]
    fn patterns_are_followed() {
        let date = datetime!(2026-02-03 14:05:06 UTC);
        assert_eq!(formatted(date, "yyyy-MM-dd HH:mm:ss"), "2026-02-03 14:05:06");
        assert_eq!(formatted(date, "d MMM yy 'at' h:mm tt"), "3 Feb 26 at 2:05 PM");
        assert_eq!(formatted(date, "'"), "");
    }
}
