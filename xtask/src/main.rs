//! The workshop
fn main() {}
