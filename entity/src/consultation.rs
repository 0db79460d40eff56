//! Consultation: what agencies, and others who may, say of records.

use model::{AnyRef, Children, Ref, Refs, lifecycle, record};

use crate::{cooperation::Agency, plans::Plan, vocab::CommentStatus};

/// What somebody says of a record, such as an action of a draft plan; it is read by those who read the record, or by fewer
/// of them.
#[record(plural = "comments", class = Comment, area = "Plans", texts, below = subject, moves = COMMENT,
    example = r#"{"subject": {"kind": "action", "id": "0198c0de-0000-7000-8000-000000000001"}, "text": "The act needs the consent of the Ministry of Finance.", "language": "en"}"#)]
pub struct Comment {
    /// Record it is about; its owner owns the comment.
    #[field(new_only, filter = "subject_id")]
    pub subject: AnyRef,
    /// Plan that the record is or belongs to.
    #[field(read_only, filter = "plan_id")]
    pub plan: Option<Ref<Plan>>,
    /// Comment that it answers, about the same record.
    #[field(new_only, filter = "parent_id")]
    pub parent: Option<Ref<Comment>>,
    /// The comment.
    #[field(len(1, 10_000), text)]
    pub text: String,
    /// Agency in whose name it is made: the author's, where none is given and it has one.
    #[field(new_only, filter)]
    pub agency: Option<Ref<Agency>>,
    /// Agency that leads the record.
    #[field(lead, read_only, filter)]
    pub lead_agency: Option<Ref<Agency>>,
    /// Agencies that contribute to the record.
    #[field(read_only, table = "comment_contributor", contributors)]
    pub contributing_agencies: Refs<Agency>,
    /// Whether it is still to be settled.
    #[field(default = CommentStatus::Open, new_only, filter)]
    pub status: CommentStatus,
    /// How it was settled, or why it was reopened.
    #[field(read_only)]
    pub status_reason: Option<String>,
    /// Comments that answer it.
    #[field(via = parent)]
    pub replies: Children<Comment>,
}

lifecycle! { COMMENT;
    /// Settle an open comment without a change of the record.
    resolve: Open => Resolved;
    /// Record that an open comment was carried into the record.
    carry: Open => Carried;
    /// Reopen a comment that was settled.
    reopen: Resolved | Carried => Open, needs [reason];
}
