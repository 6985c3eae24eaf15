//! What a rule says, in sentences: what must happen, how it is counted, and how sure we are.

use super::{ConvocationNo, Count, Deadline, Mark, Rule, RuleTerm};
use crate::texts::{Lang, Said, Words};

impl RuleTerm {
    /// How many days or hours it asks for; none where nothing is known, or where the rule is not for this convocation.
    #[must_use]
    pub fn n_for(&self, convocation: ConvocationNo) -> Option<u32> {
        match convocation {
            ConvocationNo::First if self.only_second => None,
            ConvocationNo::First => self.n,
            ConvocationNo::Second => self.second_n.or(self.n),
        }
    }
}

impl Rule {
    /// The rule in plain sentences of each language, always with its source and how sure we are of it.
    #[must_use]
    pub fn explained(&self, convocation: ConvocationNo) -> Words {
        Words::each(|lang| {
            let counting = self.term.and_then(|term| counting(&term, convocation));
            let counting = counting.map(|said| said.speak(lang));
            let house = self.law.map(|law| house(&law, lang));
            let source = source(&self.article, self.mark, lang);
            let sentences = [Some(self.what(convocation, lang)), counting, house, Some(source)];
            sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
        })
    }

    /// Its article as people cite it: `art. 20`.
    #[must_use]
    pub fn cited(&self, lang: Lang) -> String {
        cited(&self.article, lang)
    }

    fn what(&self, convocation: ConvocationNo, lang: Lang) -> String {
        let n = self.term.and_then(|term| term.n_for(convocation).or(term.n));
        let n = n.map(|n| n.to_string()).unwrap_or_default();
        self.explanation.speak(lang).replace("{n}", &n)
    }
}

impl Deadline {
    /// The article of its rule as people cite it: `art. 20`; rules of procedure have no number.
    #[must_use]
    pub fn cited(&self, lang: Lang) -> String {
        cited(&self.article, lang)
    }
}

fn cited(article: &str, lang: Lang) -> String {
    let numbered = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if numbered(article) || article.strip_prefix('L').is_some_and(numbered) {
        Said::new("deadline.article").with("article", article).speak(lang)
    } else {
        article.to_owned()
    }
}

/// Where something is written, and how sure we are of it.
pub(super) fn source(article: &str, mark: Mark, lang: Lang) -> String {
    let said = match mark {
        Mark::Verified => Said::new("deadline.source_verified"),
        Mark::Practice => Said::new("deadline.source_practice"),
        Mark::Memory => Said::new("deadline.source_memory"),
    };
    said.with("article", cited(article, lang)).speak(lang)
}

fn counting(term: &RuleTerm, convocation: ConvocationNo) -> Option<Said> {
    let n = term.n_for(convocation)?;
    let said = match term.count {
        Count::CalendarAfter if n == 0 => return None,
        Count::CalendarBefore => Said::new("deadline.counted_before"),
        Count::Clear => Said::new("deadline.counted_clear").with("days", n + 1),
        Count::HoursBefore | Count::HoursAfter => Said::new("deadline.counted_hours"),
        Count::CalendarAfter => Said::new("deadline.counted_after"),
    };
    Some(said.with("n", n))
}

/// What the law asks, where the body's own rules ask for more.
fn house(law: &RuleTerm, lang: Lang) -> String {
    match law.n {
        Some(n) => {
            Said::new("deadline.house_stricter").with("law", law.count.said(n).speak(lang)).speak(lang)
        }
        None => Said::new("deadline.house_decides").speak(lang),
    }
}
