//! Activities as XML, the elements in the order of the schema of IATI 2.03.

use std::io;

use kernel::Error;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use crate::domain::plans::{
    document::Text,
    iati::{Activities, Activity, Outcome, Party, Place, Value},
};

/// An element with what is in it.
struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    inside: Vec<Self>,
}

fn element(name: &'static str) -> Element {
    Element { name, attributes: Vec::new(), text: String::new(), inside: Vec::new() }
}

impl Element {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, printable(value)));
        self
    }

    fn with_some(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn saying(mut self, text: &str) -> Self {
        self.text = printable(text);
        self
    }

    fn holding(mut self, inside: impl IntoIterator<Item = Self>) -> Self {
        self.inside.extend(inside);
        self
    }

    fn write(&self, to: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let attributes = self.attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let writer = to.create_element(self.name).with_attributes(attributes);
        if self.inside.is_empty() && self.text.is_empty() {
            writer.write_empty()?;
        } else if self.inside.is_empty() {
            writer.write_text_content(BytesText::new(&self.text))?;
        } else {
            writer.write_inner_content(|to| self.inside.iter().try_for_each(|one| one.write(to)))?;
        }
        Ok(())
    }
}

/// A text without what XML 1.0 has no way to say.
fn printable(text: &str) -> String {
    let is_said = |letter: &char| {
        matches!(letter, '\t' | '\n' | '\r') || (*letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(is_said).collect()
}

/// Activities as a document of XML.
pub(super) fn print(of: &Activities) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let root = element("iati-activities").with("version", &of.version);
    let root = root.holding(of.activities.iter().map(activity));
    let declared = BytesDecl::new("1.0", Some("UTF-8"), None);
    let written = writer.write_event(Event::Decl(declared)).and_then(|()| root.write(&mut writer));
    written.map_err(|error| Error::Internal(format!("no XML was made: {error}")))?;
    Ok(writer.into_inner())
}

fn narrative(text: &Text) -> Element {
    element("narrative").with_some("xml:lang", text.language.as_deref()).saying(&text.text)
}

fn told(name: &'static str, text: &Text) -> Element {
    element(name).holding([narrative(text)])
}

fn party(name: &'static str, of: &Party) -> Element {
    let code = Some(of.code.as_str()).filter(|code| !code.is_empty());
    element(name)
        .with_some("ref", code)
        .with_some("type", of.kind.as_deref())
        .with_some("role", of.role.as_deref())
        .holding(of.narrative.iter().map(narrative))
}

fn place(name: &'static str, of: &Place) -> Element {
    element(name).with("code", &of.code)
}

fn value(of: &Value) -> Element {
    element("value")
        .with("currency", &of.currency)
        .with("value-date", &of.value_date.to_string())
        .saying(&of.amount)
}

fn day(name: &'static str, of: chrono::NaiveDate) -> Element {
    element(name).with("iso-date", &of.to_string())
}

fn activity(of: &Activity) -> Element {
    let mut all = vec![
        element("iati-identifier").saying(&of.iati_identifier),
        party("reporting-org", &of.reporting_org),
        told("title", &of.title),
        told("description", &of.description).with("type", "1"),
    ];
    all.extend(of.participating_orgs.iter().map(|one| party("participating-org", one)));
    all.push(element("activity-status").with("code", &of.activity_status));
    let dates = of.activity_dates.iter();
    all.extend(dates.map(|one| day("activity-date", one.iso_date).with("type", &one.kind)));
    let named = |name, of: &Place| place(name, of).holding(of.narrative.iter().map(narrative));
    all.extend(of.recipient_country.iter().map(|one| named("recipient-country", one)));
    // 99: the codes are those of who reports.
    all.extend(of.recipient_region.iter().map(|one| named("recipient-region", one).with("vocabulary", "99")));
    all.extend(of.sector.iter().map(|one| named("sector", one).with("vocabulary", "99")));
    all.extend(of.budgets.iter().map(|one| {
        let inside =
            [day("period-start", one.period_start), day("period-end", one.period_end), value(&one.value)];
        element("budget").with("type", "1").with("status", "1").holding(inside)
    }));
    all.extend(of.planned_disbursements.iter().map(|one| {
        let inside = [
            day("period-start", one.period_start),
            day("period-end", one.period_end),
            value(&one.value),
            party("provider-org", &one.provider_org),
        ];
        element("planned-disbursement").with("type", "1").holding(inside)
    }));
    all.extend(of.transactions.iter().map(|one| {
        let inside = [
            element("transaction-type").with("code", &one.transaction_type),
            day("transaction-date", one.transaction_date),
            value(&one.value),
        ];
        element("transaction")
            .holding(inside)
            .holding(one.provider_org.iter().map(|one| party("provider-org", one)))
    }));
    let related = of.related_activities.iter();
    all.extend(related.map(|one| element("related-activity").with("ref", one).with("type", "5")));
    all.extend(of.results.iter().map(result));
    element("iati-activity").holding(all)
}

fn result(of: &Outcome) -> Element {
    let mut inside = vec![told("title", &of.title)];
    inside.extend(of.unit.iter().map(|unit| told("description", unit)));
    inside.extend(of.baseline.iter().map(|one| {
        let year = one.iso_date.format("%Y").to_string();
        day("baseline", one.iso_date).with("year", &year).with("value", &one.value)
    }));
    inside.extend(of.periods.iter().map(|one| {
        let figure = |name, value: &Option<String>| {
            value.as_ref().map(|value| element(name).with("value", value)).into_iter()
        };
        element("period")
            .holding([day("period-start", one.period_start), day("period-end", one.period_end)])
            .holding(figure("target", &one.target))
            .holding(figure("actual", &one.actual))
    }));
    let indicator =
        element("indicator").with("measure", "1").with("ascending", if of.ascending { "1" } else { "0" });
    element("result").with("type", "1").holding([told("title", &of.title), indicator.holding(inside)])
}
