"""What a specification curve says as a whole: weighed agreement, what moves it, where it lies among permuted ones."""
