"""From raw published sources to validated panels."""
