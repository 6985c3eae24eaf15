//! What the compiler made of `ui/*.slint`. Generated code keeps its own style, hence the expectations.
#![expect(missing_docs, reason = "generated; the contract is documented in ui/adapters")]
#![expect(clippy::todo, clippy::unwrap_used, reason = "generated")]

slint::include_modules!();
