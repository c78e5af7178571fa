//! The secrets of a site: named values in one sealed file, `secrets.age`.
//!
//! The file is an age file (age-encryption.org/v1), so that `age -d` opens it without piton, and stands in the site's
//! repository. It is sealed to the operators' ssh keys, or to age's own ([`Recipient`]), and opened with the private
//! half of one of them ([`Identity`]). What is in it is TOML, a line a value ([`Secrets`]).
//!
//! This room knows no file, no process and no terminal; it takes bytes and gives bytes. Its only effect is the
//! kernel's random numbers. A value has no `Display`, and is wiped from memory when it is let go.

mod bech32;
mod identity;
mod made;
mod recipient;
mod seal;
mod ssh_key;
mod value;

pub use identity::{Identity, IdentityError};
pub use made::make;
pub use recipient::{Recipient, RecipientError};
pub use seal::{OpenError, SealError, is_sealed, open, seal};
pub use value::{ReadError, Secret, Secrets};
