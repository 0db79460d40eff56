//! Regional plans: items, what members say of them, what they are made of, and what that comes to.

pub mod endorsement;
pub mod gaps;
pub mod item;
mod members;
pub mod roll_up;
pub mod sources;
