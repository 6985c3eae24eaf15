//! Compiles the room screen when the kiosk is part of the build; otherwise does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
