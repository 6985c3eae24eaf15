//! Writes HTML in which every text is escaped, and keeps aside what people read of it for the search.

/// A page being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Markup {
    html: String,
    plain: String,
    open: Vec<&'static str>,
}

/// Names and values of attributes.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Markup {
    /// Opens an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.tag(tag, attributes);
        self.open.push(tag);
    }

    /// Closes the element opened last.
    pub(super) fn close(&mut self) {
        let Some(tag) = self.open.pop() else { return };
        self.html.push_str("</");
        self.html.push_str(tag);
        self.html.push('>');
        if matches!(
            tag,
            "p" | "h1" | "h2" | "h3" | "h4" | "li" | "div" | "section" | "tr" | "td" | "th" | "dd" | "dt"
        ) {
            self.html.push('\n');
            self.plain.push('\n');
        }
    }

    /// An element that has no content, such as `meta`.
    pub(super) fn void(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.tag(tag, attributes);
        self.html.push('\n');
    }

    /// An element with a text in it.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close();
    }

    /// An element that says something to machines and nothing to people.
    pub(super) fn datum(&mut self, attributes: Attributes<'_>) {
        self.tag("span", attributes);
        self.html.push_str("</span>");
    }

    /// Text.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.html);
        self.plain.push_str(text);
    }

    /// The page, and what people read of it.
    pub(super) fn finish(mut self) -> (String, String) {
        while !self.open.is_empty() {
            self.close();
        }
        let words: Vec<&str> = self.plain.split_whitespace().collect();
        (self.html, words.join(" "))
    }

    fn tag(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.html.push('<');
        self.html.push_str(tag);
        for (name, value) in attributes {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            escape(value, &mut self.html);
            self.html.push('"');
        }
        self.html.push('>');
    }
}

/// Text as it stands in HTML. Control characters that no HTML may hold (HTML 3.2.5) become spaces.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_whatever_it_holds() {
        let mut page = Markup::default();
        page.open("p", &[("title", "\"><script>")]);
        page.text("<b>&'\u{0}");
        let (html, plain) = page.finish();
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39; </p>\n");
        assert_eq!(plain, "<b>&'\u{0}", "the search reads what was written");
    }
}
