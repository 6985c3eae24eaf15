//! What went wrong, as one sentence or more on standard error, and as an exit code.

use std::process::ExitCode;

use crate::booking::Refusal;
use crate::store::StoreError;
use crate::texts::{Lang, Said};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The scheduler refused.
    Refused(Refusal),
    /// The store cannot.
    Store(StoreError),
    /// A sentence of the command line's own: refused.
    Said(Said),
    /// Several such sentences.
    Many(Vec<Said>),
    /// The command or the configuration is wrong.
    Usage(Vec<Said>),
    /// The data are damaged.
    Damaged(Said),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// A file or directory that cannot be read or written.
    pub(super) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Said(Said::new("cli.file").with("file", path.display()).with("why", error))
    }

    /// Prints it, and says with which code to end.
    pub(super) fn report(&self, lang: Lang) -> ExitCode {
        for sentence in self.sentences(lang) {
            eprintln!("{sentence}");
        }
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Self::Refused(Refusal::Unavailable(said)) if said.key == "store.damaged" => 3,
            Self::Store(StoreError::Damaged(_)) | Self::Damaged(_) => 3,
            Self::Store(StoreError::Missing(_)) | Self::Usage(_) => 2,
            Self::Refused(_) | Self::Store(_) | Self::Said(_) | Self::Many(_) => 1,
        }
    }

    fn sentences(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Refused(refusal) => sentences_of(refusal, lang),
            // What SQLite says is for whoever looks after the machine, and this is their place.
            Self::Store(StoreError::Sql(what)) => {
                vec![Said::new("cli.database").with("why", what).speak(lang)]
            }
            Self::Store(error) => vec![error.said().speak(lang)],
            Self::Said(said) | Self::Damaged(said) => vec![said.speak(lang)],
            Self::Many(list) | Self::Usage(list) => list.iter().map(|said| said.speak(lang)).collect(),
        }
    }
}

/// A refusal in sentences: each wrong field, each rule, or the one reason.
pub(super) fn sentences_of(refusal: &Refusal, lang: Lang) -> Vec<String> {
    match refusal {
        Refusal::Invalid(faults) if !faults.is_empty() => {
            faults.iter().map(|fault| format!("{}: {}", fault.field, fault.said.speak(lang))).collect()
        }
        Refusal::Policy(reasons) if !reasons.is_empty() => {
            reasons.iter().map(|reason| format!("{} ({})", reason.said.speak(lang), reason.rule)).collect()
        }
        Refusal::Internal(what) => vec![Said::new("cli.database").with("why", what).speak(lang)],
        other => vec![other.said().speak(lang)],
    }
}
