//! Compiles the room screen when the kiosk is part of the build; otherwise does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "kiosk")]
    kiosk::compile();
}

#[cfg(feature = "kiosk")]
mod kiosk {
    use slint_build::{CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind};

    /// Everything the screen needs ends up in the binary: fonts, icons and the four languages, so that a
    /// bare machine shows the same picture. Element names stay in builds that are tested.
    pub fn compile() {
        println!("cargo::rerun-if-changed=ui");
        println!("cargo::rerun-if-changed=data/fonts");
        let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
        let config = CompilerConfiguration::new()
            .embed_resources(EmbedResourcesKind::EmbedFiles)
            .with_bundled_translations("ui/lang")
            .with_default_translation_context(DefaultTranslationContext::None)
            .with_debug_info(!release);
        slint_build::compile_with_config("ui/kiosk.slint", config).expect("ui/kiosk.slint compiles");
    }
}
