//! Rules of recurrence, evaluated in wall time.
