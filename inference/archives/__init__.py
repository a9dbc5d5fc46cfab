"""What a posterior file is: how it is written, verified and read, and what it was made from."""
