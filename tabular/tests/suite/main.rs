//! Reads files as programs write them, and files made to harm.

#[cfg(test)]
mod csv;
#[cfg(test)]
mod json;
#[cfg(test)]
mod packed;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbooks;
#[cfg(test)]
mod xlsx;
#[cfg(test)]
mod zips;
