//! The table of codes.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $title:literal $meaning:literal)*) => {
        /// Every code an answer can carry, as `code` of a problem or of one violation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $variant),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Name used in answers.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The code with this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|code| code.name() == name).copied()
            }

            /// HTTP status of a problem with this code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// Short text that is the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// When it is answered and what helps, with code in backquotes.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400 "The request cannot be read"
        "several things are wrong with the request, or one that has no code of its own; see `errors`"
    MalformedJson "malformed_json" 400 "The body is not JSON"
        "no JSON, not UTF-8, or no object; line and column are given"
    DuplicateMember "duplicate_member" 400 "A member is given twice"
        "JSON with the same member twice"
    NullCharacter "null_character" 400 "The text holds the character U+0000"
        "U+0000 in a text"
    UnknownParameter "unknown_parameter" 400 "The parameter is not known here"
        "a query parameter or sort key this list does not have; the nearest known one is named"
    LimitOutOfRange "limit_out_of_range" 400 "The page size is outside its range"
        "`limit`, `first` or `last` outside 1 to 200"
    CursorInvalid "cursor_invalid" 400 "The cursor was not made for this caller and list"
        "altered, another caller's, or of another list or order: begin without one"
    ActAsRequired "act_as_required" 400 "The caller must say for which owner it acts"
        "grants of several owners: name one in `X-Concord-Act-As`"
    CredentialsRefused "credentials_refused" 400 "The address answers everybody the same"
        "credentials, or an owner or audience to act or view as, with an address below `/public`: leave them out, or ask below `/api/v1`"
    IdempotencyKeyInvalid "idempotency_key_invalid" 400 "The idempotency key does not have the required form"
        "1 to 255 visible ASCII characters without spaces, in one header"
    Unauthenticated "unauthenticated" 401 "The caller is not signed in"
        "no, expired or forged token; a bad token is never taken for anonymous"
    SecondFactorRequired "second_factor_required" 401 "The second factor is missing or wrong"
        "the account has a second factor: send `code`, from the authenticator or a recovery code"
    RefreshTokenReused "refresh_token_reused" 401 "The refresh token was used before"
        "a spent refresh token came back, so somebody may hold a copy: its session is ended; sign in again"
    Forbidden "forbidden" 403 "The caller may not do this"
        "the record is visible, the right is missing; `detail` names the rule"
    ViewingAs "viewing_as" 403 "Nothing is written while viewing as others"
        "a write came with `X-Concord-View-As`: send it without"
    NotFound "not_found" 404 "There is nothing at this address"
        "a record that is absent or hidden, which cannot be told apart; or an address that does not exist, which `detail` says"
    MethodNotAllowed "method_not_allowed" 405 "The address does not know this method"
        "see `Allow`"
    NotAcceptable "not_acceptable" 406 "No form of the answer is acceptable to the caller"
        "answers are `application/json`; `/changes` and subscriptions also have `text/event-stream`, `/graphql` `application/graphql-response+json`"
    LogReplaced "log_replaced" 410 "The database was restored from a backup"
        "the cursor was reached in a log that is there no more: read the lists anew and follow from there"
    RightsChanged "rights_changed" 410 "What the caller may see has changed"
        "grants, regions or groups are not those the cursor was made under: read the lists anew and follow from there"
    RequestTimeout "request_timeout" 408 "The body did not come in time"
        "send the whole body within the time `/limits` says"
    IllegalMove "illegal_move" 409 "The record's state does not allow this move"
        "`allowed` lists the moves the state knows, `missing` the facts this one lacks"
    NoWorkingEdition "no_working_edition" 409 "The plan has no edition that is worked on"
        "a write with `edition=working` where an edition is in force and no other one is open: `POST` to the `/editions` of the plan opens one"
    EditionOpen "edition_open" 409 "An edition of the plan is worked on already"
        "adopt the edition that is open, or go on with it, before another one is opened"
    PlanAdopted "plan_adopted" 409 "The content of an adopted plan cannot be edited"
        "content of an adopted plan; status and progress of actions can still be reported"
    QuestionnairePublished "questionnaire_published" 409 "A published questionnaire is not edited"
        "a published edition, or a question of one; make a new edition"
    Consented "consented" 409 "The country has agreed to this as it is"
        "an edit of what a country has accepted or endorsed; it takes that back first, or the record is made anew"
    NotAnswering "not_answering" 409 "The assessment is not being answered"
        "answers are written from `start` to `validate`; the focal point may `reopen` the assessment"
    NotValidated "not_validated" 409 "The assessment is not validated"
        "a validated or closed assessment is renewed, and leads to a proposal of a plan; `validate` it first"
    MethodPublished "method_published" 409 "A published method cannot be edited"
        "priorities are set by it: make another edition of the method"
    PlanMoved "plan_moved" 409 "Something else would happen than was shown"
        "records that a dry run of an import was about have changed since; `detail` names the rows: run it again"
    InUse "in_use" 409 "Other records refer to this one"
        "other records refer to it; no count is given"
    LastFocalPoint "last_focal_point" 409 "A country keeps at least one focal point"
        "appoint another one first"
    OfferClosed "offer_closed" 409 "The offer is not open any more"
        "a grant that was answered already, or another focal point took the office first"
    IdempotencyInFlight "idempotency_in_flight" 409 "The same call is still running"
        "repeat it after `Retry-After`; it then answers as the first one"
    SecondFactorSet "second_factor_set" 409 "The account has a second factor"
        "disable the one in use first"
    KeptElsewhere "kept_elsewhere" 409 "Another installation keeps the records of this owner"
        "an owner with grants here sends no bundles; one whose bundles are taken has no grants here, and its records are not edited here"
    WebhookEnded "webhook_ended" 409 "The webhook has ended"
        "its receiver answered 410, or who made it may not read any more: make another one"
    Superseded "superseded" 409 "A later bundle is there"
        "a bundle of the same owner that was made later, or another one of the same instant, was received already"
    StaleVersion "stale_version" 412 "The record has changed since it was read"
        "`current_version` is given to readers inside the owner"
    AlreadyExists "already_exists" 412 "A record with this key exists already"
        "`If-None-Match: *`, or the version 0, where a record has the key: read it, or send its version"
    PayloadTooLarge "payload_too_large" 413 "The body is larger than allowed"
        "above what `/limits` says for this address"
    UnsupportedMediaType "unsupported_media_type" 415 "The body has a type or coding that is not taken"
        "send `application/json` in UTF-8, as it is or by gzip or zstd, as `Accept-Encoding` says"
    RangeNotSatisfiable "range_not_satisfiable" 416 "The file does not have these bytes"
        "the `Range` of a file begins behind its end: `Content-Range` says how long it is"
    Invalid "invalid" 422 "The content breaks rules"
        "the problem as a whole; each violation below has its own code and pointer; or a batch was refused"
    Required "required" 422 "A required member is missing"
        "missing, or cleared although it may not be empty"
    UnknownMember "unknown_member" 422 "The member is not known here"
        "the nearest known one is named"
    WrongType "wrong_type" 422 "The value has the wrong type"
        "not the type of the schema"
    TooLong "too_long" 422 "The value is too long"
        "characters or items"
    TooShort "too_short" 422 "The value is too short"
        "characters or items"
    OutOfRange "out_of_range" 422 "The number is outside its range"
        "number, or decimals of an amount"
    NotInList "not_in_list" 422 "The value is not in the closed list"
        "the list is in `detail`"
    BadFormat "bad_format" 422 "The value does not have the required form"
        "date, pattern, language tag"
    NotUnique "not_unique" 422 "Another record of the same owner has this value"
        "external key, code, or what the kind says is unique"
    ReferenceNotFound "reference_not_found" 422 "The reference leads to no record"
        "missing and hidden answer alike"
    ReferenceCycle "reference_cycle" 422 "The references form a circle"
        "a task would wait for itself"
    DuplicateItem "duplicate_item" 422 "Two items of the batch write one record"
        "two items of one batch write one record, or give one unique value; `detail` names the other"
    WiderThanParent "wider_than_parent" 422 "A record cannot be seen more widely than its parent"
        "narrow it, or widen the record above first"
    ParentNotReleased "parent_not_released" 422 "The record above is not released to the same audiences"
        "release the record above to them first, or the plan with all that hangs on it"
    NotDisclosable "not_disclosable" 422 "The field is always shown"
        "a disclosure rule names a field that may be withheld; `detail` lists those of the kind"
    InThePast "in_the_past" 422 "The instant has passed"
        "a release begins now or later, and ends later; to end one now, revoke it"
    LevelNotAllowed "level_not_allowed" 422 "Records of this kind do not have this visibility"
        "kinds without a lead agency take `group` and `national` only"
    SourceSystemReserved "source_system_reserved" 422 "The source system belongs to somebody else"
        "not one of the caller's systems, or `seed` or `demo`"
    RuleBroken "rule_broken" 422 "A rule of this kind of record is broken"
        "a rule of this kind; `detail` says which"
    OutOfOrder "out_of_order" 422 "The events are not in an order in which they can happen"
        "an entry into force before the framework was adopted or the country consented, or a withdrawal before the entry into force"
    PeriodsOverlap "periods_overlap" 422 "Two periods of participation overlap"
        "an entry into force while the one before has not ended by a withdrawal"
    NotEndorsed "not_endorsed" 422 "The country does not endorse the item"
        "text copied from a country's record into an item of a regional plan that the country has not endorsed"
    BundleBroken "bundle_broken" 422 "The bundle is not as it was signed"
        "altered, cut off, of another form, past its time, or signed with a key that is not pinned for its owner"
    OtherQuestionnaire "other_questionnaire" 422 "The question is of another questionnaire"
        "an answer to a question that the assessment's questionnaire does not have"
    IdempotencyKeyReused "idempotency_key_reused" 422 "The idempotency key was used for another call"
        "other content, address or owner under a key of the last 24 hours; take a new key"
    AddressNotAllowed "address_not_allowed" 422 "The address may not be called"
        "of a webhook: not `https`, with a user, a fragment or a name that leads nowhere a webhook may go"
    WeakPassword "weak_password" 422 "The password is too weak"
        "15 characters or more, 8 beside a second factor, and no common one"
    VersionRequired "version_required" 428 "The version that was read must be given"
        "send `If-Match`, or `expectedVersion`"
    Limited "rate_limited" 429 "Too many requests"
        "the quota of the caller or its address is spent, or as many streams are open, or imports or snapshots of an owner at work, as may be: wait as long as `Retry-After` says"
    TooManyAttempts "too_many_attempts" 429 "Too many attempts to sign in"
        "wait as long as `Retry-After` says; the right password is refused till then too"
    ResultTooLarge "result_too_large" 422 "The answer would hold too many records"
        "a GraphQL document for which more rows are read, or whose answer has more bytes, than `GET /limits` says"
    QueryTooCostly "query_too_costly" 400 "The query asks for too much at once"
        "a GraphQL document over one of the limits of its form: depth, aliases, fields, tokens"
    DocumentNotFound "document_not_found" 400 "No stored document has this hash"
        "a GraphQL request by hash alone; send the document itself"
    DocumentNotStored "document_not_stored" 400 "Only stored documents are run here"
        "the operator allows a list of GraphQL documents, and this one is not in it"
    Internal "internal" 500 "Something went wrong on our side"
        "our fault; the cause is in the log under the request id"
    IssuerUnreachable "issuer_unreachable" 503 "The issuer of the token does not answer"
        "a token of a trusted issuer whose keys cannot be fetched now: send it again after `Retry-After`; everything else works"
    NotSupported "not_supported" 501 "The service does not do this"
        "good OData that is not supported here; `message` names it"
    Unavailable "unavailable" 503 "The service cannot answer now"
        "the database is busy, a time-out ran, or more was asked than can be done: send it again after `Retry-After`"
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::named(&name).ok_or_else(|| serde::de::Error::custom(format!("no code is called {name}")))
    }
}
