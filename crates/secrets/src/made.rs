//! Values that nobody has to think of.

use crate::{Secret, seal::random};
use piton_plan::stack::Made;
use zeroize::Zeroizing;

/// Makes a value of a kind; none for one that somebody else gives.
pub fn make(made: Made) -> Result<Option<Secret>, getrandom::Error> {
    Ok(match made {
        Made::Hex64 => {
            let bytes = Zeroizing::new(random::<32>()?);
            Some(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        }
        Made::Password => Some(Secret::new(letters(32)?)),
        Made::SkKey => Some(Secret::new(format!("sk-{}", letters(48)?))),
        Made::ByOperator => None,
    })
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Letters and digits, each as likely as any other.
fn letters(count: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(count + 3);
    while text.len() < count {
        for byte in *Zeroizing::new(random::<64>()?) {
            // 248 is the last multiple of 62: above it the first letters would come more often.
            if byte < 248 && text.len() < count {
                text.extend(LETTERS.get(usize::from(byte % 62)).map(|letter| char::from(*letter)));
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_length_and_its_letters() {
        let value = |made| make(made).unwrap().unwrap().reveal().to_owned();
        let hex = value(Made::Hex64);
        assert!(hex.len() == 64 && hex.chars().all(|letter| letter.is_ascii_hexdigit()));
        let password = value(Made::Password);
        assert!(password.len() == 32 && password.chars().all(|letter| letter.is_ascii_alphanumeric()));
        let key = value(Made::SkKey);
        assert!(key.len() == 51 && key.starts_with("sk-"));
        assert_eq!(make(Made::ByOperator).unwrap(), None);
        assert_ne!(value(Made::Password), value(Made::Password));
    }
}
