//! Names as people type them: without capitals, without accents, in any order.

/// A text in small letters without accents, so that `michele` finds Michèle.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' => out.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ß' => out.push_str("ss"),
            // What follows `i` in the small form of the Turkish capital, and accents on their own.
            '\u{300}'..='\u{36f}' => {}
            other => out.push(other),
        }
    }
    out
}

/// The words of a name, folded: `Marie-Christine De Smet` has four.
fn words(text: &str) -> Vec<String> {
    let folded = folded(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether every word that was typed begins a word of the name, each another one.
#[must_use]
pub fn name_fits(typed: &str, name: &str) -> bool {
    let mut left = words(name);
    let mut wanted = words(typed);
    // The longest first, so that `a anne` leaves Anne to `anne`.
    wanted.sort_by_key(|word| std::cmp::Reverse(word.len()));
    !wanted.is_empty()
        && wanted.iter().all(|word| {
            let found = left.iter().position(|own| own.starts_with(word.as_str()));
            found.map(|at| left.swap_remove(at)).is_some()
        })
}

/// Whether two texts are the same name, in any order of its words.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut words = words(text);
        words.sort_unstable();
        words
    };
    sorted(one) == sorted(other)
}

/// How many letters and digits were typed.
#[must_use]
pub fn letters(typed: &str) -> usize {
    typed.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A word that was typed as a pattern of SQL's `LIKE`, which may find too much and never too little: letters that an
/// accent may stand on, or that one letter may be written as, are left open.
#[must_use]
pub fn patterns(typed: &str) -> Vec<String> {
    let open =
        |c: char| !matches!(c, 'b' | 'f' | 'h' | 'j' | 'k' | 'm' | 'p' | 'q' | 'v' | 'w' | 'x' | '0'..='9');
    let pattern = |word: &String| {
        let letters: String = word.chars().map(|c| if open(c) { '%' } else { c }).collect();
        format!("%{letters}%")
    };
    words(typed).iter().map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_people_type_them() {
        let long = "Marie-Christine Vandenbroucke-De Smet";
        for (typed, name, fits) in [
            ("an", "An Peeters", true),
            ("peeters an", "An Peeters", true),
            ("AN PEE", "An Peeters", true),
            ("eeters", "An Peeters", false),
            ("an an", "An Peeters", false),
            ("an anne", "Anne Anthonis", true),
            ("michele", "Michèle Dubois", true),
            ("Michèle", "Michele Dubois", true),
            ("strass", "Jo Straßer", true),
            ("ozgur", "Özgür Yılmaz", true),
            ("desmet", long, false),
            ("de smet marie", long, true),
            ("", "An Peeters", false),
            ("%", "An Peeters", false),
        ] {
            assert_eq!(name_fits(typed, name), fits, "{typed} in {name}");
        }
        assert!(same_name("Peeters, An", "an peeters") && !same_name("An", "An Peeters"));
        assert_eq!((letters(" é- "), letters("%_")), (1, 0));
    }

    #[test]
    fn a_pattern_leaves_open_what_may_be_written_otherwise() {
        assert_eq!(patterns("Michèle DUBOIS"), ["%m%%h%%%%", "%%%b%%%%"]);
        assert_eq!(patterns("50% _x"), ["%50%", "%x%"]);
    }
}
