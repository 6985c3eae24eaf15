//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! For now a session is a meeting of a body (`town::Body`): it is never released by itself, and a closed one
//! shows nothing but that it is closed. Convocation, agenda, votes and minutes come here.
