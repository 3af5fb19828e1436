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
    /// `while`, `do … while` and `do … until`.
    Loop {
        condition: Box<Statement>,
        /// Whether it ends when the condition holds.
        until: bool,
        /// Whether the body runs once before the condition is looked at.
        body_first: bool,
        body: Block,
    },
    For {
        start: Option<Box<Statement>>,
        condition: Option<Box<Statement>>,
        step: Option<Box<Statement>>,
        body: Block,
    },
    Switch(Switch),
    Try(Try),
    Throw(Option<Box<Statement>>),
    Function {
        name: String,
        body: Rc<ScriptBlock>,
    },
    Exit(Option<Expr>),
    Return(Option<Box<Statement>>),
    Break,
    Continue,
}

/// `switch (…) { … }`
#[derive(Debug)]
pub(crate) struct Switch {
    pub(crate) matching: Matching,
    pub(crate) case_sensitive: bool,
    pub(crate) subject: Box<Statement>,
    /// What is compared with, and what is run; `None` is `default`.
    pub(crate) cases: Vec<(Option<Expr>, Block)>,
}

/// How the cases of a `switch` are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matching {
    Exact,
    Wildcard,
    Regex,
}

/// `try { … } catch { … } finally { … }`
#[derive(Debug)]
pub(crate) struct Try {
    pub(crate) body: Block,
    pub(crate) catch: Option<Block>,
    pub(crate) finally: Option<Block>,
}

/// Elements joined by `|`.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) elements: Vec<Element>,
    pub(crate) redirect: Option<Redirect>,
    /// Whether errors are hidden: `2>$null`.
    pub(crate) quiet: bool,
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
    /// After `&` or `.`: what gives the command or script block.
    pub(crate) target: Option<Expr>,
    /// `.`: runs in the scope it stands in.
    pub(crate) in_place: bool,
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
    /// `@variable`: a table of parameters, or a list of values.
    Splat { name: String, span: Span },
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
    /// `$x++`, `--$x`: a variable, property or index changed by one.
    Step {
        target: Box<Expr>,
        down: bool,
        /// Whether the value is that after the change.
        before: bool,
    },
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
    pub(crate) parameters: Vec<BlockParameter>,
    /// `begin { … }`
    pub(crate) begin: Block,
    /// What is run; with `process` once for each object of the pipeline.
    pub(crate) body: Block,
    /// Whether the body is a `process { … }`.
    pub(crate) process: bool,
    /// `end { … }` beside `process` or `begin`.
    pub(crate) end: Block,
    pub(crate) source: Rc<Source>,
    /// What stands between the braces.
    pub(crate) inner: Span,
}

/// A parameter of a function or script block.
#[derive(Debug)]
pub(crate) struct BlockParameter {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// `[int]`, …: what values are converted to.
    pub(crate) type_name: Option<String>,
    pub(crate) default: Option<Expr>,
    pub(crate) mandatory: bool,
    /// Whether it takes the objects of the pipeline.
    pub(crate) from_pipeline: bool,
}

impl BlockParameter {
    /// Whether it is a switch.
    pub(crate) fn is_switch(&self) -> bool {
        self.type_name.as_deref().is_some_and(|t| {
            t.eq_ignore_ascii_case("switch") || t.to_ascii_lowercase().ends_with("switchparameter")
        })
    }
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
