//! The code on the glass that leads a telephone to this room.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// White modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// The address of a room's page, unless the server is only known by an address no telephone can reach.
#[must_use]
pub fn address(server: &str, slug: &str) -> Option<String> {
    let server = server.trim_end_matches('/');
    let host = server.split("://").nth(1)?.split(['/', ':']).next()?;
    let local = host == "localhost" || host.starts_with("127.") || host.starts_with('[') || host.is_empty();
    (!local).then(|| format!("{server}/rooms/{slug}"))
}

/// A code with `text`, one pixel per module; absent if the text is too long for one.
#[must_use]
pub fn image(text: &str) -> Option<Image> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let modules = code.width();
    let side = modules + 2 * QUIET;
    let edge = u32::try_from(side).ok()?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(edge, edge);
    let (black, white) = (Rgb8Pixel::new(0, 0, 0), Rgb8Pixel::new(255, 255, 255));
    pixels.make_mut_slice().fill(white);
    for (index, color) in code.to_colors().into_iter().enumerate() {
        let (row, column) = (index / modules + QUIET, index % modules + QUIET);
        if color == Color::Dark {
            pixels.make_mut_slice()[row * side + column] = black;
        }
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_a_telephone_can_reach_are_shown() {
        for (server, code) in [
            ("http://belfort.lan:8080/", Some("http://belfort.lan:8080/rooms/raadzaal")),
            ("https://zalen.stad.be", Some("https://zalen.stad.be/rooms/raadzaal")),
            ("http://127.0.0.1:8080", None),
            ("http://localhost", None),
            ("http://[::1]:80", None),
            ("nonsense", None),
        ] {
            assert_eq!(address(server, "raadzaal").as_deref(), code, "{server}");
        }
    }

    #[test]
    fn a_code_has_a_quiet_edge_and_a_finder() {
        let image = image("http://belfort.lan/rooms/raadzaal").unwrap();
        let pixels = image.to_rgb8().unwrap();
        let side = usize::try_from(pixels.width()).unwrap();
        let dark = |row: usize, column: usize| pixels.as_slice()[row * side + column].r == 0;
        assert!((0..side).all(|column| !dark(QUIET - 1, column)));
        assert!((QUIET..QUIET + 7).all(|column| dark(QUIET, column)), "the finder's upper edge");
        assert!(super::image(&"x".repeat(5_000)).is_none());
    }
}
