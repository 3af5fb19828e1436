use super::*;

fn tokens(text: &str, mode: Mode) -> Vec<Token> {
    let mut lexer = Lexer::new(text);
    let mut found = Vec::new();
    loop {
        let token = lexer.next(mode).token;
        if token == Token::End {
            return found;
        }
        if token == Token::WordStart {
            let mut word = String::new();
            loop {
                match lexer.part(Inside::Word) {
                    Part::Literal(text) => word.push_str(&text),
                    Part::End => break,
                    other => panic!("{other:?}"),
                }
            }
            found.push(Token::Identifier(word));
        } else {
            found.push(token);
        }
    }
}

#[test]
fn arguments_are_words_and_parameters() {
    let parameter = |name: &str, colon| Token::Parameter { name: name.into(), colon };
    let word = |text: &str| Token::Identifier(text.into());
    assert_eq!(
        tokens("Get-X -Name:a \u{2013}Other *@b.test # note", Mode::Command),
        [
            word("Get-X"),
            parameter("Name", true),
            word("a"),
            parameter("Other", false),
            word("*@b.test")
        ]
    );
    assert_eq!(
        tokens("[10.0.0.1] 10MB +a 00:15:00 Server\\q", Mode::Command),
        ["[10.0.0.1]", "10MB", "+a", "00:15:00", "Server\\q"].map(word)
    );
}

#[test]
fn numbers_have_multipliers() {
    assert_eq!(read_number("10MB"), Some(Number::Int(10 << 20)));
    assert_eq!(read_number("1.5gb"), Some(Number::Int(3 << 29)));
    assert_eq!(read_number("-7"), Some(Number::Int(-7)));
    assert_eq!(read_number("0x1F"), Some(Number::Int(31)));
    assert_eq!(read_number("2e3"), Some(Number::Double(2000.0)));
    for no in ["5.7.1", "00:15:00", "10MBx", "abc", "", "."] {
        assert_eq!(read_number(no), None, "{no}");
    }
}

#[test]
fn a_range_is_not_a_fraction() {
    assert_eq!(
        tokens("2..5", Mode::Expression),
        [Token::Number(Number::Int(2)), Token::Range, Token::Number(Number::Int(5))]
    );
}

#[test]
fn quotes_double_themselves() {
    assert_eq!(tokens("'it''s'", Mode::Command), [Token::Text("it's".into())]);
    let mut lexer = Lexer::new("\"a\"\"b`n`$x $y.z$(\"");
    assert_eq!(lexer.next(Mode::Command).token, Token::QuoteOpen);
    assert_eq!(lexer.part(Inside::Quotes), Part::Literal("a\"b\n$x ".into()));
    assert!(matches!(lexer.part(Inside::Quotes), Part::Variable(name, _) if name == "y"));
    assert_eq!(lexer.part(Inside::Quotes), Part::Literal(".z".into()));
    assert!(matches!(lexer.part(Inside::Quotes), Part::SubOpen(_)));
}

#[test]
fn here_strings_end_at_the_start_of_a_line() {
    assert_eq!(tokens("@'\na \"b\n'@", Mode::Command), [Token::Text("a \"b".into())]);
    let mut lexer = Lexer::new("@\"\nhello\n\"@");
    assert_eq!(lexer.next(Mode::Command).token, Token::HereOpen);
    assert_eq!(lexer.part(Inside::HereString), Part::Literal("hello".into()));
    assert_eq!(lexer.part(Inside::HereString), Part::End);
    assert_eq!(lexer.rest(), "");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "\\PC{0,60}") {
        for mode in [Mode::Command, Mode::Expression] {
            let mut lexer = Lexer::new(&text);
            for _ in 0..200 {
                let before = lexer.position();
                let token = lexer.next(mode).token;
                if token == Token::End {
                    break;
                }
                if token == Token::WordStart {
                    lexer.part(Inside::Word);
                }
                proptest::prop_assert!(lexer.position() > before);
            }
            proptest::prop_assert!(lexer.rest().is_empty());
        }
    }
}
