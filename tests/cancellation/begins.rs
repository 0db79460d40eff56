//! Transactions that are left while they begin: the driver may hand out a connection inside one.

use concord::domain::access::signin::session;
use futures_util::future::{join_all, try_join_all};

use super::{
    Dice,
    afterwards::{asked, nothing_is_open},
    seed,
};
use crate::{concurrency::leave_after, support::app};

const SESSIONS: &str = "SELECT COUNT(*) FROM session";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_after_transactions_left_while_they_begin_are_stored() {
    app(async |app| {
        let (mut dice, ctx) = (Dice(seed()), app.system());
        let (user, before) = (app.world.id("officer"), asked(app, SESSIONS).await);

        for _ in 0..60 {
            let polls = [0; 4].map(|_| usize::try_from(1 + dice.below(60)).expect("a number"));
            drop(join_all(polls.map(|polls| leave_after(polls, ctx.begin()))).await);
            let alone = (0..4).map(|_| session::open_session(&ctx, user));
            try_join_all(alone).await.expect("every connection writes");
        }

        nothing_is_open(app).await;
        assert_eq!(asked(app, SESSIONS).await, before + 60 * 4);
    })
    .await;
}
