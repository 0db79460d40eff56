//! Transactions that are left while they begin: the driver may hand out a connection inside one.

use concord::signin::session;
use futures_util::future::{join_all, try_join_all};

use super::{afterwards::nothing_is_open, seed};
use crate::{
    concurrency::leave_after,
    support::{app, dice::Dice},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_after_transactions_left_while_they_begin_are_stored() {
    app(async |app| {
        let (mut dice, ctx) = (Dice::of(seed()), app.system());
        let (user, before) = (app.world.id("officer"), app.count_committed("session").await);

        for _ in 0..60 {
            let polls = [0; 4].map(|_| 1 + dice.roll(60));
            drop(join_all(polls.map(|polls| leave_after(polls, ctx.begin()))).await);
            let alone = (0..4).map(|_| session::open_session(&ctx, user));
            try_join_all(alone).await.expect("every connection writes");
        }

        nothing_is_open(app).await;
        assert_eq!(app.count_committed("session").await, before + 60 * 4);
    })
    .await;
}
