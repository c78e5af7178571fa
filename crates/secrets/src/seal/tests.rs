use super::*;
use crate::{IdentityError, Secret};
use proptest::prelude::*;

const PLAIN: &str = include_str!("../../tests/data/plain");
const PROTECTED: &str = include_str!("../../tests/data/protected");
const OWN: &str = include_str!("../../tests/data/age.txt");

fn identities(text: &str) -> Vec<Identity> {
    Identity::read(text, Some(&Secret::new("correct horse"))).unwrap()
}

fn recipients() -> Vec<Recipient> {
    let lines = [
        include_str!("../../tests/data/plain.pub"),
        include_str!("../../tests/data/protected.pub"),
        include_str!("../../tests/data/age.pub"),
    ];
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn what_age_itself_sealed_is_opened_with_each_kind_of_key() {
    let sealed = include_bytes!("../../tests/data/by-age.age");
    for key in [PLAIN, PROTECTED, OWN] {
        assert_eq!(open(sealed, &identities(key)).unwrap().as_slice(), b"litellm_master_key = \"sk-1\"\n");
    }
    let large = include_bytes!("../../tests/data/large-by-age.age");
    let opened = open(large, &identities(OWN)).unwrap();
    assert!(opened.len() == 70_000 && opened.iter().all(|byte| *byte == b'x'));
}

#[test]
fn what_is_sealed_is_opened_by_each_recipient_and_by_nobody_else() {
    let sealed = seal(b"hush", &recipients()).unwrap();
    for key in [PLAIN, PROTECTED, OWN] {
        assert_eq!(open(&sealed, &identities(key)).unwrap().as_slice(), b"hush");
    }
    let sealed = seal(b"hush", &recipients()[1..2]).unwrap();
    assert_eq!(open(&sealed, &identities(PLAIN)), Err(OpenError::WrongIdentity));
    assert_eq!(open(&sealed, &[]), Err(OpenError::WrongIdentity));
    assert_eq!(seal(b"hush", &[]), Err(SealError::NoRecipient));
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let error =
        |text, passphrase: Option<&str>| Identity::read(text, passphrase.map(Secret::new).as_ref()).err().unwrap();
    assert_eq!(error(PROTECTED, None), IdentityError::NeedsPassphrase);
    assert_eq!(error(PROTECTED, Some("wrong")), IdentityError::WrongPassphrase);
    assert_eq!(error("", None), IdentityError::Unknown);
    assert_eq!(error("AGE-SECRET-KEY-1QQQQ", None), IdentityError::Unknown);
    let cut = PLAIN.lines().filter(|line| line.len() < 70 || line.starts_with('-')).collect::<Vec<_>>().join("\n");
    assert_eq!(error(&cut, None), IdentityError::Damaged);
}

#[test]
fn no_byte_can_be_changed_without_notice() {
    let sealed = seal(b"hush", &recipients()[..1]).unwrap();
    let keys = identities(PLAIN);
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open(&changed, &keys).is_err(), "byte {at}");
    }
    for length in 0..sealed.len() {
        assert!(open(&sealed[..length], &keys).is_err(), "cut after {length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_content_of_any_length_comes_back(length in prop_oneof![0usize..70, 65_530usize..65_545, 131_070usize..131_075]) {
        let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let sealed = seal(&content, &recipients()[2..]).unwrap();
        prop_assert_eq!(open(&sealed, &identities(OWN)).unwrap().to_vec(), content);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,300}") {
        let _ = open(&bytes, &[]);
        let _ = open(&[b"age-encryption.org/v1\n".as_slice(), &bytes].concat(), &identities(OWN));
        let _ = Identity::read(&text, None);
        let _ = text.parse::<Recipient>();
    }
}
