//! The tree a script is parsed into. Every node knows its place.

use std::rc::Rc;

use crate::lexer::Number;
use crate::source::{Source, Span};

/// Statements one after the other.
pub(crate) type Block = Vec<Statement>;

/// A statement.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) span: Span,
}

/// What a statement does.
#[derive(Debug)]
pub(crate) enum StatementKind {
    Pipeline(Pipeline),
    /// `$x = …`, `$x.P += …`
    Assignment {
        target: Expr,
        /// The operator in front of `=`.
        operator: Option<BinaryOperator>,
        value: Box<Statement>,
    },
    If {
        clauses: Vec<(Statement, Block)>,
        otherwise: Option<Block>,
    },
    ForEach {
        variable: String,
        items: Box<Statement>,
        body: Block,
    },
    Exit(Option<Expr>),
    Return(Option<Box<Statement>>),
    Break,
    Continue,
}

/// Elements joined by `|`.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) elements: Vec<Element>,
    pub(crate) redirect: Option<Redirect>,
}

/// `> file` or `>> file`.
#[derive(Debug)]
pub(crate) struct Redirect {
    pub(crate) append: bool,
    pub(crate) target: Expr,
}

/// One element of a pipeline.
#[derive(Debug)]
pub(crate) enum Element {
    Expression(Expr),
    Command(Command),
}

/// A command with its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) span: Span,
}

/// One argument of a command.
#[derive(Debug)]
pub(crate) enum Argument {
    /// `-Name` or `-Name:value`.
    Parameter { name: String, span: Span, value: Option<Expr> },
    /// A value.
    Value(Expr),
}

/// An expression.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum ExprKind {
    Number(Number),
    Text(String),
    /// A word of a command without anything to expand.
    Word(String),
    /// A string or word with variables or sub-expressions.
    Expand(Vec<Piece>),
    Variable(String),
    /// `a.b`; the name is an expression that gives a text.
    Member {
        target: Box<Expr>,
        name: Box<Expr>,
    },
    /// `a.b(c)`
    Call {
        target: Box<Expr>,
        method: String,
        arguments: Vec<Expr>,
    },
    /// `[type]::member`, with arguments when it is called.
    Static {
        type_name: String,
        member: String,
        arguments: Option<Vec<Expr>>,
    },
    Index {
        target: Box<Expr>,
        index: Box<Expr>,
    },
    /// `a, b`
    List(Vec<Expr>),
    /// `@( … )`
    Array(Block),
    /// `$( … )`
    Sub(Block),
    /// `( … )`
    Group(Box<Statement>),
    /// `@{ … }`
    Hashtable(Vec<(Expr, Statement)>),
    /// `{ … }`
    ScriptBlock(Rc<ScriptBlock>),
    Unary(UnaryOperator, Box<Expr>),
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `[type] value`
    Cast {
        type_name: String,
        value: Box<Expr>,
    },
    /// `[type]` alone.
    Type(String),
}

/// A piece of an expanding string.
#[derive(Debug)]
pub(crate) enum Piece {
    Literal(String),
    Variable(String),
    Sub(Block),
}

/// A block of statements as a value, with the text it stands in.
#[derive(Debug)]
pub(crate) struct ScriptBlock {
    pub(crate) body: Block,
    pub(crate) source: Rc<Source>,
    /// What stands between the braces.
    pub(crate) inner: Span,
}

impl ScriptBlock {
    /// What stands between the braces.
    pub(crate) fn text(&self) -> &str {
        self.source.slice(self.inner).trim()
    }
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Not,
    Minus,
    Plus,
    /// `,x`: a list of one.
    Comma,
    Join,
    Split,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Range,
    Format,
    And,
    Or,
    Xor,
    Compare { comparison: Comparison, case_sensitive: bool },
    Join,
    Is { negated: bool },
    As,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Like,
    NotLike,
    Match,
    NotMatch,
    Contains,
    NotContains,
    In,
    NotIn,
    Replace,
    Split,
}

impl Comparison {
    /// The comparison of an operator's name without dash, lower case, with whether it regards case.
    pub(crate) fn named(name: &str) -> Option<(Self, bool)> {
        let plain = |name: &str| {
            Some(match name {
                "eq" => Self::Equal,
                "ne" => Self::NotEqual,
                "gt" => Self::Greater,
                "ge" => Self::GreaterOrEqual,
                "lt" => Self::Less,
                "le" => Self::LessOrEqual,
                "like" => Self::Like,
                "notlike" => Self::NotLike,
                "match" => Self::Match,
                "notmatch" => Self::NotMatch,
                "contains" => Self::Contains,
                "notcontains" => Self::NotContains,
                "in" => Self::In,
                "notin" => Self::NotIn,
                "replace" => Self::Replace,
                "split" => Self::Split,
                _ => return None,
            })
        };
        plain(name)
            .map(|c| (c, false))
            .or_else(|| name.strip_prefix('c').and_then(plain).map(|c| (c, true)))
            .or_else(|| name.strip_prefix('i').and_then(plain).map(|c| (c, false)))
    }
}
