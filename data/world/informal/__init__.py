"""What states do together without a treaty: support in conflicts, defence agreements, exercises, votes."""
