//! Bech32 (BIP 173) without its limit of length, in which age writes its own keys.

use zeroize::Zeroizing;

const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const STEPS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// The bytes of a text with this prefix; none when it is another thing, or has a wrong letter.
pub(crate) fn decode(prefix: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Mixed case is a mistake, as BIP 173 says.
    if text.chars().any(|letter| letter.is_ascii_lowercase()) && text.chars().any(|letter| letter.is_ascii_uppercase())
    {
        return None;
    }
    let text = Zeroizing::new(text.to_ascii_lowercase());
    let data = text.strip_prefix(prefix)?.strip_prefix('1')?;
    let place = |letter: u8| LETTERS.iter().position(|known| *known == letter).and_then(|at| u8::try_from(at).ok());
    let values = Zeroizing::new(data.bytes().map(place).collect::<Option<Vec<u8>>>()?);
    if checksum(prefix, &values) != 1 {
        return None;
    }
    regroup(values.get(..values.len().checked_sub(6)?)?)
}

/// Five bits each into bytes; what is left over must be nothing.
fn regroup(values: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(values.len()));
    let (mut held, mut bits) = (0u32, 0u32);
    for value in values {
        held = (held << 5) | u32::from(*value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
        held &= (1 << bits) - 1;
    }
    (bits < 5 && held == 0).then_some(bytes)
}

fn checksum(prefix: &str, values: &[u8]) -> u32 {
    let high = prefix.bytes().map(|letter| letter >> 5);
    let low = prefix.bytes().map(|letter| letter & 31);
    let mut sum = 1u32;
    for value in high.chain([0]).chain(low).chain(values.iter().copied()) {
        let top = sum >> 25;
        sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        for (bit, step) in STEPS.iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                sum ^= step;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_letter_is_noticed() {
        let key = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
        assert_eq!(decode("age", key).map(|bytes| bytes.len()), Some(32));
        assert!(decode("age", &key.replace("lqz", "lqy")).is_none());
        assert!(decode("age-secret-key-", key).is_none());
        assert!(decode("age", "age1").is_none());
    }
}
